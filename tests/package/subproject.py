#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `meson dist` packs is a subproject of a project of a few lines, without any optional part, and
plays a prompt from inside a C program: subproject.py SOURCE-ROOT SCRIPTED-SERVICE"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gst"))
from scripted import Service  # noqa: E402

ROOT, SCRIPTED = Path(sys.argv[1]), sys.argv[2]
HERE = Path(__file__).resolve().parent
ALONE = ["-Drehearsal=disabled", "-Dstoryboard=disabled", "-Dtests=disabled", "-Dxxhash=disabled"]


class Subproject(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="klingtext-subproject-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_in(self, folder, *command, status=0, **environment):
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=600, env={**os.environ, **environment})
        self.assertEqual(done.returncode, status, f"{command}\n{done.stdout[-4000:]}")
        return done.stdout

    def packed(self):
        """The tarball of `meson dist`, unpacked; of the files as they are, committed or not."""
        tree = self.folder / "klingtextsrc"
        listed = self.run_in(ROOT, "git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, tree / name)
        for command in (["init", "-q"], ["add", "-A"],
                        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x"]):
            self.run_in(tree, "git", *command)
        self.run_in(tree, "meson", "setup", "build", *ALONE)
        self.run_in(tree, "meson", "dist", "-C", "build", "--no-tests", "--formats", "gztar")
        [tarball] = (tree / "build/meson-dist").glob("klingtextsrc-*.tar.gz")
        self.run_in(self.folder, "tar", "-xzf", tarball)
        return next(self.folder.glob("klingtextsrc-*"))

    def test_program_with_the_plugin_inside(self):
        project = self.folder / "project"
        shutil.copytree(HERE / "subproject", project)
        (project / "subprojects").mkdir()
        self.packed().rename(project / "subprojects/klingtextsrc")
        options = [option.replace("-D", "-Dklingtextsrc:") for option in ALONE]
        self.run_in(project, "meson", "setup", "build", "--werror", "--unity=on", "-Dunity_size=100",
                    "-Doptimization=0", *options)
        self.run_in(project, "meson", "compile", "-C", "build")
        alone = {"GST_PLUGIN_PATH": str(self.folder), "GST_REGISTRY": str(self.folder / "registry.bin")}
        player = project / "build/player"
        with Service(SCRIPTED) as service:
            self.run_in(project, player, " ".join([*service.source(), "! fakesink"]),
                        AIMLAPI_API_KEY="test-key", **alone)
            self.assertEqual(service.counts()["submissions"], 1)
            said = self.run_in(project, player, f"klingtextsrc rehearse=true store-dir={self.folder}/store "
                               "prompt=raccoon ! fakesink", status=1, **alone)
            self.assertIn("This build has no rehearsal", said)
            self.assertEqual(service.counts()["submissions"], 1)


unittest.main(argv=sys.argv[:1], verbosity=2)
