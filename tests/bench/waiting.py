#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What generations cost while they are waited for, each polled every 5 s: in one process with
klingtextsrc, in a program without elements, and with Python in threads, with asyncio and in a
process each:
waiting.py SCRIPTED-SERVICE BENCH-WAITING-JOBS [--window SECONDS] [--counts N,N...] [--no-peers]"""
import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "gst"))
from scripted import Service  # noqa: E402

PAUSE = 5  # seconds between two polls of a generation
PYTHON = "/usr/bin/python3"


@dataclass
class Look:
    """At some processes, all together."""
    cpu: float = 0  # seconds, of the threads that run
    memory: float = 0  # MB; what others share counts for its share
    threads: int = 0
    connections: int = 0


def look_at(processes):
    look = Look()
    for process in processes:
        folder = f"/proc/{process.pid}"
        for task in os.listdir(f"{folder}/task"):
            with open(f"{folder}/task/{task}/schedstat", encoding="ascii") as text:
                look.cpu += int(text.read().split()[0]) / 1e9
            look.threads += 1
        with open(f"{folder}/smaps_rollup", encoding="ascii") as text:
            look.memory += sum(int(line.split()[1]) for line in text
                               if line.startswith("Pss:")) / 1000
        for descriptor in os.listdir(f"{folder}/fd"):
            try:
                look.connections += os.readlink(f"{folder}/fd/{descriptor}").startswith("socket:")
            except OSError:
                pass
    return look


def elements(service, count):
    """All in one process."""
    line = ["gst-launch-1.0", "-q"]
    for number in range(count):
        line += service.source(f"prompt=raccoon {number}", f"poll-interval={PAUSE * 1000}",
                               "!", "fakesink")
    return line


def jobs(program, service, count):
    return [program, service.base_url, service.path("store"), str(count), str(PAUSE * 1000)]


def client(way, service, count):
    return [PYTHON, f"{HERE}/waiting_client.py", way, service.base_url, str(count), str(PAUSE)]


# The command of one process, and how many processes there are.
WAYS = {
    "klingtextsrc": lambda service, count: (elements(service, count), 1),
    "jobs, no elements": lambda service, count: (jobs(sys.argv[2], service, count), 1),
    "Python, asyncio": lambda service, count: (client("asyncio", service, count), 1),
    "Python, asyncio, 4 connections": lambda service, count: (client("asyncio-4", service, count), 1),
    "Python, threads": lambda service, count: (client("threads", service, count), 1),
    "Python, processes": lambda service, count: (client("threads", service, 1), count),
}


def measure(program, way, count, window):
    """A look at the end of the window, and the milliseconds of CPU for each poll in it."""
    running = []
    with Service(program, "--always-poll", "generation=queued") as service:
        try:
            words, processes = WAYS[way](service, count)
            environment = os.environ | {"AIMLAPI_API_KEY": "bench-key-of-no-account"}
            running = [subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL) for _ in range(processes)]
            service.wait_for(lambda now: min(now["accepted"], now["polls"]) >= count)
            before, polls = look_at(running), service.counts()["polls"]
            time.sleep(window)
            after, polls = look_at(running), service.counts()["polls"] - polls
        finally:
            for process in running:
                process.kill()
                process.wait()
    return after, 1000 * (after.cpu - before.cpu) / polls


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("service")
    arguments.add_argument("jobs")
    arguments.add_argument("--window", type=int, default=15, help="seconds that are measured")
    arguments.add_argument("--counts", default="1,100,1000",
                           help="of generations; of Python's threads and processes 100")
    arguments.add_argument("--no-peers", action="store_true", help="leave Python out")
    arguments = arguments.parse_args()
    ways = [(way, int(count)) for way in list(WAYS)[:2 if arguments.no_peers else 4]
            for count in arguments.counts.split(",")]
    if not arguments.no_peers:
        ways += [(way, 100) for way in list(WAYS)[4:]]
    print("way\tgenerations\tMB\tthreads\tsockets\tms CPU per poll")
    for way, count in ways:
        look, cpu = measure(arguments.service, way, count, arguments.window)
        print(f"{way}\t{count}\t{look.memory:.0f}\t{look.threads}\t{look.connections}\t{cpu:.2f}",
              flush=True)


main()
