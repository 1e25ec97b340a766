#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files stay small, have names that say something and a licence, and mention nobody's machine."""
import re
import sys

sys.dont_write_bytecode = True
from sources import code_files, finish, repository_files, text_of  # noqa: E402

USUAL_LINES = 300
MOST_LINES = 400
LONG_ONES = 0.10
EMPTY_WORDS = re.compile(r"(util|manager|handler|helper|misc|common)s?(?=_|-|\.|$)")
# In two pieces, or this file would find itself.
OUTSIDE = ("/wo" + "rk/", "../sha" + "red")
LICENSED = {".cpp", ".h", ".py", ".sh"}


def main():
    complaints = []
    code = code_files()
    lines = {path: text_of(path).count("\n") for path in code}
    for path, count in lines.items():
        if count > MOST_LINES:
            complaints.append(f"{path}: {count} lines, {MOST_LINES} are the most")
    long_ones = [path for path, count in lines.items() if count > USUAL_LINES]
    if len(long_ones) > LONG_ONES * len(code):
        complaints.append(f"too many files over {USUAL_LINES} lines: {', '.join(map(str, long_ones))}")
    for path in repository_files():
        if EMPTY_WORDS.search(path.name.lower()):
            complaints.append(f"{path}: the name says nothing")
        text = text_of(path)
        for word in OUTSIDE:
            if re.search(r"(?<![\w.])" + re.escape(word), text):
                complaints.append(f"{path}: mentions {word}, which is outside the repository")
        if path.suffix in LICENSED and "SPDX-License-Identifier" not in text[:300]:
            complaints.append(f"{path}: no SPDX line")
    finish(complaints)


main()
