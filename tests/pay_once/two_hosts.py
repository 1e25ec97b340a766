#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several hosts, one store: locks that are local to a host, old content for half a second, ESTALE, links
that report an error although they were made. One submission per request and per resubmission, four
under a cap for four, and no error that advises to remove or to give up anything."""
import collections
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
from stage import BUILD, LONG, PayOnce, Run, Service, Store, main  # noqa: E402

OTHER_HOST = BUILD / "tests/pay_once/other_host.so"
SCALE = 10 if LONG else 1
AT_ONCE = 8  # races


class Hosts(Store):
    """A store that each of its runs reaches as another host."""

    def __init__(self, url, faults="random"):
        super().__init__(url)
        past = self.home / "past"
        past.mkdir()
        self.host = {"OTHER_HOST": str(past), "OTHER_HOST_FAULTS": faults}

    def begin(self, **options):
        return super().begin(preload=[OTHER_HOST], variables=self.host, **options)


class Mounts(Store):
    """A store that is mounted twice with bindfs, as on two hosts."""

    def __init__(self, url):
        super().__init__(url)
        self.path.mkdir(parents=True, mode=0o700)
        self.mounts = [self.home / "host-1", self.home / "host-2"]
        for mount in self.mounts:
            mount.mkdir()
            subprocess.run(["bindfs", self.path, mount], check=True, capture_output=True)

    def begin(self, **options):
        return super().begin(store=self.mounts[self.runs % 2], preload=[OTHER_HOST], **options)

    def close(self):
        for mount in self.mounts:
            subprocess.run(["fusermount", "-u", "-z", mount], check=False, capture_output=True)
        super().close()


def can_mount():
    with tempfile.TemporaryDirectory() as folder:
        one, two = Path(folder) / "1", Path(folder) / "2"
        one.mkdir()
        two.mkdir()
        if shutil.which("bindfs") is None or shutil.which("fusermount") is None:
            return False
        if subprocess.run(["bindfs", one, two], capture_output=True, check=False).returncode != 0:
            return False
        subprocess.run(["fusermount", "-u", two], check=False, capture_output=True)
        return True


class Races(PayOnce):
    """Two runs at once on a store that each of them reaches in its own way."""

    def races(self, count, race):
        """Runs race(number) so many times, several at once; all failures in one message."""
        def one(number):
            try:
                race(number)
            except AssertionError as failure:
                return f"race {number}: {failure}"
            return None

        with ThreadPoolExecutor(AT_ONCE) as pool:
            failures = [failure for failure in pool.map(one, range(1, count + 1)) if failure]
        self.assertEqual(failures, [], f"{len(failures)} of {count}:\n" + "\n".join(failures))

    def same_request(self, store, service, prompt, **options):
        runs = [Run(*one) for one in [store.begin(prompt=prompt, **options) for _ in range(2)]]
        for run in runs:
            self.whole(run, service)
        self.assertEqual(len({run.generation_id for run in runs}), 1)

    def posts_by_request(self, service):
        return collections.Counter(id.split(":")[1] for id in service.accepted_requests())

    def plain(self, count, make_store):
        with Service() as service:
            def race(number):
                with make_store(service.url) as store:
                    self.same_request(store, service, f"race {number}")
            self.races(count, race)
            self.assertEqual(service.submissions, count)
            self.assertEqual(set(self.posts_by_request(service).values()), {1})

    def resubmit(self, count, make_store):
        with Service("--submit-answers", f"{count}*500") as service:
            stores = {number: make_store(service.url) for number in range(1, count + 1)}
            lost = {}

            def lose(number):
                lost[number] = stores[number].run(prompt=f"race {number}").client_request_id

            def race(number):
                self.same_request(stores[number], service, f"race {number}", resubmit=lost[number])
            try:
                self.races(count, lose)
                self.assertEqual(service.submissions, count)
                self.races(count, race)
            finally:
                for store in stores.values():
                    store.close()
            self.assertEqual(service.submissions, 2 * count)
            self.assertEqual(set(self.posts_by_request(service).values()), {1})

    def cap(self, count, make_store):
        with Service() as service:
            def race(number):
                with make_store(service.url) as store:
                    begun = [store.begin(prompt=f"race {number}", take=take, cap=20)
                             for take in range(1, 6)]
                    runs = [Run(*one) for one in begun]
                    bought = [run for run in runs if run.status == 0]
                    refused = [run for run in runs if run.status != 0]
                    for run in refused:
                        self.assertIn("20 s of the 20 s", run.error)
                    self.assertEqual(len(bought), 4)
            self.races(count, race)
            self.assertEqual(service.submissions, 4 * count)


class TwoHosts(Races):
    def test_the_same_request(self):
        self.plain(120 * SCALE, Hosts)

    def test_the_same_resubmission(self):
        self.resubmit(50 * SCALE, Hosts)

    def test_a_cap(self):
        self.cap(15 * SCALE, Hosts)

    def test_two_mounts(self):
        if not can_mount():
            self.skipTest("bindfs cannot mount here")
        self.plain(8 * SCALE, Mounts)
        self.resubmit(5 * SCALE, Mounts)
        self.cap(2 * SCALE, Mounts)

    def test_a_file_that_cannot_be_checked(self):
        with Service() as service, Hosts(service.url, faults="stat") as store:
            store.path.mkdir(parents=True, mode=0o700)
            refused = store.run()
            self.assertEqual(refused.status, 1, refused)
            self.assertIn("Stale file handle", refused.error)
            self.assertNotIn("Remove", refused.error)
            self.assertEqual(service.submissions, 0)


if __name__ == "__main__":
    main()
