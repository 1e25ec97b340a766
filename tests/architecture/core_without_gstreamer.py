#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The core is compiled without GStreamer on the include path: core_without_gstreamer.py BUILD-DIR"""
import json
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from sources import ROOT, finish  # noqa: E402

CORE = ("base", "api", "store", "job")


def main():
    build = Path(sys.argv[1])
    complaints = []
    seen = 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(os.path.normpath(Path(entry["directory"]) / entry["file"]))
        try:
            parts = file.relative_to(ROOT / "src").parts
        except ValueError:
            continue
        if parts[0] not in CORE:
            continue
        seen += 1
        if "gstreamer-1.0" in entry["command"]:
            complaints.append(f"{file.relative_to(ROOT)} is compiled with GStreamer's headers at hand")
    if seen == 0:
        complaints.append("found no file of the core in compile_commands.json")
    finish(complaints)


main()
