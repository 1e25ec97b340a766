#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds in build-tests/ with every check the compiler and the C++ library
# can add, runs all tests. The last line counts them.
# usage: tests/run.sh [--long | --build]
#   --long   adds the big numbers: repetitions, kills at random times, endurance
#   --build  runs none of them
set -u
cd "$(dirname "$0")/.."
build=build-tests

stop_here() {
    echo "$1" >&2
    echo '0 passed, 1 failed, 0 skipped'
    exit 1
}

multiplier=4  # machines differ; a test that hangs still ends
case "${1-}" in
    --long) export KLINGTEXT_LONG=1; multiplier=60 ;;
    '' | --build) unset KLINGTEXT_LONG ;;
    *) echo "usage: $0 [--long | --build]" >&2; exit 2 ;;
esac

examples/install-packages.sh --tests || stop_here 'The packages could not be installed.'

# A directory that an earlier run left half made would be taken for a good one.
[ -f $build/build.ninja ] || rm -rf $build
checks='-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong'
meson setup $build --werror -Dcpp_args="$checks" >$build.log 2>&1 || {
    cat $build.log; stop_here 'Meson could not set up the build.'
}
rm -f $build.log
ninja -C $build || stop_here 'It does not build.'
[ "${1-}" != --build ] || exit 0

(. /etc/os-release; echo "$PRETTY_NAME $(cat /etc/debian_version 2>/dev/null): $(c++ --version | head -n 1)"
 pkg-config --print-provides gstreamer-1.0 glib-2.0 libsoup-3.0 json-glib-1.0 | tr '\n' ' '; echo) |
    tee $build/system.txt

# What an earlier run left must not be counted again.
rm -rf $build/*.xml $build/meson-logs/testlog* $build/tests/home
meson test -C $build --no-rebuild --timeout-multiplier $multiplier
status=$?
cat $build/system.txt
exec python3 tests/support/report.py $build $status
