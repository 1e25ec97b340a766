#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man page has every command and option of the program: test_man_page.py PROGRAM SOURCE-ROOT"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

program, root = sys.argv[1], Path(sys.argv[2])
page = (root / "docs/klingtext-journal.1").read_text()
said = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout

complaints = []
commands = re.search(r"Commands:\n(.*?)\n\n", said, re.DOTALL).group(1)
for command in re.findall(r"^  (\w+)", commands, re.MULTILINE):
    if not re.search(rf"^\.It Cm {command}\b", page, re.MULTILINE):
        complaints.append(f"the command {command} is missing")
for letter, name in re.findall(r"^  -(\w), --([\w-]+)", said, re.MULTILINE):
    if not re.search(rf"^\.It Fl {letter} , -{name}\b", page, re.MULTILINE):
        complaints.append(f"the option --{name} is missing")
if len(re.findall(r"^\.It Fl", page, re.MULTILINE)) < 5:
    complaints.append("the help shows fewer options than it should")
if shutil.which("groff"):
    checked = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", "-z", root / "docs/klingtext-journal.1"],
                             capture_output=True, text=True, check=False)
    if checked.stderr:
        complaints.append(checked.stderr)
for complaint in complaints:
    print(complaint)
sys.exit(1 if complaints else 0)
