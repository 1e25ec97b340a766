#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CPU time and peak memory of a download that is kept, and of a finished clip, against what a user
would take instead: cost.py [--size MEGABYTES] [--rounds N]"""
import argparse
import itertools
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

sys.dont_write_bytecode = True
from process import cost_of  # noqa: E402
from web import Nginx, Service, skip_without, write_clip  # noqa: E402

LAUNCH = "gst-launch-1.0"
SMALL = 100_000  # bytes; what it takes to start
NAMES = ("klingtextsrc ! fakesink", "curl -o", "souphttpsrc ! tee", "curlhttpsrc ! tee",
         "finished clip", "filesrc, same blocks")


def has_element(name):
    return subprocess.run(["gst-inspect-1.0", "--exists", name], check=False).returncode == 0


class Bench:
    def __init__(self, folder, service, root):
        self.folder = folder
        self.service = service
        self.root = root
        self.takes = itertools.count(1)
        self.store = os.path.join(folder, "store")
        self.file = os.path.join(folder, "copy")
        self.results = defaultdict(list)  # (name, size): CPU, memory

    def measure(self, name, size, words):
        cost = cost_of(words)
        self.results[name, size].append((cost.cpu, cost.memory))

    def round(self, size):
        url = f"{self.root}/fast/{size}.mp4"
        self.service.clip_url = url
        source = self.service.source(self.store, next(self.takes))
        ours = [LAUNCH, "-q", *source, "!", "fakesink"]
        tee = f"location={url} ! tee name=t t. ! queue ! filesink location={self.file} " \
              "t. ! queue ! fakesink"
        ways = [("klingtextsrc ! fakesink", ours),
                ("curl -o", ["curl", "-s", "-o", self.file, url])]
        ways += [(f"{name} ! tee", [LAUNCH, "-q", name, *tee.split()])
                 for name in ("souphttpsrc", "curlhttpsrc") if has_element(name)]
        random.shuffle(ways)  # whoever comes behind finds other pages free
        for name, words in ways:
            self.measure(name, size, words)
            if os.path.exists(self.file):
                os.unlink(self.file)
        filesrc = f"filesrc location={self.folder}/clips/{size}.mp4 blocksize=65536 ! fakesink"
        for _ in range(10):  # a few hundredths of a second each
            self.measure("finished clip", size, ours)
            self.measure("filesrc, same blocks", size, [LAUNCH, "-q", *filesrc.split()])
        shutil.rmtree(self.store)

    def report(self, size):
        def cpu(name, of):
            return statistics.median(cpu for cpu, _ in self.results[name, of])

        names = [name for name in NAMES if (name, size) in self.results]
        per_gb = {name: (cpu(name, size) - cpu(name, SMALL)) / (size - SMALL) * 1e9
                  for name in names}
        for name in names:
            memory = max(memory for _, memory in self.results[name, size])
            print(f"{name}\t{cpu(name, size):.2f}\t{cpu(name, SMALL):.2f}\t{per_gb[name]:.2f}\t"
                  f"{memory:.1f}")
        print("\nway\tto\tper GB\twith the start")
        for name, other in (("klingtextsrc ! fakesink", "curl -o"),
                            ("klingtextsrc ! fakesink", "souphttpsrc ! tee"),
                            ("finished clip", "filesrc, same blocks")):
            print(f"{name}\t{other}\t{per_gb[name] / max(per_gb[other], 1e-9):.2f}\t"
                  f"{cpu(name, size) / cpu(other, size):.2f}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--size", type=int, default=200, help="of the clip, in MB")
    arguments.add_argument("--rounds", type=int, default=15)
    arguments = arguments.parse_args()
    skip_without("nginx", "curl", LAUNCH)
    size = arguments.size * 1_000_000
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        for each in (SMALL, size):
            write_clip(os.path.join(clips, f"{each}.mp4"), each)
        with Nginx(folder, clips) as nginx:
            bench = Bench(folder, Service(), nginx.root)
            bench.round(SMALL)  # fills caches, makes the registry
            bench.results.clear()
            for _ in range(arguments.rounds):
                bench.round(SMALL)
                bench.round(size)
        print("way\tCPU s\tto start\ts per GB\tpeak MB")
        bench.report(size)


main()
