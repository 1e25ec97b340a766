#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A submission whose outcome is unknown is never repeated by itself; one that was provably not taken
is, within bounds."""
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
from stage import LONG, PayOnce, Run, Service, Store, main  # noqa: E402

AMBIGUOUS = {
    "closed": "normal+lost",
    "reset": "normal+lost-reset",
    "500": "500",
    "502": "502",
    "504, and it was taken": "504+though-accepted",
    "503 without Retry-After": "503",
    "200 with HTML": "html=hello",
    "200 with JSON without an id": "json={}",
    "200 with garbage for a status line": "normal+garbage",
    "half a body": "normal+cut-after=20",
    "302": "redirect=$CLIP",
}
if LONG:
    AMBIGUOUS["no answer for 120 s"] = "normal+hold"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answer_in_plain_text(listener):
    while True:
        try:
            with listener.accept()[0] as one:
                one.recv(1000)
                one.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        except OSError:
            return


class AmbiguousAnswer(PayOnce):
    def test_is_unknown_until_given_up_by_name(self):
        for name in sorted(AMBIGUOUS):
            with self.subTest(name), Service("--submit-answers", AMBIGUOUS[name]) as service, \
                    Store(service.url) as store:
                process, out = store.begin()
                process.wait(timeout=200)  # the hang, in the long tier
                self.refused_as_unknown(Run(process, out), store)
                self.assertEqual(service.submissions, 1)
                # The next run and the one after: the same refusal, and one look into the account's log,
                # which this service does not have.
                for looks in range(2, 4):
                    again = store.run()
                    self.refused_as_unknown(again, store)
                    self.assertIn("(HTTP 404)", again.error)
                    self.assertEqual((service.submissions, service.counts()["logs"]), (1, looks))
                # A wrong name gives nothing up.
                self.refused_as_unknown(store.run(resubmit="klingtext-0"), store)
                self.assertEqual(service.submissions, 1)
                # The very same command line, three times over.
                for _ in range(3):
                    self.whole(store.run(resubmit=again.client_request_id), service)
                    self.assertEqual(service.submissions, 2)
                self.whole(store.run(), service)
                self.assertEqual(service.submissions, 2)

    def test_resubmitted_by_several_at_once(self):
        with Service("--submit-answers", "500") as service, Store(service.url) as store:
            lost = store.run()
            self.refused_as_unknown(lost, store)
            begun = [store.begin(resubmit=lost.client_request_id) for _ in range(4)]
            for one in begun:
                self.whole(Run(*one), service)
            self.assertEqual(service.submissions, 2)

    def test_another_take_and_the_id_found_in_the_log_are_ways_on(self):
        with Service("--submit-answers", "normal+lost", "--ids", "found-in-the-log") as service, \
                Store(service.url) as store:
            self.refused_as_unknown(store.run(), store)
            self.whole(store.run(take=2), service)
            self.assertEqual(service.submissions, 2)
            found = store.run(id="found-in-the-log")
            self.whole(found, service)
            self.assertEqual(store.run().generation_id, "found-in-the-log")
            self.assertEqual(service.submissions, 2)

    def test_refused_for_good(self):
        for answer, word in {"400": "400", "401": "key", "403": "", "404": "", "408": "", "422": ""}.items():
            with self.subTest(answer), Service("--submit-answers", answer) as service, \
                    Store(service.url) as store:
                run = store.run()
                self.assertEqual(run.status, 1, run)
                self.assertIn(word, run.error)
                self.assertIn("Nothing was submitted.", run.error)
                self.assertEqual((service.submissions, store.entries()), (1, []))
                self.whole(store.run(), service)
                self.assertEqual(service.submissions, 2)


class TriedAgain(PayOnce):
    def test_busy_then_accepted(self):
        for answer in ("429+header=Retry-After:0", "429", "503+header=Retry-After:0"):
            with self.subTest(answer), Service("--submit-answers", f"{answer},{answer}") as service, \
                    Store(service.url) as store:
                run = store.run()
                self.whole(run, service)
                self.assertEqual(service.counts()["accepted"], 1)
                self.assertEqual(service.submissions, 3)
                self.assertEqual(run.report["submissions"], 3)

    def test_busy_for_good(self):
        with Service("--always-submit", "429+header=Retry-After:0") as service, \
                Store(service.url) as store:
            run = store.run()
            self.assertEqual(run.status, 1)
            self.assertIn("Nothing was submitted.", run.error)
            self.assertEqual(service.submissions, 5)
            self.assertEqual(service.counts()["accepted"], 0)
            self.assertEqual(store.entries(), [])

    def test_down_and_back(self):
        port = free_port()
        with Store(f"http://127.0.0.1:{port}/v2") as store:
            begun = store.begin()
            time.sleep(0.5)  # some refused connections
            with Service(port=port) as service:
                self.whole(Run(*begun), service)
                self.assertEqual(service.submissions, 1)

    def test_down_for_good(self):
        if not LONG:
            self.skipTest("takes 12 s; --long")
        with Store(f"http://127.0.0.1:{free_port()}/v2") as store:
            run = store.run()
            self.assertEqual(run.status, 1)
            self.assertIn("Nothing was submitted.", run.error)
            self.assertEqual(store.entries(), [])

    def test_unresolvable_and_tls_failure_are_not_deliveries(self):
        with socket.create_server(("127.0.0.1", 0)) as no_tls:
            threading.Thread(target=answer_in_plain_text, args=[no_tls], daemon=True).start()
            urls = ["https://nobody.invalid/v2", f"https://127.0.0.1:{no_tls.getsockname()[1]}/v2"]
            stores = [Store(url) for url in urls]
            for store, begun in [(store, store.begin()) for store in stores]:
                run = Run(*begun)
                self.assertEqual(run.status, 1, run)
                self.assertIn("Nothing was submitted.", run.error)
                self.assertEqual(run.report["submissions"], 0, "sent without a connection")
                self.assertEqual(store.entries(), [])
                store.close()


main()
