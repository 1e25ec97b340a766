#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every test that docs/threats.md names exists, and every row names one: threats.py SOURCE-ROOT"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])


def known_cases():
    cases = set()
    for file in (ROOT / "tests").rglob("*.cpp"):
        for suite, case in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", file.read_text(), re.M):
            cases.add((suite, case))
    return cases


def main():
    page = (ROOT / "docs/threats.md").read_text()
    cases = known_cases()
    suites = {suite for suite, _ in cases}
    complaints = []
    named = 0
    for word in re.findall(r"`([^`\n]+)`", page):
        if word.startswith("tests/"):
            named += 1
            if not (ROOT / word).is_file():
                complaints.append(f"no such file: {word}")
        elif re.fullmatch(r"[A-Z]\w*\.([A-Z]\w+|\*)", word):
            named += 1
            suite, case = word.split(".")
            if suite not in suites or (case != "*" and (suite, case) not in cases):
                complaints.append(f"no such test: {word}")
    for line in page.split("## A URI")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[-1] != "Shown by" and "`" not in cells[-1]:
            complaints.append(f"shown by no test: {cells[0]}")
    if named < 40:
        complaints.append("too few tests are named: has the page changed its form?")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


sys.exit(main())
