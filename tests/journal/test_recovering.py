#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""recover, with the POSTs that reach the service counted: test_recovering.py PROGRAM SOURCE-ROOT"""
import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "pay_once"))
from made_store import JournalTest, ago, main  # noqa: E402
from stage import Service, Store, wait_for  # noqa: E402

LOG = ("--log", "succeeded", "--always-poll", "normal+header=Retry-After:0")
ALL_HERE = "Everything that the account lists with an id of klingtextsrc is in this store.\n"


class Recovering(JournalTest):
    def serve(self, *options, port=0):
        service = Service(*(options or LOG), port=port)
        self.addCleanup(service.stop)
        return service

    def machine(self, service):
        """A store of its own, and the driver that buys for it."""
        machine = Store(service.url)
        self.addCleanup(machine.close)
        return machine

    def buy(self, machine, count, **options):
        runs = [machine.run(prompt=f"Raccoon {number}", **options) for number in range(count)]
        for run in runs:
            self.assertEqual(run.status, 0, run)
        return [run.generation_id for run in runs]

    def journal(self, service, *words, store=None, status=0, key="a-key", **environment):
        submissions = service.submissions
        done = self.run_it(*words, store=store, status=status, AIMLAPI_BASE_URL=service.url,
                           AIMLAPI_API_KEY=key, **environment)
        self.assertEqual(service.submissions, submissions, f"{words[0]} has submitted")
        return done

    def document(self, service, *words, **more):
        return self.checked("recover", self.journal(service, "recover", "--json", *words, **more).stdout)

    def test_a_lost_store_is_rebuilt(self):
        service = self.serve()
        machine = self.machine(service)
        ids = self.buy(machine, 3)
        shutil.rmtree(machine.path)

        found = self.document(service, store=machine.path, status=3)["found"]
        self.assertFalse(machine.path.exists(), "it was only asked")
        self.assertEqual([one["generation_id"] for one in found], ids[::-1])
        self.assertEqual({(one["what"], one["clip"], one["usd_spent"]) for one in found},
                         {("missing", "ready", 0.7)})
        said = self.journal(service, "recover", store=machine.path, status=3).stdout
        self.assertIn("3 generations are bought and not in this store; add --adopt to record them.", said)

        said = self.journal(service, "recover", "--adopt", store=machine.path).stdout
        self.assertIn("3 generations are adopted; klingtext-journal fetch downloads the clips.", said)
        self.assertEqual(self.journal(service, "recover", store=machine.path).stdout, ALL_HERE)
        self.assertIn("not known", said)
        self.journal(service, "fetch", store=machine.path)
        self.assertEqual(len(machine.files(".mp4")), 3)
        listed = self.checked("list", self.journal(service, "list", "--json", store=machine.path).stdout)
        self.assertEqual([entry.get("prompt") for entry in listed["entries"]], [None] * 3)

        submissions = service.submissions
        self.assertEqual(self.buy(machine, 3, key=""), ids)
        self.assertEqual(service.submissions, submissions)
        listed = self.checked("list", self.journal(service, "list", "--json", store=machine.path).stdout)
        self.assertEqual(sorted((entry["prompt"], entry["seconds"]) for entry in listed["entries"]),
                         [(f"Raccoon {number}", 5) for number in range(3)])
        self.assertEqual(self.checked("verify", self.journal(
            service, "verify", "--json", store=machine.path).stdout)["ok"], True)

    def test_a_run_finds_an_adopted_generation_before_it_is_fetched(self):
        service = self.serve()
        machine = self.machine(service)
        ids = self.buy(machine, 1)
        shutil.rmtree(machine.path)
        self.journal(service, "recover", "--adopt", store=machine.path)
        self.assertEqual(self.buy(machine, 1), ids)
        self.assertEqual(service.submissions, 1)

    def test_an_unknown_outcome_is_adopted(self):
        service = self.serve("--submit-answers", "normal+lost", "--log-answers", "404", *LOG)
        machine = self.machine(service)
        self.assertEqual(machine.run().status, 1)
        found = self.document(service, store=machine.path, status=3)["found"]
        self.assertEqual([one["what"] for one in found], ["unknown"])
        self.assertIn("A white raccoon", self.journal(service, "recover", store=machine.path, status=3).stdout)
        self.assertTrue(self.document(service, "--adopt", store=machine.path)["found"][0]["adopted"])
        self.assertEqual(machine.run().generation_id, found[0]["generation_id"])
        self.assertEqual(service.submissions, 1)

    def test_a_failed_submission_is_noted_as_not_billed(self):
        service = self.serve("--submit-answers", "504+though-accepted", "--log-answers", "404",
                             "--log", "failed")
        machine = self.machine(service)
        self.assertEqual(machine.run().status, 1)
        self.assertEqual([one["what"] for one in self.document(service, store=machine.path)["found"]],
                         ["failed"])
        self.journal(service, "recover", "--adopt", store=machine.path)
        self.assertEqual(machine.entry()["state"], "error")
        self.assertIn("billed nothing", machine.run().error)
        self.assertEqual(self.journal(service, "recover", store=machine.path).stdout, ALL_HERE)

    def test_a_submission_that_the_log_called_failed_is_adopted_once_it_is_listed(self):
        service = self.serve("--submit-answers", "504+though-accepted", "--log", "failed")
        machine = self.machine(service)
        self.assertIn("billed nothing", machine.run().error)
        self.assertEqual(machine.entry()["state"], "error")
        request = machine.entry()["client_request_id"]
        service.stop()
        row = json.dumps({"data": [{"created": ago(), "status": "succeeded", "inference_id": "gen:1",
                                    "client_request_id": request}]})
        service = self.serve("--always-log", "json=" + row, port=service.port)
        found = self.document(service, "--adopt", store=machine.path)["found"]
        self.assertEqual([(one["what"], one["adopted"]) for one in found], [("unknown", True)])
        self.assertEqual((machine.entry()["state"], machine.entry()["generation_id"]), ("accepted", "gen:1"))

    def test_another_submission_of_the_same_request_stays_another(self):
        service = self.serve()
        here, elsewhere = self.machine(service), self.machine(service)
        mine, other = self.buy(here, 1), self.buy(elsewhere, 1)
        document = self.document(service, "--adopt", store=here.path)
        self.assertEqual([(one["what"], one["generation_id"], one["adopted"]) for one in document["found"]],
                         [("other", other[0], False)])
        self.assertEqual(here.entry()["generation_id"], mine[0])
        said = self.journal(service, "recover", store=here.path).stdout
        self.assertIn("1 more was bought for requests that are here; generation-id=… plays it.", said)
        self.assertNotIn("Everything", said)

    def test_costs_of_the_account_are_taken_as_final(self):
        service = self.serve()
        machine = self.machine(service)
        self.buy(machine, 2)
        costs = self.document(service, store=machine.path)["costs"]
        self.assertEqual([one["account"] for one in costs], [{"credits_used": 1400000, "usd_spent": 0.7}] * 2)
        self.assertNotIn("usd_spent", machine.entry())
        self.assertTrue(all(one["taken"] for one in self.document(
            service, "--adopt", store=machine.path)["costs"]))
        self.assertEqual(self.document(service, store=machine.path)["costs"], [])
        self.assertIn("$1.40", self.journal(service, "spent", store=machine.path).stdout)

    def test_a_cost_of_nothing_is_taken_an_hour_after_the_end_only(self):
        def row(letter, cost):
            return {"created": ago(hours=3), "status": "succeeded", "inference_id": f"id-{letter}:a-model",
                    "cost": cost, "client_request_id": f"klingtext:{letter * 64}:0123456789abcdef"}
        nothing = {"usd": 0, "credits": 0}
        rows = [row("a", nothing), row("b", nothing), row("c", nothing), row("d", {"usd": 0, "credits": 7})]
        service = self.serve("--always-log", "json=" + json.dumps({"data": rows}))
        for letter, minutes in zip("abcd", (50, 70, 10, 10)):
            cost = {"usd_spent": 0.7} if letter != "c" else {}
            self.add(letter, service=service.url, client_request_id=f"klingtext:{letter * 64}:0123456789abcdef",
                     completed=ago(minutes=minutes), account=None, account_salt=None, **cost)
        costs = self.document(service, "--adopt")["costs"]
        self.assertEqual(sorted(one["key"][0] for one in costs), ["b", "d"])
        entries = {letter: json.loads((self.store / f"{letter * 64}.json").read_text()) for letter in "abcd"}
        self.assertEqual({letter: entry.get("usd_spent") for letter, entry in entries.items()},
                         {"a": 0.7, "b": 0, "c": None, "d": 0.7})
        self.assertEqual(entries["d"]["credits_used"], 7)

    def test_a_row_without_a_generation_id_is_missing_and_not_adopted(self):
        row = {"created": ago(hours=3), "status": "succeeded", "inference_id": None,
               "client_request_id": f"klingtext:{'a' * 64}:0123456789abcdef"}
        service = self.serve("--always-log", "json=" + json.dumps({"data": [row]}))
        before = self.snapshot()
        found = self.document(service, "--adopt", status=3)["found"]
        self.assertEqual([(one["what"], one["adopted"]) for one in found], [("missing", False)])
        said = self.journal(service, "recover", "--adopt", status=3).stdout
        self.assertIn("1 submission is listed as accepted, without a generation id: do not submit it again", said)
        self.assertNotIn("another process", said)
        self.assertEqual(self.snapshot(), before)

    def test_an_entry_that_changes_meanwhile_leaves_the_rest_to_be_adopted(self):
        rows = [{"created": ago(hours=3), "status": "succeeded", "inference_id": f"id-{letter}",
                 "client_request_id": f"klingtext:{letter * 64}:0123456789abcdef"} for letter in "ab"]
        service = self.serve("--always-log", "json=" + json.dumps({"data": rows}), "--poll-answers", "normal+hold")
        for letter in "ab":
            self.add(letter, state="unknown", service=service.url, account=None, account_salt=None,
                     client_request_id=f"klingtext:{letter * 64}:0123456789abcdef")
        with ThreadPoolExecutor() as pool:
            run = pool.submit(self.run_it, "recover", "--adopt", status=1, AIMLAPI_BASE_URL=service.url,
                              AIMLAPI_API_KEY="a-key")
            wait_for(lambda: service.counts()["polls"] == 1)
            (self.store / f"{'a' * 64}.json").unlink()
            service.release()
            done = run.result()
        self.assertIn("1 generation is adopted", done.stdout)
        self.assertEqual(json.loads((self.store / f"{'b' * 64}.json").read_text())["generation_id"], "id-b")
        self.assertFalse((self.store / f"{'a' * 64}.json").exists())
        self.assertEqual(service.submissions, 0)

    def test_rows_outside_the_window_are_left_out(self):
        def row(letter, **age):
            return {"created": ago(**age), "status": "succeeded", "inference_id": f"id-{letter}",
                    "client_request_id": f"klingtext:{letter * 64}:0123456789abcdef"}
        service = self.serve("--always-log", "json=" + json.dumps({"data": [row("a", hours=3), row("b", days=40)]}))
        self.assertEqual([one["key"][0] for one in self.document(service, status=3)["found"]], ["a"])

    def test_spent_shows_what_was_adopted_once(self):
        service = self.serve()
        machine = self.machine(service)
        ids = self.buy(machine, 2)
        shutil.rmtree(machine.path)
        self.journal(service, "recover", "--adopt", store=machine.path)
        def total():
            return self.checked("spent", self.journal(
                service, "spent", "--json", store=machine.path).stdout)["total"]
        wanted = {"generations": 2, "seconds": 0, "credits_used": 2800000, "usd_spent": 1.4}
        self.assertEqual(total(), wanted)
        other = "f" * 64
        (machine.path / f"{other}.json").write_text(json.dumps(
            {"version": 1, "state": "completed", "key": other, "service": service.url, "take": 1, "seconds": 0,
             "generation_id": ids[0], "usd_spent": 0.7}))
        self.assertEqual(total(), wanted, "a generation is bought once")
        self.assertEqual(self.buy(machine, 1), ids[:1])
        self.assertEqual(total()["seconds"], 5)
        lines = [file.read_text() for file in (machine.path / "ledger").rglob("*") if file.is_file()]
        self.assertIn(" 5 ", "".join(lines))

    def test_what_the_account_does_not_list_is_named(self):
        service = self.serve()
        key = "b" * 64
        for letter, hours in (("a", 0), ("b", 3), ("c", 24 * 40)):
            self.add(letter, service=service.url, client_request_id=f"klingtext:{letter * 64}:0123456789abcdef",
                     submitted=ago(hours=hours), account=None, account_salt=None)
        before = self.snapshot()
        document = self.document(service)
        self.assertEqual([one["key"] for one in document["not_listed"]], [key])
        self.assertIn("does not list it", self.journal(service, "recover").stdout)
        self.assertEqual(len(self.document(service, "--since", "90d")["not_listed"]), 2)
        self.assertEqual(self.snapshot(), before, "it was only asked")

    def test_a_log_that_cannot_be_read_changes_nothing(self):
        for answer, words in {"404": "HTTP 404", "401": "HTTP 401", "html=hello": "no log",
                              "429+header=Retry-After:0": "HTTP 429", "json={}": "no log"}.items():
            with self.subTest(answer):
                service = self.serve("--always-log", answer)
                said = self.journal(service, "recover", "--adopt", status=1).stderr
                self.assertIn(words, said)
                self.assertIn("Nothing was changed.", said)

    def test_without_a_key(self):
        service = self.serve()
        self.assertIn("key", self.journal(service, "recover", key="", status=1).stderr)
        self.assertEqual(service.counts()["logs"], 0)

    def test_since(self):
        service = self.serve()
        self.journal(service, "recover", "--since", "365d")
        self.assertEqual(service.counts()["logs"], 5)
        self.journal(service, "recover", "--since", "2026-01-01")
        for wrong in ("", "d", "0d", "30", "-3d", "30days", "99999d", "2026-13-01"):
            self.assertIn("--since takes a day", self.journal(service, "recover", "--since", wrong, status=2).stderr)
        self.assertIn("unexpected option: --adopt with list", self.journal(service, "list", "--adopt", status=2).stderr)


main()
