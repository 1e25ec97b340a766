#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A clip whose last reader leaves is downloaded to its end while the process lives; the end of the process
waits for what is left of it for a moment only."""
import sys

sys.dont_write_bytecode = True
from stage import Application, PayOnce, Service, Store, fake_mp4, main, wait_for  # noqa: E402

# Ends after its first block, as a demuxer does that does not need the rest.
READS_IN_PART = 'klingtextsrc prompt="A white raccoon" poll-interval=10 num-buffers=1 blocksize=1000 ! fakesink'
HELD = ("--clip-answers", "normal+hold-after=50000", "--always-clip", "normal+hold-after=50000")


class LeftClip(PayOnce):
    def left(self, store, service):
        application = Application(store, READS_IN_PART)
        application.do("play")
        self.assertEqual(application.do("error"), "eos")
        application.do("null")
        return application

    def test_is_whole_while_the_process_lives(self):
        with Service("--clip-answers", "normal+hold-after=50000") as service, \
                Store(service.url) as store:
            with self.left(store, service) as application:
                self.assertEqual(store.files(".mp4"), [])
                service.release()
                wait_for(lambda: store.files(".mp4") and store.entry().get("clip"))
                application.exit()
            connections = service.counts()["connections"]
            self.whole(store.run(key=""), service)
            self.assertEqual(service.counts()["connections"], connections)
            self.assertEqual(service.submissions, 1)

    def test_is_whole_after_the_end_of_the_process(self):
        with Service("--clip-answers", "normal+throttle=200000", clip=fake_mp4(200_000)) as service, \
                Store(service.url) as store:
            with self.left(store, service) as application:
                application.exit()
            self.whole(store.run(key=""), service)
            self.assertEqual(service.submissions, 1)

    def test_does_not_keep_the_process(self):
        with Service(*HELD) as service, Store(service.url) as store:
            with self.left(store, service) as application:
                application.exit()  # the service never goes on
            self.assertEqual(store.files(".mp4"), [])
            self.assertEqual(store.entry()["state"], "completed")
            self.assertEqual(len(store.files(".part")), 1)
            service.release()
            self.whole(store.run(), service)
            self.assertEqual(service.submissions, 1)


main()
