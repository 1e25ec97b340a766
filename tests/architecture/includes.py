#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Includes run downwards only, and never in a circle; the core knows nothing of GStreamer."""
import sys

sys.dont_write_bytecode = True
from sources import code_files, finish, includes_of, room_of  # noqa: E402

CORE = ("base", "api", "store", "job")
MAY_INCLUDE = {
    "base": set(),
    "api": {"base"},
    "store": {"base", "api"},
    "job": {"base", "api", "store"},
    "rehearsal": {"base"},
    "gst": {"base", "api", "store", "job", "rehearsal"},
    "journal": {"base", "api", "store", "job"},
    "storyboard": {"base", "api", "store", "job", "journal", "gst", "rehearsal"},
}
PROGRAM = "rehearsal/program/"


def circle_through(graph):
    """One circle as a list of files, or None."""
    state = {}

    def visit(path, trail):
        state[path] = "open"
        for target in graph.get(path, ()):
            if state.get(target) == "open":
                return trail[trail.index(target):] + [target]
            if target not in state:
                found = visit(target, trail + [target])
                if found:
                    return found
        state[path] = "closed"
        return None

    for path in graph:
        if path not in state:
            found = visit(path, [path])
            if found:
                return found
    return None


def main():
    complaints = []
    graph = {}
    for path in code_files():
        room = room_of(path)
        includes = includes_of(path)
        graph[path] = [target for _, target in includes if target]
        for name, target in includes:
            if room in CORE and name.startswith("gst/"):
                complaints.append(f"{path}: the core does not include GStreamer's {name}")
            if name.startswith(PROGRAM) and PROGRAM not in str(path) and room != "tests":
                complaints.append(f"{path}: {name} is the program's alone")
            elsewhere = target is not None and room_of(target) != room
            if room in MAY_INCLUDE and elsewhere and room_of(target) not in MAY_INCLUDE[room]:
                complaints.append(f"{path}: {room} may not include {target}")
    circle = circle_through(graph)
    if circle:
        complaints.append("a circle: " + " -> ".join(map(str, circle)))
    finish(complaints)


main()
