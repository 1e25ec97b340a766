#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/errors.md has the sentences the program says, and their codes: errors.py SOURCE-ROOT"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
CODES = {"NOT_AUTHORIZED", "BUSY", "SETTINGS", "NOT_FOUND", "OPEN_READ", "READ", "FAILED",
         "NO_SPACE_LEFT", "OPEN_WRITE"}


def said_by_the_program():
    """All string literals, those that are continued on the next line joined."""
    text = ""
    for folder in ("src/api", "src/store", "src/job", "gst"):
        for file in sorted((ROOT / folder).glob("*.cpp")):
            text += re.sub(r'"\s*\n\s*"', "", file.read_text()) + "\n"
    return "\n".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', text)).replace('\\"', '"')


def main():
    page = (ROOT / "docs/errors.md").read_text()
    said = said_by_the_program()
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in page.splitlines() if line.startswith("| ") and "| Message |" not in line
            and not line.startswith("| Message")]
    complaints = []
    for row in rows:
        # The number of an HTTP status is put together by the program.
        message = re.sub(r" ?\(HTTP [^)]*\)", "", row[0])
        for part in message.split("…"):
            part = part.strip(" .()")
            for sentence in re.split(r"(?<=\.) (?=[A-Z])", part):
                if len(sentence) > 3 and sentence.strip(" .") not in said:
                    complaints.append(f"nothing says: {sentence!r}")
        if len(row) == 4:
            for code in re.findall(r"`([A-Z_]+)`", row[1]):
                if code not in CODES:
                    complaints.append(f"no such code: {code}")
    if len(rows) < 30:
        complaints.append("too few rows: has the page changed its form?")
    for code in CODES:
        if f"`{code}`" not in page:
            complaints.append(f"{code} is missing")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


sys.exit(main())
