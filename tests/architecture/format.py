#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""All C++ is as clang-format would have it: format.py CLANG-FORMAT"""
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from sources import ROOT, code_files  # noqa: E402

SKIPPED = 77
VERSION = "14"  # another version formats a few things otherwise


def main():
    tool = sys.argv[1]
    told = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    if re.search(r"version (\d+)", told).group(1) != VERSION:
        print(f"needs clang-format {VERSION}, this is {told}")
        return SKIPPED
    files = [str(path) for path in code_files()]
    return subprocess.run([tool, "--dry-run", "-Werror", *files], cwd=ROOT, check=False).returncode


sys.exit(main())
