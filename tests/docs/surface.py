#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""README, man pages, documents, examples and gst-inspect-1.0 name the same things:
surface.py SOURCE-ROOT"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
# The frozen words of the URI, the bus and the details.
URI_KEYS = ("negative-prompt", "aspect-ratio", "duration", "cfg-scale", "generate-audio", "take",
            "model", "rehearse", "generation-id")
DETAILS = ("http-status-code", "generation-id", "client-request-id", "api-error-name",
           "api-error-message")
STATS = ("generation-id", "request-key", "clip", "submissions", "polls", "retries", "bytes", "reused",
         "queued-time", "generating-time", "download-time", "credits-used", "usd-spent")
complaints = []


def expect(true, what):
    if not true:
        complaints.append(what)


def read(name):
    return (ROOT / name).read_text()


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
    for word in DETAILS:
        expect(f"`{word}`" in readme and f"`{word}`" in errors, f"the detail {word} is not explained")
        expect(f'add("{word}"' in read("gst/error_message.cpp") or
               f'"{word}", G_TYPE' in read("gst/error_message.cpp"), f"no detail {word}")
    for word in STATS:
        expect(f'"{word}"' in read("gst/stats.cpp"), f"stats has no {word}")
    uri = read("gst/klingtext_uri.cpp")
    for key in URI_KEYS:
        expect(f'key == "{key}"' in uri, f"a URI does not take {key}")
        expect(f"`{key}`" in readme, f"README.md does not explain {key}")
    expect(len(re.findall(r'key == "', uri)) == len(URI_KEYS), "a URI takes more than it should")

    # Properties that documents and examples use exist.
    properties = set(re.findall(r"^  ([a-z-]+) +: ", seen, re.MULTILINE))
    for file in ["README.md", "docs/errors.md", "docs/how-it-works.md", "docs/klingtext-journal.1",
                 "docs/klingtext-rehearsal.1", *map(str, Path(ROOT / "examples").glob("*"))]:
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
    for program in ("klingtext-rehearsal", "klingtext-journal"):
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
