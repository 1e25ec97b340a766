#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Measures what the element costs against what a user would take instead, from Debian's nginx:
# the time to the first frame, CPU and memory. Builds in build-tests/ as tests/run.sh does.
# --smoke: a few small rounds with the plugin that GST_PLUGIN_PATH has, to see that it runs.
set -eu
cd "$(dirname "$0")/../.."
python=/usr/bin/python3  # Debian's, which python3-gi is for
export GIO_USE_PROXY_RESOLVER=dummy
export PYTHONDONTWRITEBYTECODE=1

case "${1-}" in
    --smoke)
        $python tests/bench/cost.py --size 2 --rounds 1
        exec $python tests/bench/first_frame.py --pairs 2 --seconds 1
        ;;
    '') ;;
    *) echo "usage: $0 [--smoke]" >&2; exit 2 ;;
esac

examples/install-packages.sh --tests
build=build-tests
[ -f $build/build.ninja ] || meson setup $build --werror
ninja -C $build
export GST_PLUGIN_PATH="$PWD/$build/gst" GST_REGISTRY="$PWD/$build/bench-registry.bin"
$python tests/bench/first_frame.py
$python tests/bench/cost.py
