# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packages from npm, installed in the build folder."""
import os
import shutil
import subprocess


def installed(folder, *packages):
    """Where the packages are; None when they cannot be had."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(
        ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts",
         "--prefer-offline", "--no-save", *packages], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr)
        return None
    return folder
