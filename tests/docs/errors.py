#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/errors.md has the sentences that the program says, all of them, and their codes:
errors.py SOURCE-ROOT"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
CODES = {"unauthorized": "NOT_AUTHORIZED", "busy": "BUSY", "settings": "SETTINGS",
         "not_found": "NOT_FOUND", "cannot_submit": "OPEN_READ", "cannot_read": "READ",
         "failed": "FAILED", "no_space": "NO_SPACE_LEFT", "store": "OPEN_WRITE"}
# What has happened. A sentence that begins otherwise says what to do.
HAPPENED = re.compile(r"(The|There|This|That|Nobody|A klingtext:|In a klingtext:|Generation) ")
AUTHOR = "The klingtextsrc maintainers"
NO_ERRORS = ("properties.cpp", "enums.cpp", "plugin.cpp", "message_poster.cpp", "progress_text.cpp")


def sources():
    """The files whose words reach a user as errors, literals that are continued joined."""
    for folder in ("src/api", "src/store", "src/job", "gst"):
        for file in sorted((ROOT / folder).glob("*.cpp")):
            if not file.name.endswith(NO_ERRORS):
                yield file.name, re.sub(r'"\s*\n\s*"', "", file.read_text())


def literals(text):
    for found in re.finditer(r'"((?:[^"\\\n]|\\.)*)"', text):
        yield found.start(), found.group(1).replace('\\"', '"')


def rows(page):
    """Message and code of each row, without the HTTP status that the program puts in."""
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "Message":
            yield re.sub(r" ?\(HTTP [^)]*\)", "", cells[0]), cells[1] if len(cells) == 4 else ""


def sentences(message):
    """The parts of a row's message that the program must have literally."""
    for part in message.split("…"):
        for sentence in re.split(r"(?<=\.) (?=[A-Z])", part.strip(" .()")):
            if len(sentence.strip(" .")) > 3:
                yield sentence.strip(" .")


def kind_before(text, position):
    """What sort of error a literal belongs to, by the one that is named just before it."""
    named = re.findall(r"ErrorKind::(\w+)[,}]", text[max(0, position - 120):position])
    return named[-1] if named else None


def main():
    page = (ROOT / "docs/errors.md").read_text()
    table = list(rows(page))
    documented = [(part, codes) for message, codes in table for part in sentences(message)]
    said = "\n".join(literal for _, text in sources() for _, literal in literals(text))
    complaints = [f"nothing says: {part!r}" for part, _ in documented if part not in said]
    codes_checked = 0
    for name, text in sources():
        for position, literal in literals(text):
            words = re.split(r"(?<=\.) (?=[A-Z])", literal)[0].strip(" .(\"")
            rows_of_it = [codes for part, codes in documented if part in literal or words in part]
            if len(words) > 12 and HAPPENED.match(words) and words != AUTHOR and not rows_of_it:
                complaints.append(f"docs/errors.md has no row for {name}: {words!r}")
            kind = kind_before(text, position)
            if kind and rows_of_it and HAPPENED.match(words):
                codes_checked += 1
                if not any(f"`{CODES[kind]}`" in codes or not codes for codes in rows_of_it):
                    complaints.append(f"{words!r} is {CODES[kind]}, not {rows_of_it}")
    for code in re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", " ".join(codes for _, codes in table)):
        if code not in CODES.values() and code != "BAD_STATE":
            complaints.append(f"no such code: {code}")
    if len(table) < 30 or codes_checked < 15:
        complaints.append(f"{len(table)} rows, {codes_checked} codes: has something changed its form?")
    complaints += [f"{code} is missing" for code in CODES.values() if f"`{code}`" not in page]
    for complaint in complaints:
        print(complaint)
    print(f"{len(table)} rows, {codes_checked} codes")
    return 1 if complaints else 0


sys.exit(main())
