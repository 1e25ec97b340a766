#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store that cannot be trusted or written to is a clear error before any submission."""
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from stage import PayOnce, Service, Store, main  # noqa: E402

NO_SPACE, STORE = 7, 8  # ErrorKind
NOBODY = 65534
ROOT = os.geteuid() == 0


class OnAStore(PayOnce):
    def setUp(self):
        self.service = Service()
        self.store = Store(self.service.url)
        self.addCleanup(self.service.stop)
        self.addCleanup(self.store.close)

    def prepared(self):
        self.store.path.mkdir(parents=True, mode=0o700)
        return self.store.path

    def refused(self, *words, kind=STORE, **options):
        for _ in range(2):
            run = self.store.run(**options)
            self.assertEqual(run.status, 1, run)
            self.assertEqual(run.report["kind"], kind, run)
            for word in words:
                self.assertIn(word, run.error)
        self.assertEqual(self.service.submissions, 0)

    def still_works(self):
        self.whole(self.store.run(), self.service)
        self.assertEqual(self.service.submissions, 1)


class BadStore(OnAStore):
    def test_is_made_for_its_owner_alone(self):
        self.still_works()
        self.assertEqual(self.store.path.stat().st_mode & 0o777, 0o700)
        self.assertEqual({file.stat().st_mode & 0o077 for file in self.store.path.iterdir()}, {0})

    def test_readable_by_others_is_closed(self):
        self.prepared().chmod(0o755)
        self.still_works()
        self.assertEqual(self.store.path.stat().st_mode & 0o777, 0o700)

    def test_writable_by_others(self):
        self.prepared().chmod(0o777)
        self.refused("written by other users", "chmod 700")
        self.store.path.chmod(0o700)
        self.still_works()

    def test_of_another_user(self):
        if not ROOT:
            self.skipTest("only root can give a folder away")
        os.chown(self.prepared(), NOBODY, NOBODY)
        self.refused("another user")

    def test_a_link(self):
        elsewhere = self.store.home / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        self.store.path.parent.mkdir()
        self.store.path.symlink_to(elsewhere)
        self.refused("link")
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_a_file(self):
        self.store.path.parent.mkdir()
        self.store.path.write_text("hello")
        self.refused(str(self.store.path))
        self.assertEqual(self.store.path.read_text(), "hello")

    def test_under_a_folder_that_cannot_be_written(self):
        self.store.path = Path("/proc/klingtext")
        self.refused("/proc/klingtext", "store-dir")

    def test_read_only(self):
        # A file system, where that can be mounted: no rights get root around it.
        path = self.prepared()
        if ROOT and subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m,mode=700", "none", path],
                                   check=False, capture_output=True).returncode == 0:
            self.addCleanup(subprocess.run, ["umount", path], check=True)
            self.refused(str(path))
        elif not ROOT:
            path.chmod(0o500)
            self.addCleanup(path.chmod, 0o700)
            self.refused(str(path))
        else:
            self.skipTest("root without the right to mount")

    def test_read_only_with_the_finished_clip_in_it_still_serves(self):
        path = self.prepared()
        self.still_works()
        if ROOT:
            if subprocess.run(["mount", "--bind", "-o", "ro", path, path], check=False,
                              capture_output=True).returncode != 0:
                self.skipTest("root without the right to mount")
            self.addCleanup(subprocess.run, ["umount", path], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)
        else:
            path.chmod(0o500)
            self.addCleanup(path.chmod, 0o700)
        connections = self.service.counts()["connections"]
        self.whole(self.store.run(key=""), self.service)
        self.assertEqual(self.service.counts()["connections"], connections)
        refused = self.store.run(take=2)
        self.assertEqual(refused.report["kind"], STORE, refused)
        self.assertEqual(self.service.submissions, 1)

    def test_a_small_disk(self):
        path = self.prepared()
        if not ROOT or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "none", path],
                                      check=False, capture_output=True).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", path], check=True)
        self.refused("32 MiB", "Nothing was submitted", kind=NO_SPACE)


class BadEntry(OnAStore):
    """What stands where this request's entry should be."""

    def entry_file(self):
        with Store(self.service.url) as other:
            key = other.run(key="").report["key"]
        return self.prepared() / (key + ".json")

    def test_garbage(self):
        file = self.entry_file()
        good = b'{"version":1,"state":"accepted"'
        for garbage in (b"", b"\0" * 2000, b"{", b"[]", b"null", good, b"[" * 100_000, b"\xff\xfe{}",
                        b'{"version":1,"state":"dreaming","key":"' + file.stem.encode() + b'","service":"x"}'):
            file.write_bytes(garbage)
            with self.subTest(garbage[:40]):
                self.refused(str(file), "may stand for a paid generation")
                self.assertEqual(file.read_bytes(), garbage)
        # Another request is not concerned.
        self.whole(self.store.run(take=2), self.service)
        told = self.store.journal("verify")
        self.assertEqual(told.returncode, 1)
        self.assertIn(str(file), told.stdout)
        self.assertEqual(self.store.journal("forget", file.stem).returncode, 1)
        self.assertEqual(self.store.journal("forget", "--force", file.stem).returncode, 0)
        self.whole(self.store.run(), self.service)

    def test_another_requests_entry(self):
        file = self.entry_file()
        self.whole(self.store.run(take=2), self.service)
        self.store.files(".json")[0].rename(file)
        run = self.store.run()
        self.assertEqual(run.report["kind"], STORE, run)
        self.assertEqual(self.service.submissions, 1)

    def test_a_link(self):
        file = self.entry_file()
        outside = self.store.home / "outside"
        outside.write_text("{}")
        file.symlink_to(outside)
        self.refused("link", file.name)
        self.assertEqual(outside.read_text(), "{}")

    def test_a_folder_and_a_pipe(self):
        file = self.entry_file()
        file.mkdir()
        self.refused(file.name)
        file.rmdir()
        os.mkfifo(file)
        self.refused(file.name)

    def test_a_link_for_the_lock(self):
        file = self.entry_file()
        outside = self.store.home / "outside"
        file.with_suffix(".lock").symlink_to(outside)
        self.refused("link")
        self.assertFalse(outside.exists())


main()
