#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application of the element: argv is one pipeline each, stdin has the commands, each answered with a
line on stdout. `forked_exit` forks a child that exits as programs do; `fork` one that stays alive."""
import ctypes
import os
import signal
import sys
import warnings

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402


def set_states(pipelines, state):
    for pipeline in pipelines:
        pipeline.set_state(state)


def fork():
    child = os.fork()
    if child == 0:
        os.close(0)
        os.close(1)
        os.close(2)
        signal.pause()
    return f"fork {child}"


def forked_exit():
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).exit(0)  # with what was registered by atexit(3), without Python's own end
    return f"forked_exit {os.waitpid(child, 0)[1]}"


def main():
    warnings.simplefilter("ignore", DeprecationWarning)  # of fork() beside threads
    Gst.init(None)
    pipelines = [Gst.parse_launch(line) for line in sys.argv[1:]]
    for line in sys.stdin:
        command = line.strip()
        answer = command
        if command == "play":
            set_states(pipelines, Gst.State.PLAYING)
        elif command == "null":
            set_states(pipelines, Gst.State.NULL)
        elif command.startswith(("play ", "null ")):  # one of the pipelines
            word, number = command.split()
            set_states([pipelines[int(number)]], Gst.State.PLAYING if word == "play" else Gst.State.NULL)
        elif command.startswith("set "):  # a property of the source to a text of that length
            _, name, length = command.split()
            pipelines[0].iterate_sources().next()[1].set_property(name, "A" * int(length))
        elif command.startswith("prompt "):  # of one of the pipelines
            _, number, text = command.split()
            pipelines[int(number)].iterate_sources().next()[1].set_property("prompt", text)
        elif command.startswith("key "):  # the request key of one of the pipelines' last run, or none
            stats = pipelines[int(command.split()[1])].iterate_sources().next()[1].get_property("stats")
            answer = stats.get_string("request-key") or "none"
        elif command.startswith("add "):
            pipelines.insert(0, Gst.parse_launch(command[4:]))
            pipelines[0].set_state(Gst.State.PLAYING)
        elif command == "error":
            message = pipelines[0].get_bus().timed_pop_filtered(
                Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR | Gst.MessageType.EOS)
            is_error = message.type == Gst.MessageType.ERROR
            answer = message.parse_error()[0].message.replace("\n", " ") if is_error else "eos"
        elif command == "fork":
            answer = fork()
        elif command == "forked_exit":
            answer = forked_exit()
        elif command == "exit":
            return
        print(answer, flush=True)


main()
