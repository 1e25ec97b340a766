#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""forget, verify and spent: test_keeping.py PROGRAM SOURCE-ROOT"""
import csv
import datetime
import fcntl
import io
import json
import os
import sys

sys.dont_write_bytecode = True
from made_store import FILM, NOW, JournalTest, ago, main  # noqa: E402


class Forgetting(JournalTest):
    def test_a_finished_one(self):
        key = self.add("a", clip=FILM)
        said = self.run_it("forget", "aa").stdout
        self.assertIn("pay once more", said)
        self.assertIn("id-a:a-model", said)
        self.assertIn(f"{key}.mp4", said)
        self.assertFalse((self.store / f"{key}.json").exists())
        self.assertTrue((self.store / f"{key}.mp4").exists())

    def test_with_its_clip(self):
        key = self.add("a", clip=FILM)
        (self.store / f"{key}.part").write_bytes(b"x")
        self.assertTrue(self.json_of("forget", "--clip", "aa")["clip_removed"])
        self.assertEqual(list(self.store.glob("*.json")) + list(self.store.glob("*.mp4")) +
                         list(self.store.glob("*.part")), [])

    def test_refuses_what_may_be_billed(self):
        for state, word in {"intent": "may exist and be billed", "unknown": "may exist and be billed",
                            "accepted": "paid for"}.items():
            key = self.add("a", state)
            refusal = self.run_it("forget", "aa", status=1).stderr
            self.assertIn(word, refusal)
            self.assertIn("pay once more", refusal)
            self.assertIn("--force", refusal)
            self.assertTrue((self.store / f"{key}.json").exists())
            self.run_it("forget", "--force", "aa")
            self.assertFalse((self.store / f"{key}.json").exists())

    def test_refuses_a_paid_clip_that_is_not_whole(self):
        key = self.add("a")
        (self.store / f"{key}.part").write_bytes(b"x")
        refusal = self.run_it("forget", "aa", status=1).stderr
        for word in ("paid for and not whole", "klingtext-journal fetch", "--force"):
            self.assertIn(word, refusal)
        (self.store / f"{key}.part").unlink()
        self.run_it("forget", "aa", status=1)
        self.run_it("forget", "--force", "aa")
        self.assertFalse((self.store / f"{key}.json").exists())

    def test_never_while_it_is_being_submitted(self):
        key = self.add("a", "intent")
        with open(self.store / f"{key}.lock", "w", encoding="ascii") as owned:
            fcntl.flock(owned, fcntl.LOCK_EX)
            self.assertIn("right now", self.run_it("forget", "--force", "aa", status=1).stderr)
            damaged = self.store / f"{key}.json"
            whole = damaged.read_text()
            damaged.write_text("garbage")
            self.assertIn("right now", self.run_it("forget", "--force", key, status=1).stderr)
            damaged.write_text(whole)
        self.assertTrue((self.store / f"{key}.json").exists())

    def test_a_damaged_entry_by_force(self):
        file = self.store / ("d" * 64 + ".json")
        file.write_text("garbage")
        self.assertIn("--force", self.run_it("forget", "d" * 64, status=1).stderr)
        self.run_it("forget", "--force", "d" * 64)
        self.assertFalse(file.exists())


class Verifying(JournalTest):
    def test_all_well(self):
        self.add("a", clip=FILM)
        self.add("b", "error")
        self.add("c", "accepted")
        self.assertIn("all is well", self.run_it("verify").stdout)
        document = self.json_of("verify")
        self.assertEqual((document["ok"], document["entries"], document["troubles"]), (True, 3, []))

    def test_finds_every_trouble(self):
        for letter in "abcd":
            self.add(letter, clip=FILM)
        (self.store / ("a" * 64 + ".mp4")).unlink()
        (self.store / ("b" * 64 + ".mp4")).write_bytes(FILM[:-1])
        (self.store / ("c" * 64 + ".mp4")).write_bytes(FILM[:-1] + b"y")
        (self.store / ("e" * 64 + ".json")).write_text('{"state":')
        self.add("f")
        self.store.chmod(0o770)
        document = self.json_of("verify", status=1)
        found = {(trouble["what"], trouble.get("key", "-")[0]) for trouble in document["troubles"]}
        self.assertEqual(found, {("store-writable", "-"), ("entry-damaged", "e"), ("clip-missing", "a"),
                                 ("clip-changed", "b"), ("clip-changed", "c"), ("clip-not-fetched", "f")})
        said = self.run_it("verify", status=1).stdout
        for advice in ("chmod 700", "Keep it", "set generation-id", "klingtext-journal fetch " + "a" * 16):
            self.assertIn(advice, said)
        self.assertIn("6 problems", said)
        self.assertNotIn("forget", said)

    def test_does_not_count_as_a_use(self):
        key = self.add("a", clip=FILM)
        os.utime(self.store / f"{key}.mp4", ns=(10**9, (self.store / f"{key}.mp4").stat().st_mtime_ns))
        self.run_it("verify")
        self.assertEqual((self.store / f"{key}.mp4").stat().st_atime_ns, 10**9)


class VerifyingTheLedger(JournalTest):
    def verify(self, **more):
        document = self.json_of("verify", **more)
        return [trouble["what"] for trouble in document["troubles"]]

    def enter(self, letter, number, day=0, seconds=5, text=None):
        folder = self.store / "ledger" / ago(days=day)[:10]
        folder.mkdir(parents=True, exist_ok=True)
        time = int((NOW - datetime.timedelta(days=day)).timestamp())
        file = folder / str(number)
        file.write_text(text if text is not None
                        else f"{time} {seconds} {letter * 64} klingtext-{letter}-request\n")
        return file

    def test_evicted_clips_are_no_trouble(self):
        clip = {"length": 2000, "sha256": "0" * 64, "modified": 1, "evicted": True}
        self.add("a")
        file = self.store / ("a" * 64 + ".json")
        file.write_text(json.dumps({**json.loads(file.read_text()), "clip": clip}))
        self.assertIn("1 evicted; all is well", self.run_it("verify").stdout)
        self.assertEqual(self.json_of("verify")["evicted"], 1)

    def test_a_store_without_a_ledger_is_an_old_one(self):
        self.add("a", clip=FILM)
        self.assertEqual(self.verify(), [])

    def test_a_whole_ledger(self):
        self.add("a", clip=FILM)
        self.enter("a", 1)
        self.assertEqual(self.verify(), [])

    def test_unreadable_missing_and_cut_files(self):
        self.add("a", clip=FILM)
        self.enter("a", 1)
        unreadable = self.enter("b", 2, text="no line\n")
        cut = self.enter("b", 4, text="17000")
        self.assertEqual(self.verify(status=1), ["ledger-unreadable", "ledger-missing", "ledger-cut"])
        said = self.run_it("verify", status=1).stdout
        for part in (f"truncate -s 0 {unreadable}", f"{unreadable.parent}/3 is missing",
                     f"{cut} is cut short", "rebuilds it from the journal"):
            self.assertIn(part, said)
        done = self.run_it("spent", status=1)
        self.assertIn("5 s count against", done.stdout)
        self.assertIn("klingtext-journal verify", done.stderr)
        unreadable.write_text("")
        self.assertEqual(self.verify(status=1), ["ledger-missing", "ledger-cut", "ledger-cut"])

    def test_lines_that_the_journal_knows_and_the_ledger_lacks(self):
        self.add("a", clip=FILM, submitted=ago(days=3))  # older than the ledger
        self.add("b", clip=FILM, submitted=ago(days=2))
        self.add("c", "unknown", submitted=ago(seconds=0))
        self.add("d", "error", submitted=ago(seconds=0))
        self.enter("b", 1, day=2)
        self.assertEqual(self.verify(status=1), ["ledger-incomplete"])
        self.assertIn("klingtext-c-request", self.run_it("verify", status=1).stdout)
        (self.store / "ledger/complete").write_text("1\n")
        self.assertEqual(self.verify(status=1), ["ledger-incomplete"] * 2)
        self.assertIn("Remove " + str(self.store / "ledger/complete"),
                      self.run_it("verify", status=1).stdout)

    def test_the_ledger_keeps_what_is_forgotten(self):
        self.add("a", clip=FILM, submitted=ago(seconds=0), given_up=[
            {"client_request_id": "x", "submitted": ago(seconds=0), "seconds": 10}])
        self.assertEqual(self.json_of("spent")["today"]["seconds"], 15)
        self.run_it("forget", "aa")
        self.assertEqual(self.json_of("list")["entries"], [])
        self.assertEqual(self.json_of("spent")["today"]["seconds"], 15)


class Spending(JournalTest):
    def test_per_day_and_in_total(self):
        self.add("a", submitted=ago(seconds=0), seconds=10, usd_spent=1.4)
        self.add("b", submitted=ago(days=2), usd_spent=0.7, credits_used=1400000.0)
        self.add("c", submitted=ago(days=2), credits_used=600000.0)
        self.add("d", "error", submitted=ago(seconds=0))
        self.add("e", "unknown", submitted=ago(seconds=0))
        self.add("f", submitted=ago(seconds=0), service="rehearsal", usd_spent=5.0)
        document = self.json_of("spent")
        days = {day["day"]: day for day in document["days"]}
        today, before = ago(seconds=0)[:10], ago(days=2)[:10]
        self.assertEqual(days.keys(), {today, before})
        self.assertEqual((days[today]["seconds"], days[today]["usd_spent"]), (15, 1.4))
        self.assertEqual((days[before]["seconds"], days[before]["credits_used"]), (10, 2000000.0))
        self.assertEqual((document["total"]["generations"], document["total"]["seconds"]), (4, 25))
        self.assertAlmostEqual(document["total"]["usd_spent"], 2.1)
        self.assertEqual(document["today"]["seconds"], 15)
        said = self.run_it("spent", KLINGTEXT_MAX_DAILY_SECONDS="60").stdout
        self.assertIn("15 of 60 s count against max-daily-seconds until", said)
        self.assertIn("$2.10", said)

    def test_given_up_submissions_count(self):
        self.add("a", submitted=ago(seconds=0),
                 given_up=[{"client_request_id": "x", "submitted": ago(seconds=0), "seconds": 5},
                           {"client_request_id": "y", "submitted": ago(seconds=0), "seconds": 0}])
        self.assertEqual(self.json_of("spent")["today"]["seconds"], 10)

    def test_of_a_month_or_since_a_day(self):
        for letter, day in zip("abcd", ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")):
            self.add(letter, submitted=day + "T23:59:59Z", usd_spent=0.7)
        days = ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01"]

        def found(*words):
            document = self.json_of("spent", *words)
            self.assertEqual(document["total"]["generations"], len(document["days"]))
            return [day["day"] for day in document["days"]]
        self.assertEqual(found(), days)
        self.assertEqual(found("--month", "2026-10"), days[1:3])
        self.assertEqual(found("--month", "2026-12"), [])
        self.assertEqual(found("--since", "2026-10-31"), days[2:])
        said = self.run_it("spent", "--since", "2026-11-01").stdout
        self.assertIn("2026-11-01", said)
        self.assertNotIn("2026-10", said)

    def test_as_comma_separated_values(self):
        self.add("a", submitted="2026-10-01T00:00:00Z", usd_spent=0.7, credits_used=1400000.0)
        self.add("b", submitted="2026-10-02T00:00:00Z")
        self.assertEqual(self.run_it("spent", "--csv", "--month", "2026-10").stdout.splitlines(),
                         ["day,generations,seconds,credits_used,usd_spent", "2026-10-01,1,5,1400000,0.7",
                          "2026-10-02,1,5,,"])

    def test_of_several_stores_and_their_sum(self):
        first = self.store
        self.add("a", submitted="2026-10-01T00:00:00Z", usd_spent=0.7)
        self.store = self.home / "a project, \"second\""
        self.store.mkdir(mode=0o700)
        self.add("a", submitted="2026-10-01T00:00:00Z", usd_spent=1.4, seconds=10)
        self.add("b", submitted="2026-11-01T00:00:00Z", usd_spent=2.0)
        second, self.store = self.store, first
        document = self.checked("spent_of_stores",
                                self.run_it("spent", "--json", "--store", second).stdout)
        self.assertEqual([one["store"] for one in document["stores"]], [str(first), str(second)])
        self.assertEqual([one["total"]["seconds"] for one in document["stores"]], [5, 15])
        self.assertEqual((document["total"]["generations"], document["total"]["seconds"]), (3, 20))
        self.assertAlmostEqual(document["total"]["usd_spent"], 4.1)
        said = self.run_it("spent", "--store", second).stdout
        self.assertRegex(said, r"\ntotal +3 +20 s +- +\$4.10\n$")
        self.assertIn(f"{second}:\n", said)
        rows = list(csv.DictReader(io.StringIO(
            self.run_it("spent", "--csv", "--month", "2026-10", "--store", second).stdout)))
        self.assertEqual([(row["store"], row["seconds"]) for row in rows],
                         [(str(first), "5"), (str(second), "10")])
        self.assertIn("twice", self.run_it("spent", "--store", f"{first}/", status=2).stderr)
        self.assertIn("second --store", self.run_it("list", "--store", second, status=2).stderr)
        self.assertIn("no store", self.run_it("spent", "--store", self.home / "none", status=1).stderr)

    def test_names_the_cap_of_uris_where_no_other_is_set(self):
        self.add("a", submitted=ago(seconds=0))
        self.assertIn("a klingtext: URI configured submits nothing past 60 s", self.run_it("spent").stdout)
        self.assertNotIn("URI", self.run_it("spent", KLINGTEXT_MAX_DAILY_SECONDS="10").stdout)

    def test_a_rehearsal_costs_nothing_when_it_is_forgotten(self):
        self.add("a", "accepted", service="rehearsal")
        self.assertNotIn("pay", self.run_it("forget", "aa").stdout)


main()
