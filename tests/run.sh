#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds in build-tests/, runs all tests. The last line counts them.
# --long adds the big numbers: repetitions, kills at random times, endurance.
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
    '') unset KLINGTEXT_LONG ;;
    *) echo "usage: $0 [--long]" >&2; exit 2 ;;
esac

examples/install-packages.sh --tests || stop_here 'The packages could not be installed.'

# A directory that an earlier run left half made would be taken for a good one.
[ -f $build/build.ninja ] || rm -rf $build
meson setup $build --werror >$build.log 2>&1 || {
    cat $build.log; stop_here 'Meson could not set up the build.'
}
rm -f $build.log
ninja -C $build || stop_here 'It does not build.'

# What an earlier run left must not be counted again.
rm -rf $build/*.xml $build/meson-logs/testlog* $build/tests/home
meson test -C $build --no-rebuild --timeout-multiplier $multiplier
exec python3 tests/support/report.py $build $?
