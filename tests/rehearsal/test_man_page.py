#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man page has the options of the program and no other: test_man_page.py PROGRAM SOURCE-ROOT"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

program, root = sys.argv[1], Path(sys.argv[2])
file = root / "docs/klingtext-rehearsal.1"
page = file.read_text()
said = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout

complaints = []
offered = set(re.findall(r"^  (?:-\w, )?--([\w-]+)", said, re.MULTILINE))
listed = set(re.findall(r"^\.It Fl (?:\w , )?-([\w-]+)", page, re.MULTILINE))
listed |= set(re.findall(r"^\.It Fl -[\w-]+ , -([\w-]+)", page, re.MULTILINE))
for name in sorted(offered ^ listed):
    complaints.append(f"--{name} is only in " + ("the help" if name in offered else "the man page"))
for letter, name in re.findall(r"^  -(\w), --([\w-]+)", said, re.MULTILINE):
    if not re.search(rf"^\.It Fl {letter} , -{name}\b", page, re.MULTILINE):
        complaints.append(f"-{letter} is missing")
default_pace = re.search(r"default (0\.\d+)", said).group(1)
if f"The default, {default_pace}," not in page:
    complaints.append(f"the default pace is {default_pace}")
if len(offered) < 6:
    complaints.append("the help shows fewer options than it should")
if shutil.which("groff"):
    checked = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", "-z", file], capture_output=True,
                             text=True, check=False)
    if checked.stderr:
        complaints.append(checked.stderr)
for complaint in complaints:
    print(complaint)
sys.exit(1 if complaints else 0)
