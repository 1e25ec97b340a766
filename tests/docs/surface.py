#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""README, man pages, documents, examples and gst-inspect-1.0 name the same things:
surface.py SOURCE-ROOT BUILD-ROOT"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
BUILD = Path(sys.argv[2])
CODE = r"`([a-z-]+)`"
complaints = []


def expect(true, what):
    if not true:
        complaints.append(what)


def read(name):
    return (ROOT / name).read_text()


def listed(page, begin, end):
    """The words in code between two phrases."""
    found = re.search(re.escape(begin) + "(.*?)" + re.escape(end), page, re.DOTALL)
    expect(found, f"README.md does not say: {begin!r} … {end!r}")
    return set(re.findall(CODE, found.group(1))) if found else set()


def same(what, readme, code):
    expect(readme == code and code, f"{what}: README.md has {readme - code}, the code {code - readme}")


def programs():
    """What is installed to be run."""
    installed = json.loads((BUILD / "meson-info/intro-installed.json").read_text())
    return {Path(path).name for path in installed.values() if Path(path).parent.name == "bin"}


def inspected():
    return subprocess.run(["gst-inspect-1.0", "--no-colors", "klingtextsrc"], check=True,
                          capture_output=True, text=True).stdout


def main():
    readme, errors = read("README.md"), read("docs/errors.md")
    seen = inspected()
    for word in ("Source/Network/Video", "klingtext"):
        expect(word in seen, f"gst-inspect-1.0 does not say {word}")
    nicks = re.search(r'Enum "GstKlingTextStatus".*?\n((?: +\(\d+\).*\n)+)', seen)
    found = re.findall(r"\(\d+\): (\S+) ", nicks.group(1)) if nicks else []
    expect(found == ["idle", "submitting", "queued", "generating", "completed", "failed"],
           f"status is {found}")
    # Words that an application depends on.
    details = set(re.findall(r'add\("([a-z-]+)"|"([a-z-]+)", G_TYPE', read("gst/error_message.cpp")))
    details = {one or other for one, other in details}
    same("details", listed(readme, "Details of the error:", "where known"), details)
    same("details of docs/errors.md", listed(errors, "details (", "**") - {"gst_message"}, details)
    stats = read("gst/stats.cpp")
    same("stats", listed(readme, "| `stats` | structure, read-only |", "|\n"),
         set(re.findall(r'"([a-z-]+)",\s+G_TYPE', stats)))
    announced = re.findall(r"MessagePoster::generation\(.*?\n}|void add_results\(.*?\n}", read("gst/message_poster.cpp"),
                           re.DOTALL)
    same("klingtext-generation", listed(readme, "change of status (", ")"),
         set(re.findall(r'"([a-z-]+)",\s+G_TYPE', "".join(announced))))
    same("keys of a URI", listed(readme, "with any of these keys:", ";"),
         set(re.findall(r'key == "([a-z-]+)"', read("gst/klingtext_uri.cpp"))))
    section = re.search(r"/\*\*\n \* SECTION:element-klingtextsrc\n.*?\*/", read("gst/gstklingtextsrc.cpp"),
                        re.DOTALL).group(0)
    keys = listed(readme, "with any of these keys:", ";")
    same("the section's keys of a URI", listed(section, "behind a `?` may stand", "each as"), keys)
    same("the section's details", listed(section, "with the details", "where known"), details)
    expect("Since: 0.1" in section, "the section does not say since when")
    codes = set(re.findall(r"return GST_RESOURCE_ERROR_(\w+);", read("gst/error_message.cpp")))
    rows = re.search(r"\| RESOURCE error .*?\n\n", readme, re.DOTALL).group(0)
    same("RESOURCE errors", set(re.findall(r"`([A-Z_]+)`", rows)), codes)
    for name in re.findall(r'"((?:AIML|KLINGTEXT_)[A-Z_]+)"', "".join(
            file.read_text() for file in (ROOT / "gst").glob("*.cpp"))):
        expect(f"`{name}`" in readme, f"README.md does not name {name}")

    # Properties that documents and examples use exist.
    properties = set(re.findall(r"^  ([a-z-]+) +: ", seen, re.MULTILINE))
    for file in ["README.md", "docs/errors.md", "docs/how-it-works.md",
                 *map(str, (ROOT / "docs").glob("*.1")), *map(str, (ROOT / "examples").glob("*"))]:
        text = (ROOT / file).read_text()
        for name in re.findall(r"klingtextsrc ((?:[a-z-]+=\S+ )+)", text):
            for used in re.findall(r"([a-z-]+)=", name):
                expect(used in properties or used == "name", f"{file} uses {used}")
    # Links lead somewhere.
    for page in ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(page)):
            if not target.startswith("http"):
                expect(((ROOT / page).parent / target).exists(), f"{page} links to {target}")
    # Every program and every example is named in README.md, every program has a man page.
    names = programs()
    expect(len(names) >= 2, f"what is installed is {names}")
    for program in sorted(names):
        expect(program in readme, f"README.md does not name {program}")
        expect((ROOT / f"docs/{program}.1").exists(), f"{program} has no man page")
    for example in (ROOT / "examples").iterdir():
        if example.suffix in (".py", ".cpp", ".sh"):
            expect(f"examples/{example.name}" in readme, f"README.md does not name {example.name}")
            expect(example.read_text().count("\n") <= 100, f"{example.name} is too long")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


sys.exit(main())
