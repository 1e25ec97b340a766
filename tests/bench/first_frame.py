#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From "completed" being known to the first decoded frame of a 1080p clip, against uridecodebin on
the bare URL (interleaved pairs) and `curl -o` followed by filesrc: first_frame.py [--pairs N]"""
import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from film import first_frame, make_clips  # noqa: E402
from web import Nginx, Service, skip_without  # noqa: E402

LINKS = {"fast": "unthrottled", "slow": "2 MB/s"}


def ours(service, url, store, take):
    service.clip_url = url
    shown = first_frame(" ".join(service.source(store, take)) + " ! decodebin")
    return shown - service.told


def bare(url):
    begun = time.monotonic()
    return first_frame(f"uridecodebin uri={url}") - begun


def by_curl(url, folder):
    file = os.path.join(folder, "curl.mp4")
    begun = time.monotonic()
    subprocess.run(["curl", "-s", "-o", file, url], check=True)
    shown = first_frame(f"filesrc location={file} ! decodebin") - begun
    os.unlink(file)
    return shown


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pairs", type=int, default=30)
    arguments.add_argument("--seconds", type=int, default=10, help="of film")
    arguments = arguments.parse_args()
    skip_without("nginx", "curl")
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        make_clips(clips, arguments.seconds)
        service = Service()
        takes = itertools.count(1)
        print("link\tindex\tklingtextsrc ms\turidecodebin ms\tratio\tcurl, filesrc ms\t"
              "times as long")
        with Nginx(folder, clips) as nginx:
            for speed in ("fast", "slow"):
                for index in ("start", "end"):
                    compare(service, f"{nginx.root}/{speed}/{index}.mp4", folder, takes, arguments)


def compare(service, url, folder, takes, arguments):
    store = os.path.join(folder, "store")
    measured = {"klingtextsrc": [], "uridecodebin": [], "curl, filesrc": []}
    for pair in range(-1, arguments.pairs):  # the first warms up
        results = {"klingtextsrc": ours(service, url, store, next(takes)),
                   "uridecodebin": bare(url)}
        if pair < max(1, arguments.pairs // 10):
            results["curl, filesrc"] = by_curl(url, folder)
        shutil.rmtree(store, ignore_errors=True)
        if pair >= 0:
            for name, seconds in results.items():
                measured[name].append(seconds)
    medians = {name: statistics.median(times) for name, times in measured.items()}
    speed, _, index = url.rpartition("/")
    print(LINKS[speed.rpartition("/")[2]], index[:-4],
          f"{medians['klingtextsrc'] * 1000:.1f}", f"{medians['uridecodebin'] * 1000:.1f}",
          f"{medians['klingtextsrc'] / medians['uridecodebin']:.2f}",
          f"{medians['curl, filesrc'] * 1000:.0f}",
          f"{medians['curl, filesrc'] / medians['klingtextsrc']:.1f}", sep="\t", flush=True)


main()
