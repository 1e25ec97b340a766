#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is finished is served from the store alone; a clip that was harmed is fetched again under the
same id, and never bought again."""
import os
import sys

sys.dont_write_bytecode = True
from stage import PayOnce, Run, Service, Store, main, wait_for  # noqa: E402

NOT_FOUND = 3  # ErrorKind::not_found


class SecondRun(PayOnce):
    def test_opens_no_socket(self):
        with Service() as service, Store(service.url) as store:
            first = store.run()
            self.whole(first, service)
            counts = service.counts()
            second = store.run(key="")
            self.whole(second, service)
            self.assertEqual(service.counts(), counts)
            self.assertTrue(second.report["reused"])
            self.assertEqual(second.generation_id, first.generation_id)

    def test_works_with_the_service_down_and_without_a_key(self):
        service = Service()
        with Store(service.url) as store:
            self.whole(store.run(), service)
            service.stop()
            for _ in range(20):
                self.whole(store.run(key=""), service)
            self.whole(store.run(id=store.entry()["generation_id"], key=""), service)

    def test_is_there_after_a_reader_that_leaves_at_the_last_byte(self):
        # A normal exit cuts nothing off that was paid for, however often it comes just then.
        with Service() as service, Store(service.url) as store:
            for take in range(1, 11):
                self.whole(store.run(take=take), service)
                self.whole(store.run(take=take, key=""), service)
            self.assertEqual(service.submissions, 10)
            self.assertEqual(store.files(".part"), [])

    def test_another_service_address_is_another_buyer(self):
        with Service() as service, Service() as other, Store(service.url) as store:
            self.whole(store.run(), service)
            self.whole(store.run(url=other.url), other)
            self.assertEqual((service.submissions, other.submissions), (1, 1))


class FailedGeneration(PayOnce):
    def test_is_repeated_for_free_until_given_up(self):
        with Service("--poll-answers", "error=Filter/Not_this") as service, Store(service.url) as store:
            for attempt in range(3):
                failed = store.run(key="" if attempt else "a-key")
                self.assertEqual(failed.status, 1, failed)
                self.assertIn("Not_this", failed.error)
                self.assertEqual(service.submissions, 1)
            for _ in range(2):
                self.whole(store.run(resubmit=failed.client_request_id), service)
                self.assertEqual(service.submissions, 2)


class HalfAClip(PayOnce):
    """What a killed download left is not believed blindly."""

    def half(self, harm):
        with Service("--clip-answers", "normal+hold-after=60000") as service, \
                Store(service.url) as store:
            process, out = store.begin()
            wait_for(lambda: any(part.stat().st_size >= 60_000 for part in store.files(".part")))
            process.kill()
            self.assertTrue(Run(process, out).killed)
            service.release()
            harm(store.files(".part")[0], store.files(".part.log")[0])
            self.whole(store.run(), service)
            self.whole(store.run(key=""), service)
            self.assertEqual(service.submissions, 1)

    def test_goes_on(self):
        self.half(lambda part, log: None)

    def test_truncated(self):
        self.half(lambda part, log: os.truncate(part, 10_000))

    def test_without_its_log(self):
        self.half(lambda part, log: log.unlink())

    def test_with_a_log_of_garbage(self):
        self.half(lambda part, log: log.write_bytes(b"\0\xff{}\n1 2\n"))

    def test_with_a_log_that_is_ahead_of_it(self):
        self.half(lambda part, log: log.write_text(log.read_text() + "60000 90000\n99 5\n0 99999999\n"))


class HarmedClip(PayOnce):
    def harm(self, how):
        with Service() as service, Store(service.url) as store:
            first = store.run()
            self.whole(first, service)
            self.assertEqual(store.journal("verify").returncode, 0)
            how(store.files(".mp4")[0])
            told = store.journal("verify")
            self.assertEqual(told.returncode, 1, told)
            again = store.run()
            self.whole(again, service)
            self.assertEqual(again.generation_id, first.generation_id)
            self.assertEqual(service.submissions, 1)
            self.assertEqual(store.journal("verify").returncode, 0)
            # And it lasts.
            self.whole(store.run(key=""), service)

    def test_deleted(self):
        self.harm(lambda clip: clip.unlink())

    def test_truncated(self):
        self.harm(lambda clip: clip.write_bytes(clip.read_bytes()[:5000]))

    def test_longer(self):
        self.harm(lambda clip: clip.write_bytes(clip.read_bytes() + b"\0"))

    def test_empty(self):
        self.harm(lambda clip: clip.write_bytes(b""))

    def test_one_byte_changed(self):
        def change(clip):
            data = bytearray(clip.read_bytes())
            data[70_000] ^= 1
            clip.write_bytes(data)
        self.harm(change)

    def test_a_link_in_its_place(self):
        def link(clip):
            kept = clip.with_suffix(".elsewhere")
            clip.rename(kept)
            clip.symlink_to(kept)
        with Service() as service, Store(service.url) as store:
            self.whole(store.run(), service)
            link(store.files(".mp4")[0])
            refused = store.run()
            self.assertEqual(refused.status, 1, refused)
            self.assertIn("link", refused.error)
            self.assertEqual(service.submissions, 1)

    def test_copied_with_other_times_is_good(self):
        service = Service()
        with Store(service.url) as store:
            self.whole(store.run(), service)
            service.stop()
            clip = store.files(".mp4")[0]
            clip.write_bytes(clip.read_bytes())
            self.whole(store.run(key=""), service)

    def test_forgotten_by_the_service_too(self):
        service = Service()
        with Store(service.url) as store:
            first = store.run()
            self.whole(first, service)
            # It is not as young as a generation the service may not know yet.
            entry = store.files(".json")[0]
            entry.write_text(entry.read_text().replace(store.entry()["submitted"], "2026-01-02T03:04:05Z"))
            service.stop()
            store.files(".mp4")[0].unlink()
            with Service(port=service.port) as forgetful:
                for _ in range(2):
                    lost = store.run()
                    self.assertEqual(lost.status, 1)
                    self.assertEqual(lost.report["kind"], NOT_FOUND, lost)
                    self.assertEqual(lost.generation_id, first.generation_id)
                self.assertEqual(forgetful.submissions, 0)
                self.assertGreater(forgetful.counts()["polls"], 0)


main()
