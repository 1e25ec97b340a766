#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plugin that was installed without the rehearsal's module beside it says so, and buys as before:
rehearsal_module.py PLUGIN SCRIPTED-SERVICE"""
import os
import shutil
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
from scripted import Service, launch  # noqa: E402

PLUGIN, SCRIPTED = sys.argv[1:]


class PluginAlone(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="klingtext-alone-")
        self.addCleanup(folder.cleanup)
        shutil.copy(PLUGIN, folder.name)
        self.folder = folder.name
        alone = mock.patch.dict(os.environ, GST_PLUGIN_PATH=folder.name,
                                GST_REGISTRY=os.path.join(folder.name, "registry.bin"))
        alone.start()
        self.addCleanup(alone.stop)

    def test_it_says_what_is_missing(self):
        process = launch("klingtextsrc", "rehearse=true", "prompt=raccoon",
                         f"store-dir={self.folder}/store", "!", "fakesink")
        output, _ = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("The rehearsal cannot be loaded", output)
        self.assertIn("Install it beside the plugin again", output)

    def test_it_buys_as_before(self):
        with Service(SCRIPTED) as service:
            process = launch(*service.source(), "!", "fakesink")
            output, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, output)
            self.assertEqual(service.counts()["submissions"], 1)


unittest.main(argv=sys.argv[:1], verbosity=2)
