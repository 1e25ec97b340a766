#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What meson.build asks for is in debian/control and in examples/install-packages.sh:
build_depends.py SOURCE-ROOT"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
SKIPPED = 77


def asked():
    """The pkg-config modules of what is installed; threads are the compiler's, and gtest is the tests'."""
    files = [ROOT / "meson.build", *(ROOT / "gst").rglob("meson.build"), *(ROOT / "src").rglob("meson.build")]
    text = "".join(file.read_text() for file in files)
    return set(re.findall(r"\bdependency\('([^']+)'", text)) - {"gtest", "threads"}


def package_of(module):
    folder = subprocess.run(["pkg-config", "--variable=pcfiledir", module], capture_output=True, text=True,
                            check=True).stdout.strip()
    owner = subprocess.run(["dpkg", "-S", f"{folder}/{module}.pc"], capture_output=True, text=True, check=False)
    return owner.stdout.split(":")[0]


def depends_of(package):
    """What a listed package brings along: Debian 13 has moved GIO out of libglib2.0-dev."""
    answer = subprocess.run(["dpkg-query", "-W", "-f", "${Depends}", package], capture_output=True, text=True,
                            check=False)
    return set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", answer.stdout))


def main():
    if subprocess.run(["which", "dpkg", "pkg-config"], capture_output=True, check=False).returncode:
        return SKIPPED
    missing = 0
    for file in ("debian/control", "examples/install-packages.sh"):
        listed = set(re.findall(r"[a-z0-9.+-]+", (ROOT / file).read_text()))
        listed |= set().union(*(depends_of(package) for package in listed if package.endswith("-dev")))
        for module in sorted(asked()):
            package = package_of(module)
            if package and package not in listed:
                print(f"{file} lacks {package}, which has {module}")
                missing += 1
    return 1 if missing or len(asked()) < 8 else 0


sys.exit(main())
