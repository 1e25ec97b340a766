#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lets libFuzzer look for bytes that break a parser, as many targets side by side as there are
# processors, and prints a table: inputs tried, findings, and lines of the target's file that its
# committed corpus reaches. Fails when something was found, or when a file is reached by less than 90 %.
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
        api_reply) echo src/api/wire.cpp src/api/json_parser.cpp src/api/json_reader.cpp \
            src/api/service_error.cpp src/api/excerpt.cpp ;;
        history) echo src/store/history.cpp ;;
        journal_entry) echo src/store/entry.cpp ;;
        klingtext_uri) echo gst/klingtext_uri.cpp ;;
        mp4_boxes) echo src/store/mp4_boxes.cpp src/store/mp4_samples.cpp ;;
        part_log) echo src/store/part_log.cpp src/store/extents.cpp ;;
        rehearsal_request) echo src/rehearsal/submission.cpp src/rehearsal/json_text.cpp \
            src/rehearsal/byte_range.cpp src/rehearsal/generation.cpp ;;
        rehearsal_scenario) echo src/rehearsal/program/scenario.cpp src/rehearsal/program/fault.cpp ;;
        reply_headers) echo src/job/clip_reply.cpp src/api/retry_policy.cpp ;;
        service_url) echo src/api/service_url.cpp ;;
        storyboard) echo src/storyboard/storyboard_file.cpp src/storyboard/toml_reader.cpp \
            src/storyboard/toml_reader.h src/storyboard/extra_values.cpp ;;
    esac
}

[ $# -gt 0 ] || set -- $(cd tests/fuzz/corpus && ls)
for name; do targets="${targets-} tests/fuzz/fuzz_$name"; done
ninja -C $build $targets >$build/fuzz-build.log || { tail -20 $build/fuzz-build.log; exit 1; }

# coverage NAME: "FILE PERCENT" for each of its files. A breakage in the corpus is a finding, too.
coverage() {
    program=$build/tests/fuzz/fuzz_$1
    LLVM_PROFILE_FILE=$build/profiles/$1.raw "$program" -runs=0 \
        -artifact_prefix=$build/findings/"$1"- tests/fuzz/corpus/"$1" >/dev/null 2>&1
    llvm-profdata-14 merge -o $build/profiles/"$1".data $build/profiles/"$1".raw 2>/dev/null
    llvm-cov-14 report "$program" -instr-profile=$build/profiles/"$1".data $(files_of "$1") \
        2>/dev/null >$build/profiles/"$1".report
    for file in $(files_of "$1"); do
        awk -v file="$(basename "$file")" '$1 ~ "(^|/)" file "$" { lines = $10 }
            END { print file, lines == "" ? "?" : lines }' $build/profiles/"$1".report
    done
}

# fuzz NAME: a row of the table.
fuzz() {
    mkdir -p $build/found/"$1"
    dictionary=tests/fuzz/dictionaries/$1
    if LLVM_PROFILE_FILE=/dev/null $build/tests/fuzz/fuzz_"$1" -max_total_time="$seconds" \
        -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        $([ ! -f "$dictionary" ] || echo "-dict=$dictionary") \
        -artifact_prefix=$build/findings/"$1"- $build/found/"$1" tests/fuzz/corpus/"$1" \
        >$build/findings/"$1".log 2>&1; then findings=0; else findings=1; fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' $build/findings/"$1".log)
    lines=$(coverage "$1")
    printf '%-18s %12s %9s  %s\n' "$1" "${executions:-?}" $findings "$(echo $lines)" |
        tee $build/rows/"$1"
    echo "$lines" | awk -v findings=$findings '$2 + 0 < 90 { little = 1 }
        END { exit findings || little }' || touch $build/rows/"$1".failed
}

rm -rf $build/rows
mkdir -p $build/rows $build/findings $build/profiles
printf '%-18s %12s %9s  %s\n' TARGET EXECUTIONS FINDINGS 'LINES REACHED'
rounds=$(($# / $(nproc)))
[ $rounds -gt 0 ] || rounds=1
round=0
while [ $round -lt $rounds ]; do
    place=0
    for name; do
        [ $((place % rounds)) -ne $round ] || fuzz "$name" &
        place=$((place + 1))
    done
    wait
    round=$((round + 1))
done
set -- $build/rows/*.failed
[ -e "$1" ] || exit 0
echo "Failed: $(basename -s .failed "$@" | tr '\n' ' ')(what broke them is in $build/findings)"
exit 1
