#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""README.md's tables of properties (`Property | Type, default | Meaning`) against gst-inspect-1.0:
readme_properties.py README"""
import re
import subprocess
import sys

SKIPPED = 77
KINDS = {"String": "string", "Integer": "int", "Unsigned Integer": "uint",
         "Unsigned Integer64": "uint64", "Double": "double", "Boolean": "boolean",
         "Enum": "enum", "Boxed pointer": "structure", "Object": "object"}
INHERITED = {"name", "parent", "blocksize", "num-buffers", "typefind", "do-timestamp",
             "automatic-eos"}


def inspected():
    """Name: `type, default` of the element's own properties."""
    text = subprocess.run(["gst-inspect-1.0", "--no-colors", "klingtextsrc"], check=True,
                          capture_output=True, text=True).stdout
    text = text[text.index("Element Properties:"):]
    found = {}
    for name, body in re.findall(r"^  ([a-z-]+) +: (.*?)(?=^  [a-z-]+ +: |\Z)", text,
                                 re.MULTILINE | re.DOTALL):
        if name in INHERITED:
            continue
        flags, rest = re.search(r"flags: (.*?)\n\s*(.*)", body, re.DOTALL).groups()
        kind = KINDS[re.match("|".join(sorted(KINDS, key=len, reverse=True)), rest).group(0)]
        default = re.search(r"Default:\s+(.*)", rest)
        value = default.group(1).strip() if default else "null"
        if kind == "enum":
            value = value.split(",", 1)[1].strip()
        if "readable" not in flags:
            value = "write-only"
        elif "writable" not in flags:
            value = "read-only"
        found[name] = f"{kind}, {'unset' if value == 'null' else value.strip(chr(34))}"
    return found


def tabled(readme):
    """Name: the cell `Type, default`, without its marks."""
    rows = {}
    inside = False
    for line in readme.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[:2] == ["Property", "Type, default"]:
            inside = True
        elif inside and not cells[0].startswith("-"):
            rows[cells[0].strip("`")] = cells[1].replace("`", "")
    return rows


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            rows = tabled(file.read())
    except FileNotFoundError:
        rows = {}
    if not rows:
        print("there is no table of properties yet")
        return SKIPPED
    found = inspected()
    for name in sorted(rows.keys() | found.keys()):
        if rows.get(name) != found.get(name):
            print(f"{name}: README says {rows.get(name)}, gst-inspect-1.0 {found.get(name)}")
    return 0 if rows == found else 1


sys.exit(main())
