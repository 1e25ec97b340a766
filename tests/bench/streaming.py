#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many clips at once in one process, kept on disk, against the same with souphttpsrc and with curl;
the same bytes in all. Clips of 4 KB tell what submissions, polls and the journal cost alone:
streaming.py [--megabytes N] [--rounds N] [--clips N,N...]"""
import argparse
import itertools
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from process import cost_of, medians  # noqa: E402
from web import Nginx, Service, skip_without, write_clip  # noqa: E402

LAUNCH = ["gst-launch-1.0", "-q"]


class Round:
    """One measurement of each way to fetch so many clips."""

    def __init__(self, folder, service, urls, small, takes):
        self.store = os.path.join(folder, "store")
        self.copies = os.path.join(folder, "copies")
        self.service, self.urls, self.small, self.takes = service, urls, small, takes

    def measure(self):
        os.mkdir(self.copies)
        costs = {"klingtextsrc ! fakesink": self.ours(self.urls[0]),
                 "klingtextsrc, clips of 4 KB": self.ours(self.small), "souphttpsrc ! tee": self.soup(),
                 "curl --parallel": self.curl()}
        shutil.rmtree(self.copies)
        shutil.rmtree(self.store)
        return costs

    def ours(self, clip):
        self.service.clip_url = clip
        line = itertools.chain.from_iterable(
            [*self.service.source(self.store, next(self.takes)), "!", "fakesink"] for _ in self.urls)
        return cost_of([*LAUNCH, *line])

    def soup(self):
        line = " ".join(
            f"souphttpsrc location={url} ! tee name=t{at} t{at}. ! queue ! filesink "
            f"location={self.copies}/{at} t{at}. ! queue ! fakesink"
            for at, url in enumerate(self.urls))
        return cost_of([*LAUNCH, *line.split()])

    def curl(self):
        files = itertools.chain.from_iterable(["-o", f"{self.copies}/{at}", url]
                                              for at, url in enumerate(self.urls))
        return cost_of(["curl", "-s", "--parallel", "--parallel-max", "64", *files])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--megabytes", type=int, default=256, help="in all clips together")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--clips", default="1,8,64")
    arguments = arguments.parse_args()
    skip_without("nginx", "curl", LAUNCH[0])
    print("clips\tway\tCPU s\tpeak MB\twall s\tCPU to curl")
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        service, takes = Service(), itertools.count(1)
        with Nginx(folder, clips) as nginx:
            write_clip(f"{clips}/small.mp4", 4096)
            for count in map(int, arguments.clips.split(",")):
                write_clip(f"{clips}/{count}.mp4", arguments.megabytes * 1_000_000 // count)
                one = Round(folder, service, [f"{nginx.root}/fast/{count}.mp4"] * count,
                            f"{nginx.root}/fast/small.mp4", takes)
                rounds = [one.measure() for _ in range(arguments.rounds + 1)][1:]  # one warms up
                costs = {way: medians([each[way] for each in rounds]) for way in rounds[0]}
                for way, cost in costs.items():
                    print(f"{count}\t{way}\t{cost.cpu:.2f}\t{cost.memory:.0f}\t{cost.wall:.2f}\t"
                          f"{cost.cpu / costs['curl --parallel'].cpu:.2f}", flush=True)


main()
