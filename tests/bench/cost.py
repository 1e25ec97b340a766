#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""CPU time and peak memory of a download that is kept, and of a finished clip, against what a user
would take instead: cost.py [--size MEGABYTES] [--rounds N]"""
import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

sys.dont_write_bytecode = True
from web import Nginx, Service, skip_without  # noqa: E402

LAUNCH = "gst-launch-1.0"
SMALL = 100_000  # bytes; what it takes to start


def box(kind, size):
    return (size + 8).to_bytes(4, "big") + kind


def write_clip(file, size):
    """Boxes that close, with noise in them."""
    with open(file, "wb") as clip:
        clip.write(box(b"ftyp", 16) + b"isom" * 4 + box(b"moov", 1000) + bytes(1000)
                   + box(b"mdat", size - 1040))
        left = size - 1040
        while left:
            piece = os.urandom(min(left, 1 << 20))
            clip.write(piece)
            left -= len(piece)


def measured(words):
    """CPU seconds and peak memory in MB. This process is small: a child begins with its peak."""
    program = shutil.which(words[0])
    silence = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    child = os.posix_spawn(program, words, os.environ, file_actions=silence)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise RuntimeError(f"{words}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


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
        self.results[name, size].append(measured(words))

    def round(self, size):
        url = f"{self.root}/fast/{size}.mp4"
        self.service.clip_url = url
        source = self.service.source(self.store, next(self.takes))
        ours = [LAUNCH, "-q", *source, "!", "fakesink"]
        self.measure("klingtextsrc ! fakesink", size, ours)
        self.measure("curl -o", size, ["curl", "-s", "-o", self.file, url])
        os.unlink(self.file)
        soup = f"souphttpsrc location={url} ! tee name=t t. ! queue ! filesink " \
               f"location={self.file} t. ! queue ! fakesink"
        self.measure("souphttpsrc ! tee", size, [LAUNCH, "-q", *soup.split()])
        os.unlink(self.file)
        if has_element("curlhttpsrc"):
            curl = f"curlhttpsrc location={url} ! tee name=t t. ! queue ! filesink " \
                   f"location={self.file} t. ! queue ! fakesink"
            self.measure("curlhttpsrc ! tee", size, [LAUNCH, "-q", *curl.split()])
            os.unlink(self.file)
        self.measure("finished clip", size, ours)
        filesrc = f"filesrc location={self.folder}/clips/{size}.mp4 blocksize=65536 ! fakesink"
        self.measure("filesrc, same blocks", size, [LAUNCH, "-q", *filesrc.split()])
        shutil.rmtree(self.store)

    def report(self, size):
        def cpu(name, of):
            return statistics.median(cpu for cpu, _ in self.results[name, of])

        names = [name for name, of in self.results if of == size]
        per_gb = {name: (cpu(name, size) - cpu(name, SMALL)) / (size - SMALL) * 1e9
                  for name in names}
        for name in names:
            memory = max(memory for _, memory in self.results[name, size])
            print(f"  {name:24} {cpu(name, size):6.2f} s CPU, {cpu(name, SMALL):5.2f} of it to "
                  f"start; {per_gb[name]:5.2f} s per GB; peak {memory:5.1f} MB")
        for name, other in (("klingtextsrc ! fakesink", "curl -o"),
                            ("klingtextsrc ! fakesink", "souphttpsrc ! tee"),
                            ("finished clip", "filesrc, same blocks")):
            print(f"  {name} to {other}: {per_gb[name] / max(per_gb[other], 1e-9):.2f} per GB, "
                  f"{cpu(name, size) / cpu(other, size):.2f} with the start")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--size", type=int, default=200, help="of the clip, in MB")
    arguments.add_argument("--rounds", type=int, default=5)
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
        print(f"{arguments.size} MB from nginx, kept on disk; medians of {arguments.rounds}")
        bench.report(size)


main()
