#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lets libFuzzer look for bytes that break a parser, then prints a table: inputs tried, findings,
# lines of the target's file that its corpus reaches.
# usage: tests/fuzz/run.sh [SECONDS [NAME...]]     60 seconds each, all of them
# What is found stays in build-fuzz/found/NAME (new paths) and build-fuzz/findings (breakages).
set -u
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
build=build-fuzz
export LC_ALL=C.UTF-8 G_DEBUG=fatal-criticals
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

[ -f $build/build.ninja ] || CC=clang CXX=clang++ meson setup $build -Dfuzzers=true \
    -Db_sanitize=address,undefined -Db_lundef=false >$build.log 2>&1 || { cat $build.log; exit 1; }
rm -f $build.log

# The file each target is about.
files_of() {
    case $1 in
        api_reply) echo src/api/wire.cpp src/api/json_reader.cpp ;;
        history) echo src/store/history.cpp ;;
        journal_entry) echo src/store/entry.cpp ;;
        klingtext_uri) echo gst/klingtext_uri.cpp ;;
        mp4_boxes) echo src/store/mp4_boxes.cpp ;;
        part_log) echo src/store/part_log.cpp src/store/extents.cpp ;;
        rehearsal_request) echo src/rehearsal/submission.cpp src/rehearsal/json_text.cpp \
            src/rehearsal/byte_range.cpp src/rehearsal/generation.cpp ;;
        rehearsal_scenario) echo src/rehearsal/program/scenario.cpp src/rehearsal/program/fault.cpp ;;
        reply_headers) echo src/job/clip_reply.cpp src/api/retry_policy.cpp ;;
        service_url) echo src/api/service_url.cpp ;;
    esac
}

[ $# -gt 0 ] || set -- $(cd tests/fuzz/corpus && ls)
for name; do targets="${targets-} tests/fuzz/fuzz_$name"; done
ninja -C $build $targets >$build/fuzz-build.log || { tail -20 $build/fuzz-build.log; exit 1; }

failed=0
printf '%-18s %12s %9s  %s\n' TARGET EXECUTIONS FINDINGS 'LINES REACHED'
for name; do
    program=$build/tests/fuzz/fuzz_$name
    found=$build/found/$name
    mkdir -p "$found" $build/findings $build/profiles
    LLVM_PROFILE_FILE=/dev/null "$program" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix=$build/findings/"$name"- "$found" tests/fuzz/corpus/"$name" \
        >$build/findings/"$name".log 2>&1
    status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' $build/findings/"$name".log)
    [ $status -eq 0 ] && findings=0 || { findings=1; failed=1; }
    LLVM_PROFILE_FILE=$build/profiles/$name.raw "$program" -runs=0 tests/fuzz/corpus/"$name" \
        >/dev/null 2>&1
    llvm-profdata-14 merge -o $build/profiles/"$name".data $build/profiles/"$name".raw 2>/dev/null
    report=$(llvm-cov-14 report "$program" -instr-profile=$build/profiles/"$name".data 2>/dev/null)
    lines=$(for file in $(files_of "$name"); do
        echo "$report" | awk -v file="$(basename "$file")" \
            '$1 ~ "(^|/)" file "$" { printf "%s %s  ", file, $10 }'
    done)
    printf '%-18s %12s %9s  %s\n' "$name" "${executions:-?}" $findings "$lines"
done
[ $failed -eq 0 ] || echo "What broke it is in $build/findings."
exit $failed
