# SPDX-License-Identifier: LGPL-2.1-or-later
"""For what no event tells of."""
import contextlib
import time
from pathlib import Path

PATIENCE = 300  # seconds; nothing waits that long but a broken test


def wait_for(what, pause=0.01, standing=str):
    """What it returns, once that is anything; asked again after a pause (seconds). Where that never
    comes, the error says how things are standing."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError(f"waited in vain: {standing()}")


def has_stopped(pid):
    """Whether a signal has reached all its threads, which one in a system call leaves first; so it
    is when the process is gone."""
    states = set()
    with contextlib.suppress(FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                states.add((thread / "stat").read_text().rsplit(")", 1)[1].split()[0])
    return states <= set("TZX")
