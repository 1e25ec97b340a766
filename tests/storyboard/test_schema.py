#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything that --json prints keeps to the schemas that are installed, and errors have codes."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from studio import BUILD, ScriptedTest, board, main  # noqa: E402

SCHEMAS = Path(__file__).resolve().parents[2] / "docs/schema"
JOURNAL = BUILD / "src/journal/klingtext-journal"
CHECK = """
import json, sys, jsonschema
schema, documents = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
for document in documents:
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
"""


def validator():
    """A Python that has jsonschema, or None."""
    for python in (sys.executable, shutil.which("python3")):
        if python and subprocess.run([python, "-c", "import jsonschema"], capture_output=True,
                                     check=False).returncode == 0:
            return python
    return None


def only_known(schema):
    """The schema, with members that it does not name refused."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for value in schema.values():
            only_known(value)
    elif isinstance(schema, list):
        for value in schema:
            only_known(value)
    return schema


class Schema(ScriptedTest):
    def check(self, name, documents):
        schema = json.loads((SCHEMAS / f"klingtext-{name}.schema.json").read_text())
        if name == "storyboard":
            only_known(schema)
        self.assertTrue(documents)
        if self.python is None:
            self.skipTest("jsonschema is not installed")
        done = subprocess.run([self.python, "-c", CHECK], input=json.dumps([schema, documents]),
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    python = validator()

    def test_run_with_failures(self):
        file = self.write(board(["A good one", "A refused one", "A failing one"], defaults="out = 0.5"))
        service = self.service("--submit-answers", f"normal{self.SOON},422", "--always-submit",
                               "normal" + self.SOON, "--poll-answers",
                               "generation=completed,error=ContentPolicy/No raccoons please")
        done = self.run_it(file, "-o", self.film, "--json", "--max-concurrent", 1, status=3)
        self.check("storyboard", done.events)
        self.assertEqual(done.end["missing"], [2, 3])
        self.assertEqual(done.end["submissions"], self.counts(service)["accepted"])
        self.assertEqual([done.shots[number]["error"]["code"] for number in (2, 3)], ["SETTINGS", "FAILED"])
        estimate = json.loads(self.run_it(file, "--estimate", "--json").out)
        self.check("storyboard", [estimate])
        journal = [json.loads(subprocess.run([JOURNAL, command, "--json", "--store", self.store],
                                             capture_output=True, text=True, check=False).stdout)
                   for command in ("list", "verify", "spent")]
        self.check("journal", journal)

    def test_no_film(self):
        file = self.write(board(["One", "Two"]))
        self.service("--always-submit", "401")
        done = self.run_it(file, "-o", self.film, "--json", status=1)
        self.check("storyboard", done.events)
        self.assertEqual((done.end["missing"], done.end["submissions"]), ([1, 2], 0))
        self.assertEqual(done.end["error"]["code"], "FAILED")
        self.assertEqual({event["error"]["code"] for event in done.shots.values()}, {"NOT_AUTHORIZED"})

        only = self.run_it(file, "--shot", 2, "--json", status=1)
        self.assertEqual(only.end["missing"], [2])

    def test_errors_before_anything_is_submitted(self):
        file = self.write("[[shot]]\nprompt = 5\n")
        for words, status in (((file, "-o", self.film), 2),
                              ((self.write(board(["One"]), "good.toml"), "-o", "/proc/film.mp4"), 1)):
            done = self.run_it(*words, "--json", status=status)
            self.check("storyboard", done.events)
            self.assertEqual(done.end["error"]["code"], "SETTINGS")


main()
