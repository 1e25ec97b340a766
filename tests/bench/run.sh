#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Measures what klingtextsrc costs against what a user would take instead, in about 10 minutes.
# Builds in build-tests/ as tests/run.sh does; the figures are in build-tests/measured/.
# usage: tests/bench/run.sh [--write | --smoke BUILD]
#   --write  puts tables and plots into docs/measured.md and docs/measured/
#   --smoke  a few small rounds with what was built in BUILD, to see that it runs
set -eu
cd "$(dirname "$0")/../.."
python=/usr/bin/python3  # Debian's, which python3-gi is for
export GIO_USE_PROXY_RESOLVER=dummy
export PYTHONDONTWRITEBYTECODE=1
bench=tests/bench

case "${1-}" in
    --smoke)
        build=$2
        $build/$bench/bench_noticing
        store=$(mktemp -d)
        $build/$bench/bench_store_scale "$store" 10 2
        rm -r "$store"
        $python $bench/waiting.py $build/tests/support/scripted-service $build/$bench/bench_waiting_jobs \
            --window 6 --counts 1 --no-peers
        $python $bench/late_polls.py $build/$bench/bench_waiting_jobs --generations 3 --seconds 3
        $python $bench/cost.py --size 2 --rounds 1
        $python $bench/streaming.py --megabytes 2 --rounds 1 --clips 1,2
        $python $bench/startup.py --rounds 1
        exec $python $bench/first_frame.py --pairs 2 --seconds 1
        ;;
    '' | --write) ;;
    *) echo "usage: $0 [--write | --smoke BUILD]" >&2; exit 2 ;;
esac

examples/install-packages.sh --bench
tests/run.sh --build
build=build-tests
export GST_PLUGIN_PATH="$PWD/$build/gst" GST_REGISTRY="$PWD/$build/bench-registry.bin"
figures=$build/measured
mkdir -p $figures

# measure NAME COMMAND...: its tables go to NAME.tsv
measure() {
    name=$1
    shift
    echo "== $name"
    "$@" >$figures/"$name".tsv
    column -t -s "$(printf '\t')" $figures/"$name".tsv
}

store_scale() {
    printf 'entries\tattach us\tnew request us\tcap check us\treserve us\tlist us\tevict us\n'
    for entries in 10 100 1000 10000 100000; do
        store=$(mktemp -d)
        $build/$bench/bench_store_scale "$store" $entries 200
        rm -r "$store"
    done
}

gst-inspect-1.0 klingtextsrc >/dev/null  # makes the registry
measure noticing $build/$bench/bench_noticing
measure startup $python $bench/startup.py
measure first_frame $python $bench/first_frame.py
measure cost $python $bench/cost.py
measure streaming $python $bench/streaming.py
measure store store_scale
measure waiting $python $bench/waiting.py $build/tests/support/scripted-service $build/$bench/bench_waiting_jobs
measure late_polls $python $bench/late_polls.py $build/$bench/bench_waiting_jobs
measure whole_way $python $bench/whole_way.py
measure bars $python $bench/bars.py $figures
if [ "${1-}" = --write ]; then
    gnuplot -e "figures='$figures'; plots='docs/measured'" $bench/plots.gp
    $python $bench/write.py $figures docs/measured.md
fi
