#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What generations cost while they are waited for, each polled every 5 s: in one process with
klingtextsrc, and with Python in threads, with asyncio and in a process each:
waiting.py SCRIPTED-SERVICE [--window SECONDS] [--counts N,N...]"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
PAUSE = 5  # seconds between two polls of a generation
PATIENCE = 120  # seconds, until all are submitted
TICK = os.sysconf("SC_CLK_TCK")
PYTHON = "/usr/bin/python3"


class Service:
    """The scripted service, whose generations never end."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "--always-poll", "generation=queued"],
                                        stdout=subprocess.PIPE, text=True)
        self.base_url = self.process.stdout.readline().split()[-1]

    def count(self, what):
        with urllib.request.urlopen(self.base_url.replace("/v2", "/counts"), timeout=30) as reply:
            return json.load(reply)[what]

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


@dataclass
class Look:
    """At some processes, all together."""
    cpu: float = 0  # seconds
    memory: float = 0  # MB; what others share counts for its share
    threads: int = 0
    connections: int = 0


def look_at(processes):
    look = Look()
    for process in processes:
        folder = f"/proc/{process.pid}"
        with open(f"{folder}/stat", encoding="ascii") as text:
            fields = text.read().rpartition(")")[2].split()
        look.cpu += (int(fields[11]) + int(fields[12])) / TICK
        look.threads += int(fields[17])
        with open(f"{folder}/smaps_rollup", encoding="ascii") as text:
            look.memory += sum(int(line.split()[1]) for line in text
                               if line.startswith("Pss:")) / 1000
        for descriptor in os.listdir(f"{folder}/fd"):
            try:
                look.connections += os.readlink(f"{folder}/fd/{descriptor}").startswith("socket:")
            except OSError:
                pass
    return look


def element(service, count, folder):
    """One process."""
    line = ["gst-launch-1.0", "-q"]
    for number in range(count):
        line += ["klingtextsrc", f"prompt=raccoon {number}", f"poll-interval={PAUSE * 1000}",
                 f"base-url={service.base_url}", f"store-dir={folder}", "!", "fakesink"]
    return [(line, 1)]


def threads(service, count, _):
    return [([PYTHON, f"{HERE}/waiting_client.py", "threads", service.base_url, str(count), str(PAUSE)],
             1)]


def with_asyncio(service, count, _):
    return [([PYTHON, f"{HERE}/waiting_client.py", "asyncio", service.base_url, str(count), str(PAUSE)],
             1)]


def processes(service, count, _):
    return [([PYTHON, f"{HERE}/waiting_client.py", "threads", service.base_url, "1", str(PAUSE)],
             count)]


def measure(program, way, count, window):
    service = Service(program)
    running = []
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        try:
            environment = os.environ | {"AIMLAPI_API_KEY": "bench-key-of-no-account"}
            for words, times in way(service, count, folder):
                running += [subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL) for _ in range(times)]
            begun = time.monotonic()
            while service.count("accepted") < count or service.count("polls") < count:
                if time.monotonic() > begun + PATIENCE:
                    raise RuntimeError(f"{way.__name__} {count}: {service.count('accepted')} submitted")
                time.sleep(0.2)
            before, polls = look_at(running), service.count("polls")
            time.sleep(window)
            after, polls = look_at(running), service.count("polls") - polls
        finally:
            for process in running:
                process.kill()
            for process in running:
                process.wait()
            service.end()
    return after, 1000 * (after.cpu - before.cpu) / polls


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("service")
    arguments.add_argument("--window", type=int, default=15, help="seconds that are measured")
    arguments.add_argument("--counts", default="1,100,1000")
    arguments = arguments.parse_args()
    ways = [("klingtextsrc", element, int(count)) for count in arguments.counts.split(",")]
    ways += [("Python, asyncio", with_asyncio, 100), ("Python, threads", threads, 100),
             ("Python, processes", processes, 100)]
    print("way\tgenerations\tMB\tthreads\tsockets\tms CPU per poll")
    for name, way, count in ways:
        look, cpu = measure(arguments.service, way, count, arguments.window)
        print(f"{name}\t{count}\t{look.memory:.0f}\t{look.threads}\t{look.connections}\t{cpu:.2f}",
              flush=True)


main()
