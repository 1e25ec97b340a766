#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man page has every option and key of the program, and its storyboards can be read:
test_man_page.py SOURCE-ROOT"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from studio import PROGRAM  # noqa: E402

ROOT = Path(sys.argv[1])
PAGE = ROOT / "docs/klingtext-storyboard.1"
page = PAGE.read_text()
said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
complaints = []
options = [(letter, name) for letter, name in re.findall(r"^  -(\w), --([\w-]+)", said, re.MULTILINE)]
for letter, name in options:
    if not re.search(rf"^\.It Fl {letter} , -{name}\b", page, re.MULTILINE):
        complaints.append(f"the option --{name} is missing")
if len(options) < 11:
    complaints.append("the help shows fewer options than it should")

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "board.toml"

    def count(text):
        file.write_text(text)
        done = subprocess.run([PROGRAM, file, "--count"], capture_output=True, text=True, check=False)
        return done.stdout.strip(), done.stderr

    # The program itself lists the keys it knows.
    for text in ("[[shot]]\nx = 1\n", "[film]\nx = 1\n"):
        keys = re.search(r"It knows (.*)\.", count(text)[1]).group(1).split(", ")
        complaints += [f"the key {key} is missing" for key in keys if not re.search(rf"\b{key}\b", page)]
    example = re.search(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", page, re.DOTALL | re.MULTILINE)
    if count(example.group(1)) != ("2", ""):
        complaints.append("the page's storyboard cannot be read: " + count(example.group(1))[1])
    if count((ROOT / "examples/raccoon.toml").read_text()) != ("4", ""):
        complaints.append("examples/raccoon.toml cannot be read")

if shutil.which("groff"):
    checked = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", "-z", PAGE], capture_output=True,
                             text=True, check=False)
    if checked.stderr:
        complaints.append(checked.stderr)
for complaint in complaints:
    print(complaint)
sys.exit(1 if complaints else 0)
