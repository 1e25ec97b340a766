#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The disk is full from the n-th call on, for every n: a clear error, the id is kept, and with some
space freed the next run goes on without paying again."""
import itertools
import subprocess
import sys
from collections import Counter

sys.dont_write_bytecode = True
from stage import PayOnce, Run, Service, Store, main, wait_for  # noqa: E402

NO_SPACE = 7  # ErrorKind


class FullDisk(PayOnce):
    def life(self, service, number):
        """How the first run ended, and whether it had paid by then."""
        before = service.submissions
        with Store(service.url) as store:
            first = store.run(cut_short=f"full-from={number}")
            bought = service.submissions - before
            self.assertLessEqual(bought, 1)
            if first.status == 0:
                self.whole(first, service)
            elif first.status == 1:
                self.assertEqual(first.report["kind"], NO_SPACE, first)
                self.assertIn("Free some space", first.error)
                if bought:
                    # In the room the entry had to spare.
                    self.assertTrue(store.entry()["generation_id"], store.entry())
                    self.assertEqual(first.generation_id, store.entry()["generation_id"])
            else:
                self.assertEqual(first.status, 3, first)  # the driver's own file, in the end
            self.assertEqual(self.goes_on(store, service, before), 0)
            self.assertLessEqual(service.submissions - before, 1)
        return first.status, bought

    def test_from_every_call_on(self):
        endings = Counter()
        untouched = 0  # runs in a row
        with Service() as service:
            for number in itertools.count(1):
                self.assertLess(number, 500)
                with self.subTest(call=number):
                    ending = self.life(service, number)
                    endings[ending] += 1
                    untouched = untouched + 1 if ending[0] == 0 else 0
                if untouched == 10:
                    break
        print(f"(exit status, submissions): how often: {dict(endings)}")
        self.assertGreater(endings[1, 0], 0)
        self.assertGreater(endings[1, 1], 0)

    def test_for_real_between_submission_and_answer(self):
        with Service("--submit-answers", "normal+hold") as service, Store(service.url) as store:
            store.path.mkdir(parents=True, mode=0o700)
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m,mode=700", "none", store.path],
                              check=False, capture_output=True).returncode != 0:
                self.skipTest("may not mount")
            try:
                self.fill_and_free(service, store)
            finally:
                subprocess.run(["umount", store.path], check=True)

    def fill_and_free(self, service, store):
        begun = store.begin()
        wait_for(lambda: service.submissions == 1)
        ballast = store.path / "ballast"
        with self.assertRaises(OSError), open(ballast, "wb", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass
        service.release()
        run = Run(*begun)
        self.assertEqual((run.status, run.report["kind"]), (1, NO_SPACE), run)
        self.assertIn("Free some space", run.error)
        known = store.entry()["generation_id"]
        self.assertTrue(known)
        ballast.unlink()
        again = store.run()
        self.whole(again, service)
        self.assertEqual((again.generation_id, service.submissions), (known, 1))


main()
