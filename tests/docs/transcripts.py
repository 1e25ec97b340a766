#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Types what stands behind every `$ ` of README.md and compares what is printed, to the letter but
for what no two runs have in common: transcripts.py README EXAMPLES [--write]

The commands run one after the other in one shell, in a new home. --write puts what was printed into
README. Who and what is found in PATH and GST_PLUGIN_PATH is up to whoever calls it.
"""
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
PATIENCE = 180  # seconds, for the slowest machine
NEEDED = ("gst-launch-1.0", "gst-play-1.0", "gst-discoverer-1.0", "ges-launch-1.0")
# Which of these are seen, and how often, is a matter of time.
PASSING = (r'Progress: \(generate\) ".*": (submitting|queued|generating), \d+ s(, about \d+ s left|, longer than usual)?'
           r"|<position: \S+ duration: \S+/>+|Redistribute latency\.\.\.|\d:\d\d:\d\d\.\d / 0:00:05\.0"
           # Libraries that look for a display and a sound card where there is none.
           r"|error: XDG_RUNTIME_DIR .*|BDB1539 .*|\[[EW]\]\[[\d:.]+\] pw\..*|\[ALSOFT\] .*|ALSA lib .*")
# What depends on the clock, the load and the encoder's version.
VARIES = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "DATE"),
    (r"(after|[0-9a-f]{8}) +\d+ (s|min)\b", r"\1 TIME"),
    (r"ended after 0:\S+", "ended after TIME"),
    (r"(itrate:) \d+", r"\1 N"),
    (r"\d+\.\d kB", "N kB"),
    (r"^[0-9a-f]{8} ", "KEY "),  # has the port of the service in it
    (r"^(Interactive keyboard handling|Press 'k').*", "KEYBOARD"),
    (r" set-f(height|width) \d+", ""),  # GES 1.26 has them
    (r"  +", "  "),
)


def on_screen(printed):
    """As a terminal shows it: a carriage return writes over the line, colours are not seen."""
    printed = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    lines = []
    for line in printed.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part):]
        lines.append(shown.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


def comparable(lines):
    kept = []
    for line in lines:
        if re.fullmatch(PASSING, line):
            continue
        for pattern, name in VARIES:
            line = re.sub(pattern, name, line)
        kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


class Shell:
    """bash, one command at a time; what runs in the background ends with it."""

    def __init__(self, folder, environment):
        self.bash = subprocess.Popen(["bash", "--norc"], cwd=folder, env=environment, text=False,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, start_new_session=True)

    def run(self, command, awaited):
        """What it prints; in the background, as many lines as awaited."""
        background = command.endswith("&")
        self.bash.stdin.write(f"{{ {command}\n}} </dev/null; echo '>'$?'<'\n".encode())
        self.bash.stdin.flush()
        printed, until = b"", time.monotonic() + PATIENCE
        while True:
            ended = re.search(rb">(\d+)<\n", printed)
            rest = re.sub(rb">\d+<\n", b"", printed)
            if ended and (not background or rest.count(b"\n") >= awaited):
                return rest.decode(), int(ended.group(1))
            if not select.select([self.bash.stdout], [], [], max(0, until - time.monotonic()))[0]:
                raise SystemExit(f"{command} does not end:\n{printed.decode(errors='replace')}")
            printed += os.read(self.bash.stdout.fileno(), 65536)

    def close(self):
        os.killpg(self.bash.pid, signal.SIGTERM)
        self.bash.wait()


def transcripts(readme):
    """Every command with the lines that stand below it, and where those lines are in the page."""
    found = []
    for block in re.finditer(r"^```\n(\$ .*?)^```$", readme, re.MULTILINE | re.DOTALL):
        for one in re.finditer(r"\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", block.group(1)):
            start = block.start(1)
            found.append((one.group(1), one.group(2), start + one.start(2), start + one.end(2)))
    return found


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def main():
    page, examples = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    if any(subprocess.run(["which", tool], capture_output=True, check=False).returncode
           for tool in NEEDED):
        print("needs", *NEEDED)
        return SKIPPED
    readme = page.read_text()
    port, failures, written = free_port(), 0, readme
    with tempfile.TemporaryDirectory(prefix="klingtext-transcripts-") as folder:
        home = Path(folder).resolve() / "me"
        home.mkdir()
        (home / "examples").symlink_to(examples)
        environment = {**os.environ, "HOME": str(home), "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("XDG_DATA_HOME", None)
        shell = Shell(home, environment)
        seen = []
        for command, below, *_ in transcripts(readme):
            printed, status = shell.run(command.replace("8080", port), below.count("\n"))
            shown = on_screen(printed.replace(port, "8080").replace(str(home), "/home/me"))
            seen.append("".join(line + "\n" for line in shown))
            if status != 0 or comparable(shown) != comparable(on_screen(below)):
                failures += 1
                print(f"$ {command}\n--- README.md says\n{below}--- it says, with status {status}")
                print("\n".join(shown))
        shell.close()
    if "--write" in sys.argv:
        for (_, _, start, end), text in reversed(list(zip(transcripts(readme), seen))):
            written = written[:start] + text + written[end:]
        page.write_text(written)
        return 0
    print(f"{len(seen)} commands; at least 10 are expected")
    return 1 if failures or len(seen) < 10 else 0


sys.exit(main())
