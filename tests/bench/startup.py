#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it takes to load the plugin, to inspect the element and to bring it to READY, against
souphttpsrc: startup.py [--rounds N]"""
import argparse
import itertools
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
from process import cost_of  # noqa: E402

SOURCES = ("klingtextsrc", "souphttpsrc")
# Prints how many milliseconds each step took, in a process that has done nothing but Gst.init().
STEPS = """
import sys, time
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
times = [time.perf_counter()]
Gst.ElementFactory.find(sys.argv[1]).load()
times.append(time.perf_counter())
element = Gst.ElementFactory.make(sys.argv[1])
element.set_state(Gst.State.READY)
times.append(time.perf_counter())
element.set_state(Gst.State.NULL)
print(*(1000 * (after - before) for before, after in zip(times, times[1:])))
"""


def steps(source):
    output = subprocess.run(["/usr/bin/python3", "-c", STEPS, source], check=True,
                            capture_output=True, text=True).stdout
    load, ready = map(float, output.split())
    return {"plugin load": load, "plugin load, element to READY": load + ready,
            "gst-inspect-1.0": 1000 * cost_of(["gst-inspect-1.0", source]).wall}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=60)
    rounds = arguments.parse_args().rounds
    taken = {source: [] for source in SOURCES}
    for _, source in itertools.product(range(rounds + 1), SOURCES):
        taken[source].append(steps(source))
    print("step\tklingtextsrc ms\tsouphttpsrc ms\tratio")
    for step in taken[SOURCES[0]][0]:
        ours, theirs = (statistics.median(each[step] for each in taken[source][1:])  # one warms up
                        for source in SOURCES)
        print(f"{step}\t{ours:.2f}\t{theirs:.2f}\t{ours / theirs:.2f}")


main()
