#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything is driven with a marked key, and every byte that was written anywhere is searched for it,
in plain and in the spellings that JSON, URLs and base64 would give it; also for the signature of the
clips' links. The one place where a key may be is the file that the user put it in."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

KEY = "Zq7/marked+key=Zq7"
SIGNATURE = "scripted-secret"
SPELLINGS = [KEY, json.dumps(KEY).replace("/", "\\/")[1:-1], urllib.parse.quote(KEY, safe=""),
             base64.b64encode(KEY.encode()).decode()[:-3], KEY.encode().hex(), SIGNATURE]
SCRIPTED, REHEARSAL, JOURNAL = (os.path.abspath(path) for path in sys.argv[1:4])

PLAYER = """
import gi, sys
gi.require_version("Gst", "1.0")
from gi.repository import Gst, GObject
Gst.init(None)
pipeline = Gst.parse_launch("klingtextsrc name=source poll-interval=20 prompt=by-property ! fakesink")
source = pipeline.get_by_name("source")
source.set_property("api-key", sys.argv[1])
source.set_property("base-url", sys.argv[2])
pipeline.set_state(Gst.State.PLAYING)
bus = pipeline.get_bus()
while True:
    message = bus.timed_pop(Gst.SECOND * 30)
    if message is None:
        break
    print(message.type, message.get_structure() and message.get_structure().to_string())
    if message.type & (Gst.MessageType.EOS | Gst.MessageType.ERROR):
        break
print(source.get_uri())
for spec in source.list_properties():
    if spec.flags & GObject.ParamFlags.READABLE:
        print(spec.name, source.get_property(spec.name))
print(Gst.debug_bin_to_dot_data(pipeline, Gst.DebugGraphDetails.ALL))
Gst.debug_bin_to_dot_file(pipeline, Gst.DebugGraphDetails.ALL, "by-property")
print(source.save_preset("mine"), source.load_preset("mine"))
pipeline.set_state(Gst.State.NULL)
"""


class Everything(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-secrets-")
        self.root = Path(self.folder.name)
        self.runs = 0
        for name in ("home", "tmp", "dot", "out"):
            (self.root / name).mkdir()

    def tearDown(self):
        self.folder.cleanup()

    def environment(self, **more):
        home = self.root / "home"
        return {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"),
                "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config"),
                "TMPDIR": str(self.root / "tmp"), "GST_DEBUG": "*:9", "GST_DEBUG_NO_COLOR": "1",
                "GST_DEBUG_FILE": str(self.root / "out" / f"{self.runs}.log"),
                "GST_DEBUG_DUMP_DOT_DIR": str(self.root / "dot"), "G_MESSAGES_DEBUG": "all", **more}

    def run_it(self, *command, **environment):
        """Runs to its end; what it prints is kept to be searched."""
        self.runs += 1
        with open(self.root / "out" / f"{self.runs}.txt", "wb") as out:
            return subprocess.run(command, env=self.environment(**environment), stdout=out,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120,
                                  check=False).returncode

    def launch(self, prompt, url, *more, **environment):
        return self.run_it("gst-launch-1.0", "-v", "-m", "klingtextsrc", "prompt=" + prompt,
                           "poll-interval=20", *(["base-url=" + url] if url else []), *more, "!",
                           "fakesink", **environment)

    def service(self, *options):
        process = subprocess.Popen([SCRIPTED, "--api-key", KEY, *options], stdout=subprocess.PIPE,
                                   text=True, env={**os.environ, "TMPDIR": "/tmp"})
        url = process.stdout.readline().split()[-1]

        def end():
            process.terminate()
            process.wait()
            process.stdout.close()
        self.addCleanup(end)
        return url

    def drive_the_element(self):
        key = {"AIMLAPI_API_KEY": KEY}
        url = self.service("--clip-answers", "cut-after=1000")
        self.assertEqual(self.launch("from-environment", url, **key), 0)
        key_file = self.root / "key-file"
        key_file.write_text(KEY + "\n")
        key_file.chmod(0o600)
        self.assertEqual(self.launch("from-file", url, f"api-key-file={key_file}"), 0)
        self.assertEqual(self.run_it("/usr/bin/python3", "-c", PLAYER, KEY, url), 0)
        self.assertEqual(self.run_it(
            "gst-launch-1.0", "playbin3", "uri=klingtext:by-uri?generation-id=nobody-knows",
            AIMLAPI_BASE_URL=url, **key), 1)
        said = json.dumps({"error": {"name": "Bad", "message": "key " + KEY}})
        escaped = said.replace("/", "\\/").replace("+", "\\u002b")
        for i, answer in enumerate((said, escaped)):
            echo = self.service("--always-submit", f"json={answer}".replace("+", "\\u002b"))
            self.assertEqual(self.launch(f"echo-{i}", echo, **key), 1)
            status = self.service("--always-poll", "json=" + json.dumps(
                {"id": "x", "status": "key " + KEY}).replace("+", "\\u002b").replace("/", "\\/"))
            self.assertEqual(self.launch(f"status-{i}", status, "generation-timeout=1", **key), 1)
        lost = self.service("--submit-answers", "lost")
        self.assertEqual(self.launch("lost", lost, **key), 1)
        page = self.service("--always-clip", "json={\"not\":\"$CLIP\"}")
        self.assertEqual(self.launch("no-mp4", page, **key), 1)
        gone = self.service("--always-clip", "404+header=Retry-After:0")
        self.assertEqual(self.launch("gone", gone, **key), 1)

    def drive_the_programs(self):
        for words in (["list"], ["list", "--json"], ["verify"], ["spent"], ["spent", "--json"]):
            self.run_it(JOURNAL, *words)
        for entry in (self.root / "home/data/klingtext").glob("*.json"):
            if len(entry.stem) == 64:
                self.assertEqual(self.run_it(JOURNAL, "show", entry.stem), 0)
        self.assertEqual(self.launch("inside", "", "rehearse=true", AIMLAPI_API_KEY=KEY), 0)
        state = self.root / "home/rehearsal"
        self.runs += 1
        with open(self.root / "out/rehearsal.txt", "wb") as errors:
            process = subprocess.Popen(
                [REHEARSAL, "--port", "0", "--pace", "0", "--api-key", KEY, "--state", str(state)],
                env=self.environment(), stdout=subprocess.PIPE, stderr=errors, text=True)
            url = process.stdout.readline().split()[-1]
            try:
                self.assertEqual(self.launch("rehearsed", url, AIMLAPI_API_KEY=KEY), 0)
                for path in ("/", "/requests", "/v2/video/generations?generation_id=x"):
                    request = urllib.request.Request(url.replace("/v2", "") + path,
                                                     headers={"Authorization": "Bearer " + KEY})
                    name = "page-" + urllib.parse.quote(path, safe="")
                    try:
                        with urllib.request.urlopen(request, timeout=30) as reply:
                            (self.root / "out" / name).write_bytes(reply.read())
                    except urllib.error.HTTPError as error:
                        (self.root / "out" / name).write_bytes(error.read())
            finally:
                process.terminate()
                (self.root / "out/rehearsal-out.txt").write_text(process.communicate()[0])

    def test_nothing_written_anywhere_holds_the_key(self):
        self.drive_the_element()
        self.drive_the_programs()
        searched = 0
        names = []
        for file in self.root.rglob("*"):
            for spelling in SPELLINGS:
                self.assertNotIn(spelling, str(file))
            if not file.is_file() or file.name == "key-file":
                continue
            text = file.read_bytes()
            searched += len(text)
            names.append(str(file.relative_to(self.root)))
            for spelling in SPELLINGS:
                at = text.find(spelling.encode())
                self.assertEqual(at, -1, f"{file}: {text[max(0, at - 300):at + 60]!r}")
        # The test of the test: there was something to search.
        for ending in (".log", ".dot", ".prs", ".mp4", ".json", ".txt"):
            self.assertTrue([name for name in names if name.endswith(ending)], ending)
        print(f"{len(names)} files, {searched} bytes")


unittest.main(argv=sys.argv[:1], verbosity=2)
