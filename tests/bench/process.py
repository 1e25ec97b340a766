# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program costs, and medians of such figures."""
import os
import shutil
import statistics
import time
from dataclasses import dataclass


@dataclass
class Cost:
    cpu: float  # seconds
    memory: float  # MB, at its peak
    wall: float  # seconds


def cost_of(words):
    """Of a program, to its end. This process is small: a child begins with its peak."""
    program = shutil.which(words[0])
    silence = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
    begun = time.monotonic()
    child = os.posix_spawn(program, words, os.environ, file_actions=silence)
    _, ended, usage = os.wait4(child, 0)
    wall = time.monotonic() - begun
    if os.waitstatus_to_exitcode(ended) != 0:
        raise RuntimeError(f"{words}: status {ended}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000, wall)


def medians(costs):
    """The median of each figure by itself."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs)
                  for name in ("cpu", "memory", "wall")))
