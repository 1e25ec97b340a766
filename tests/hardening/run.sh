#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything under everything: all tests with the compiler's own checks (tests/run.sh), each
# sanitizer, GStreamer's leak tracer, valgrind, clang-tidy, coverage and the fuzzers. Prints a table;
# the exit code says whether all of it is green.
# usage: tests/hardening/run.sh [--seconds N] [ROW...]
#   rows: hardened asan tsan leaks valgrind tidy coverage fuzz; all of them unless some are named
#   --seconds N   for each fuzzer, 60
# Builds are kept in build-hardening/ and build-tests/. What a row printed is in
# build-hardening/ROW.log.
set -u
cd "$(dirname "$0")/../.."
root=build-hardening
seconds=60
if [ "${1-}" = --seconds ]; then
    seconds=$2
    shift 2
fi
rows=${*:-hardened asan tsan leaks valgrind tidy coverage fuzz}
mkdir -p $root
multiplier=4

examples/install-packages.sh --hardening || exit 1

# build NAME OPTION...
build() {
    name=$1
    shift
    [ -f $root/"$name"/build.ninja ] || meson setup $root/"$name" "$@" || return 1
    ninja -C $root/"$name"
}

# run_tests FOLDER ARGUMENT...
run_tests() {
    folder=$1
    shift
    meson test -C "$folder" --no-rebuild --timeout-multiplier $multiplier "$@"
}

# GoogleTest's programs alone: a script would have to preload a sanitizer's runtime into Python.
programs() {
    meson introspect --tests $root/"$1" | python3 -c '
import json, sys
print(*sorted(test["name"] for test in json.load(sys.stdin)
              if test["protocol"] == "gtest" or "fuzz" in test["suite"][0]))'
}

# GStreamer reads all plugins there are into the first process; what those leak is not ours, so this
# one does not count.
fill_registry() {
    run_tests $root/"$1" gst-idle >/dev/null 2>&1 || true
}

# Without optimisation a third of the time to build, and every line is as it was written.
row_asan() {
    build asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=0 && fill_registry asan &&
        run_tests $root/asan $(programs asan)
}
row_tsan() {
    build tsan -Db_sanitize=thread -Db_lundef=false -Doptimization=1 && fill_registry tsan &&
        run_tests $root/tsan $(programs tsan)
}
row_hardened() {
    tests/run.sh
}
row_leaks() {
    tests/run.sh --build && run_tests build-tests --setup=leaks --suite gst --suite rehearsal
}
row_valgrind() {
    tests/run.sh --build && run_tests build-tests --setup=valgrind --suite base --suite api --suite store --suite job
}
row_tidy() {
    tests/run.sh --build && git ls-files 'src/*.cpp' 'gst/*.cpp' |
        xargs -P "$(nproc)" -n 4 clang-tidy -p build-tests --quiet
}
row_coverage() {
    # What a build before this one counted does not fit, and would be complained about.
    build coverage -Db_coverage=true -Doptimization=0 && find $root/coverage -name '*.gcda' -delete &&
        run_tests $root/coverage &&
        gcovr -r . $root/coverage -f src/ -f gst/ --exclude-throw-branches \
            --exclude-unreachable-branches --print-summary --fail-under-line 95 --fail-under-branch 80
}
row_fuzz() {
    tests/fuzz/run.sh "$seconds"
}

failed=0
printf '%-10s %-6s %s\n' ROW RESULT FIGURES
for row in $rows; do
    if row_"$row" >$root/"$row".log 2>&1; then result=green; else result=RED; failed=1; fi
    case $row in
        tidy) figures="$(git ls-files 'src/*.cpp' 'gst/*.cpp' | wc -l) files, $(grep -c 'warning:\|error:' $root/tidy.log) complaints" ;;
        coverage) figures=$(grep -E '^(lines|branches):' $root/coverage.log | tr '\n' ' ') ;;
        fuzz) figures="$(awk 'NR > 1 && $2 ~ /^[0-9]+$/ { n += $2; t++; f += $3 } END { print t " targets, " n " executions, " f " findings" }' $root/fuzz.log)" ;;
        *) figures=$(sed -n 's/^\(Ok\|Fail\|Skipped\|Timeout\): *\([0-9]*\).*/\1 \2/p' $root/"$row".log | tr '\n' ' ') ;;
    esac
    printf '%-10s %-6s %s\n' "$row" $result "$figures"
done
[ $failed -eq 0 ] || echo "What went wrong is in $root/ROW.log."
exit $failed
