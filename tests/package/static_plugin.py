#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A C program with the static plugin in it plays a prompt: static_plugin.py PLAYER"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    with tempfile.TemporaryDirectory(prefix="klingtext-static-", ignore_cleanup_errors=True) as folder:
        alone = {**os.environ, "GST_PLUGIN_PATH": folder, "GST_REGISTRY": f"{folder}/registry.bin"}
        found = subprocess.run(["gst-inspect-1.0", "--exists", "klingtextsrc"], env=alone, check=False)
        assert found.returncode != 0, "klingtextsrc is installed on this machine: nothing is shown"
        for _ in range(2):
            subprocess.run([sys.argv[1], f"klingtextsrc rehearse=true store-dir={folder}/store prompt=raccoon "
                            "! decodebin3 ! video/x-raw ! fakesink"], env=alone, check=True, timeout=120)
        generations = [file for file in Path(folder, "store/rehearsal/generations").iterdir() if file.suffix == ".json"]
        assert len(generations) == 1, generations


main()
