# SPDX-License-Identifier: LGPL-2.1-or-later
"""For what no event tells of."""
import time

PATIENCE = 300  # seconds; nothing waits that long but a broken test


def wait_for(what, pause=0.01):
    """What it returns, once that is anything; asked again after a pause (seconds)."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError("waited in vain")
