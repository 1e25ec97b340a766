#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""list and show, and that looking changes nothing: test_looking.py PROGRAM SOURCE-ROOT"""
import fcntl
import json
import os
import stat
import subprocess
import sys
import unicodedata

sys.dont_write_bytecode = True
from made_store import FILM, PROGRAM, JournalTest, ago, main  # noqa: E402


def cells(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def box(name, content):
    return (len(content) + 8).to_bytes(4, "big") + name + content


def number(*values):
    return b"".join(value.to_bytes(4, "big") for value in values)


def open_ended_film(samples=100, size=30):
    """An MP4 whose mdat goes on to the end of the file: only the samples tell where that is."""
    def index(data):
        tables = (box(b"stsc", number(0, 1, 1, samples, 1)) + box(b"stsz", number(0, size, samples))
                  + box(b"stco", number(0, 1, data)))
        return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", tables)))))
    head = box(b"ftyp", b"isom\0\0\2\0isom")
    return head + index(len(head + index(0)) + 8) + number(0) + b"mdat" + b"x" * samples * size


class Listing(JournalTest):
    def test_is_aligned_and_newest_first(self):
        self.add("a", prompt="東京の夜、白いアライグマ", submitted=ago(days=3), clip=FILM, usd_spent=0.7)
        self.add("b", prompt="short", submitted=ago(minutes=5), seconds=10, take=12,
                 credits_used=1400000.0)
        self.add("c", "error", prompt="b" * 300, submitted=ago(seconds=2),
                 error={"name": "Bad", "message": "No"})
        lines = self.run_it("list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["KEY", "c" * 8, "b" * 8, "a" * 8])
        columns = [lines[0].index(title) + len(title) for title in ("AGE", "COST", "TAKE", "CLIP")]
        for line in lines[1:]:
            for end in columns:
                self.assertEqual((line[end - 1] == " ", line[end]), (False, " "), (line, end))
        self.assertRegex(lines[1], r"^\S+ +\d+ s  failed ")
        self.assertIn("10 s  1400000 credits    12       -  short", lines[2])
        self.assertIn("$0.70     1  2.0 kB  東京の夜", lines[3])
        self.assertIn("3 d", lines[3])

    def test_fits_the_width_wide_characters_included(self):
        self.add("a", prompt="東京の夜、白いアライグマ" * 20)
        self.add("b", prompt="latin " * 50)
        self.add("c", prompt="한국어 조합 e\u0301\u0302 " * 20)
        for letter in "def":
            self.add(letter, "error" if letter == "d" else "completed", submitted=ago(minutes=59), clip=FILM,
                     credits_used=1400000.0, take=1234)
        for width in (60, 61, 70, 80, 81, 120):
            lines = self.on_terminal(width, "list").splitlines()
            for line in lines:
                self.assertLessEqual(cells(line.replace("\u0301", "").replace("\u0302", "")), width)
            self.assertEqual(lines[0].split()[0], "KEY")
            self.assertEqual(lines[0].split()[-1], "PROMPT")
            self.assertTrue(any("  latin lat" in line for line in lines), lines)
        self.assertEqual(self.on_terminal(60, "list").split("\n")[0].split(),
                         ["KEY", "STATUS", "COST", "PROMPT"])
        self.assertEqual(len(self.on_terminal(120, "list").split("\n")[0].split()), 8)
        # No terminal: nothing is cut or left out.
        for columns in ("", "60"):
            said = self.run_it("list", COLUMNS=columns).stdout
            self.assertIn("latin " * 49, said)
            self.assertEqual(len(said.split("\n")[0].split()), 8)

    def test_chooses_by_status_day_and_payment(self):
        self.add("a", submitted=ago(days=40))
        self.add("b", "unknown", submitted=ago(days=2))
        self.add("c", "error", submitted=ago(days=2))
        self.add("d", submitted=ago(seconds=1), service="rehearsal")
        self.add("e", "accepted", submitted=ago(seconds=2))
        self.add("f", submitted=ago(seconds=3), client_request_id=None)

        def found(*words):
            keys = [entry["key"][0] for entry in self.json_of("list", *words)["entries"]]
            lines = self.run_it("list", *words).stdout.splitlines()
            self.assertEqual([line[0] for line in lines[1:]], keys)
            return "".join(keys)
        self.assertEqual(found(), "defbca")
        self.assertEqual(found("--status", "completed"), "dfa")
        self.assertEqual(found("--status", "running"), "e")
        self.assertEqual(found("--status=failed"), "c")
        self.assertEqual(found("--since", ago(days=2)[:10]), "defbc")
        self.assertEqual(found("--paid"), "efba")
        self.assertEqual(found("--paid", "--status", "completed", "--since", ago(days=1)[:10]), "f")
        self.assertEqual(found("--status", "submitting"), "")
        self.assertIn("No generation here", self.run_it("list", "--status", "submitting").stdout)
        for words in (("list", "--status", "done"), ("list", "--since", "yesterday"), ("spent", "--paid"),
                      ("verify", "--since", "2026-01-01"), ("list", "--status", "")):
            self.assertIn("klingtext-journal --help", self.run_it(*words, status=2).stderr)

    def test_shows_no_control_characters(self):
        self.add("a", prompt="red \x1b[31m\nsecond line")
        said = self.run_it("list").stdout
        self.assertNotIn("\x1b", said)
        self.assertEqual(len(said.splitlines()), 2)

    def test_tells_a_live_submitter_from_a_dead_one(self):
        key = self.add("a", "intent")
        lock = self.store / f"{key}.lock"
        self.assertEqual(self.json_of("list")["entries"][0]["status"], "unknown")
        self.assertFalse(lock.exists())
        with open(lock, "w", encoding="ascii") as owned:
            fcntl.flock(owned, fcntl.LOCK_EX)
            self.assertEqual(self.json_of("list")["entries"][0]["status"], "submitting")
            self.assertIn("submitting", self.run_it("list").stdout)
        self.assertEqual(self.json_of("list")["entries"][0]["status"], "unknown")

    def test_names_every_state(self):
        for letter, state in zip("abcd", ("unknown", "accepted", "completed", "error")):
            self.add(letter, state)
        found = {e["key"][0]: e["status"] for e in self.json_of("list")["entries"]}
        self.assertEqual(found, {"a": "unknown", "b": "running", "c": "completed", "d": "failed"})

    def test_json_has_what_there_is(self):
        key = self.add("a", clip=FILM, usd_spent=0.7, credits_used=1400000.0,
                       given_up=[{"client_request_id": "old", "submitted": ago(days=1), "seconds": 5}])
        document = self.json_of("list")
        self.assertEqual((document["version"], document["store"]), (1, str(self.store)))
        entry = document["entries"][0]
        for name, value in {"key": key, "generation_id": "id-a:a-model", "prompt": "A white raccoon",
                            "model": "a-model", "take": 1, "seconds": 5, "submitted": ago(hours=3),
                            "usd_spent": 0.7, "credits_used": 1400000.0}.items():
            self.assertEqual(entry[name], value, name)
        self.assertEqual(entry["clip"]["path"], str(self.store / f"{key}.mp4"))
        self.assertEqual((entry["clip"]["state"], entry["clip"]["bytes"]), ("present", len(FILM)))
        self.assertEqual(entry["given_up"][0]["client_request_id"], "old")
        self.assertEqual(entry["request"]["prompt"], "A white raccoon")

    def test_goes_on_past_a_damaged_entry(self):
        self.add("a")
        (self.store / ("b" * 64 + ".json")).write_text("{")
        (self.store / "history.json").write_text("{}")
        done = self.run_it("list", status=1)
        self.assertIn("aaaaaaaa", done.stdout)
        self.assertIn("b" * 64, done.stderr)
        self.assertEqual(self.json_of("list", status=1)["damaged"], ["b" * 64 + ".json"])

    def test_unknown_members_do_no_harm(self):
        self.add("a", mood={"deep": [1, 2]}, generation_id="-starts-with-a-dash")
        self.assertEqual(self.json_of("list")["entries"][0]["generation_id"], "-starts-with-a-dash")


class Looking(JournalTest):
    def test_changes_nothing(self):
        self.add("a", "intent")
        self.add("b", clip=FILM)
        (self.store / ("c" * 64 + ".json")).write_text("garbage")
        self.store.chmod(0o755)
        before = self.snapshot()
        self.run_it("list", status=1)
        self.run_it("show", "a" * 8)
        self.run_it("verify", status=1)
        self.run_it("spent", status=1)
        self.assertEqual(self.snapshot(), before)
        self.assertEqual(stat.S_IMODE(self.store.stat().st_mode), 0o755)

    def test_verify_finds_a_clip_that_was_cut(self):
        whole = open_ended_film()
        self.add("a", clip=whole)
        self.add("b", clip=whole + b"and bytes behind the last sample")
        self.run_it("verify")
        self.add("c", clip=whole[:-1])
        self.add("d", clip=whole[:len(whole) // 2])
        troubles = self.json_of("verify", status=1)["troubles"]
        self.assertEqual([(trouble["what"], trouble["key"][0]) for trouble in troubles],
                         [("clip-cut", "c"), ("clip-cut", "d")])
        self.assertIn("klingtext-journal fetch", self.run_it("verify", status=1).stdout)

    def test_works_on_a_read_only_store(self):
        self.add("a", "intent")
        self.add("b", clip=FILM)
        if os.geteuid() != 0:
            self.store.chmod(0o500)
            self.addCleanup(self.store.chmod, 0o700)
        elif subprocess.run(["mount", "--bind", self.store, self.store], check=False,
                            capture_output=True).returncode != 0:
            self.skipTest("root without the right to mount")
        else:
            self.addCleanup(subprocess.run, ["umount", self.store], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", self.store], check=True)
        self.run_it("list")
        self.run_it("show", "a")
        self.run_it("verify")
        self.run_it("spent")
        self.assertIn("writable", self.run_it("forget", "b", status=1).stderr)

    def test_makes_no_store(self):
        nowhere = self.home / "nowhere"
        for command in ("list", "verify", "spent"):
            self.assertIn("no store", self.run_it(command, store=nowhere, status=1).stderr)
        self.run_it("forget", "abc", store=nowhere, status=1)
        self.assertFalse(nowhere.exists())
        # The default one not being there yet is no trouble.
        done = subprocess.run([PROGRAM, "list", "--json"], capture_output=True, text=True, check=True,
                              env={**os.environ, "XDG_DATA_HOME": str(nowhere)})
        self.assertEqual(json.loads(done.stdout)["entries"], [])
        self.assertFalse(nowhere.exists())

    def test_follows_no_link(self):
        link = self.home / "link"
        link.symlink_to(self.store)
        self.assertIn("link", self.run_it("list", store=link, status=1).stderr)


class Showing(JournalTest):
    def test_by_key_id_and_client_request_id(self):
        key = self.add("a", clip=FILM)
        self.add("b")
        for which in (key, "aa", "id-a:a-model", "klingtext-a-request"):
            self.assertEqual(self.json_of("show", which)["entry"]["key"], key)
        said = self.run_it("show", "aa").stdout
        for part in (key, "id-a:a-model", "A white raccoon", "completed", "2.0 kB", ".mp4"):
            self.assertIn(part, said)

    def test_an_id_that_begins_with_a_dash(self):
        key = self.add("a", generation_id="-G3b3vVKdoC42fMNeK1T5")
        done = subprocess.run([PROGRAM, "show", "--json", "--store", self.store, "--",
                               "-G3b3vVKdoC42fMNeK1T5"], capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(done.stdout)["entry"]["key"], key)

    def test_what_can_be_done_about_it(self):
        self.add("a", "unknown")
        said = self.run_it("show", "a").stdout
        self.assertIn("resubmit=klingtext-a-request", said)
        self.assertIn("may exist and be billed", said)

    def test_what_became_of_the_clip(self):
        key = self.add("a", clip=FILM, given_up=[
            {"client_request_id": "an-old-one", "submitted": ago(days=1), "seconds": 5}])
        self.assertIn("an-old-one of ", self.run_it("show", "a").stdout)
        clip = self.store / f"{key}.mp4"
        clip.write_bytes(FILM[:100])
        self.assertIn("is damaged; the next run", self.run_it("show", "a").stdout)
        self.assertIn("damaged", self.run_it("list").stdout)
        clip.unlink()
        self.assertIn("missing; the next run", self.run_it("show", "a").stdout)
        self.assertIn("missing", self.run_it("list").stdout)

    def test_a_failed_one(self):
        self.add("a", "error", error={"name": "ContentPolicy", "message": "No raccoons"})
        self.add("b", "error", error={"message": "Bad luck"})
        said = self.run_it("show", "a").stdout
        self.assertIn("ContentPolicy: No raccoons", said)
        self.assertIn("resubmit=", said)
        self.assertIn("Bad luck", self.run_it("show", "b").stdout)

    def test_ambiguous_and_absent(self):
        one, two = self.add("a"), self.add("b")
        for key in (one, two):
            (self.store / f"{key}.json").unlink()
        first, second = "ab" + "0" * 62, "ab" + "1" * 62
        for key in (first, second):
            (self.store / f"{key}.json").write_text(json.dumps(
                {"state": "completed", "key": key, "service": "s"}))
        said = self.run_it("show", "ab", status=1).stderr
        self.assertIn(first, said)
        self.assertIn(second, said)
        self.run_it("show", "ab0")
        self.assertIn("klingtext-journal list", self.run_it("show", "zz", status=1).stderr)


class CommandLine(JournalTest):
    def test_what_makes_no_sense(self):
        for words in ([], ["dance"], ["show"], ["forget"], ["list", "x"], ["show", "a", "b"],
                      ["list", "--force"], ["show", "--clip", "a"], ["list", "--nonsense"], ["show", ""],
                      ["list", "--csv"], ["spent", "--month", "2026-13"], ["spent", "--month", "2026-1"],
                      ["spent", "--since", "yesterday"], ["spent", "--since", "2026-02-30"],
                      ["spent", "--since", "2026-01-01", "--month", "2026-01"],
                      ["spent", "--csv", "--json"], ["fetch", "--jobs", "0"], ["fetch", "--jobs", "65"],
                      ["fetch", "--jobs", "two"], ["fetch", ""], ["prune"], ["prune", "--size", "-1"],
                      ["prune", "--size", "1G"], ["prune", "--size", "1", "x"], ["list", "--size", "1"]):
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("klingtext-journal", done.stderr)

    def test_in_plain_words(self):
        for words, said in {("list", "extra"): "unexpected argument: extra", (): "missing command",
                            ("dance",): "unknown command: dance", ("show",): "show needs a key or an id",
                            ("list", "--force"): "unexpected option: --force with list",
                            ("prune",): "prune needs --size BYTES"}.items():
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, f"klingtext-journal: {said}. See klingtext-journal --help.\n")

    def test_version(self):
        done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^klingtext-journal \d+\.\d+\.\d+\n$")

    def test_help_names_the_commands(self):
        said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
        for word in ("list", "show", "forget", "fetch", "prune", "verify", "spent", "--store", "--json"):
            self.assertIn(word, said)
        said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout
        self.assertIn("klingtext-journal [OPTION...] COMMAND", said)


main()
