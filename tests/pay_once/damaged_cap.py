#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daily cap is not opened by what cannot be read: an entry, a file of the ledger, a folder; and
whatever was submitted can be read back."""
import resource
import subprocess
import sys

sys.dont_write_bytecode = True
from stage import DRIVER, Application, PayOnce, Run, Service, Store, main  # noqa: E402

BRACKETS = "[" * 2500  # the longest prompt
CAP = {"KLINGTEXT_MAX_DAILY_SECONDS": "5"}


class DamagedCap(PayOnce):
    def setUp(self):
        # Completed at the first poll, which the answer asks for at once.
        self.service = Service("--always-submit", "normal+header=Retry-After:0", "--statuses", "completed")
        self.addCleanup(self.service.stop)
        self.store = Store(self.service.url)
        self.addCleanup(self.store.close)

    def one_bought(self, **options):
        self.whole(self.store.run(cap=5, **options), self.service)
        self.assertEqual(self.service.submissions, 1)

    def ledger_files(self):
        return sorted(self.store.path.glob("ledger/*/*"))

    def refused(self, *words, **options):
        run = self.store.run(take=2, cap=5, **options)
        self.assertEqual(run.status, 1, run)
        self.assertEqual(self.service.submissions, 1)
        self.assertRegex(run.error, "(Nothing was|not) submitted")
        for word in words:
            self.assertIn(word, run.error)

    def test_a_prompt_of_brackets(self):
        self.one_bought(prompt=BRACKETS)
        self.refused("5 s of the 5 s", prompt=BRACKETS)
        self.whole(self.store.run(prompt=BRACKETS, key=""), self.service)
        self.assertIn("completed", self.store.journal("list").stdout)

    def test_a_uri_of_brackets(self):
        uris = [f"urisourcebin uri=klingtext:{BRACKETS.replace('[', '%5B')}?take={take} ! fakesink"
                for take in (1, 2)]
        with Application(self.store, uris[0], variables=CAP) as one:
            one.do("play")
            self.assertEqual(one.do("error"), "eos")
            one.exit()
        with Application(self.store, uris[1], variables=CAP) as two:
            two.do("play")
            self.assertIn("5 s of the 5 s", two.do("error"))
            two.exit()
        self.assertEqual(self.service.submissions, 1)

    def test_a_negative_prompt_of_2_megabytes(self):
        with Application(self.store, 'klingtextsrc prompt=A ! fakesink') as application:
            application.do("set negative-prompt 2000000")
            application.do("play")
            self.assertIn("negative-prompt", application.do("error"))
            application.exit()
        self.assertEqual(self.service.submissions, 0)
        self.assertEqual(self.store.entries(), [])

    def test_a_truncated_entry(self):
        self.one_bought()
        entry = self.store.files(".json")[0]
        entry.write_bytes(entry.read_bytes()[:100])
        self.refused(entry.name)

    def test_a_truncated_entry_of_a_store_without_a_ledger(self):
        self.one_bought()
        entry = self.store.files(".json")[0]
        entry.write_bytes(entry.read_bytes()[:100])
        for file in [*self.ledger_files(), self.store.path / "ledger/complete"]:
            file.unlink(missing_ok=True)
        self.refused(entry.name)

    def test_a_ledger_that_is_gone_is_made_again(self):
        self.one_bought()
        for file in [*self.ledger_files(), self.store.path / "ledger/complete"]:
            file.unlink(missing_ok=True)
        self.refused("5 s of the 5 s")

    def test_a_ledger_file_that_is_cut_short(self):
        self.one_bought()
        for file in self.ledger_files():
            file.write_bytes(file.read_bytes()[:20])
        self.refused("5 s of the 5 s")

    def test_a_ledger_file_with_something_else(self):
        self.one_bought()
        for file in self.ledger_files():
            file.write_text("no line of a ledger\n")
        self.refused("ledger")

    def test_too_few_descriptors(self):
        self.one_bought()
        refused = 0
        for number in range(4, 24):
            out = self.store.home / "out.mp4"
            process = subprocess.Popen(
                [DRIVER, "--store", self.store.path, "--url", self.store.url, "--out", out, "--take", "2",
                 "--cap", "5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=lambda n=number: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
            run = Run(process, out)
            self.assertNotEqual(run.status, 0)
            self.assertEqual(self.service.submissions, 1, f"bought with {number} descriptors")
            refused += "5 s of the 5 s" in run.error
        self.assertGreater(refused, 0)
        self.assertLess(refused, 20)


main()
