#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A submission that was not sent is withdrawn by a stop, by the end of the process and by
generation-timeout: no request follows and the journal does not know it."""
import signal
import socket
import sys
import threading

sys.dont_write_bytecode = True
from stage import PATIENCE, Application, PayOnce, Service, Store, main, wait_for  # noqa: E402

ELEMENTS = 12
AT_ONCE = 4  # submissions


def pipeline(take=1, more=""):
    return f'klingtextsrc prompt="A white raccoon" take={take} poll-interval=10 {more} ! fakesink'


class Listener:
    """Takes connections into its backlog and answers nothing."""

    def __init__(self, backlog):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(backlog)
        self.port = self.socket.getsockname()[1]
        self.others = []

    def fill(self):
        """No more connections are completed: the kernel drops what asks for one."""
        while True:
            other = socket.socket()
            other.settimeout(0.3)
            self.others.append(other)
            try:
                other.connect(("127.0.0.1", self.port))
            except TimeoutError:
                return

    def received(self):
        """Everything that was sent by those whose connection was not made by fill()."""
        for other in self.others:
            other.close()
        self.socket.settimeout(0.5)
        bytes_ = b""
        while True:
            try:
                connection = self.socket.accept()[0]
            except TimeoutError:
                return bytes_
            connection.settimeout(0.5)
            try:
                while piece := connection.recv(65536):
                    bytes_ += piece
            except (TimeoutError, ConnectionError):
                pass
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        for other in self.others:
            other.close()


class Stopping(PayOnce):
    def test_null_while_submissions_wait_for_others(self):
        with Service("--submit-answers", f"{ELEMENTS}*normal+hold") as service, \
                Store(service.url) as store:
            takes = [pipeline(take) for take in range(1, ELEMENTS + 1)]
            with Application(store, *takes) as application:
                application.do("play")
                wait_for(lambda: service.submissions == AT_ONCE)
                application.do("null")
                service.release()
                wait_for(lambda: len([e for e in store.entries() if e and e.get("generation_id")]) ==
                         service.submissions)
                application.exit()
            self.assertEqual(service.submissions, AT_ONCE)
            self.assertEqual(len(store.entries()), AT_ONCE)

    def test_ctrl_c_while_submissions_wait_for_others(self):
        with Service("--submit-answers", f"{ELEMENTS}*normal+hold") as service, \
                Store(service.url) as store:
            words = [word for take in range(1, ELEMENTS + 1)
                     for word in ("klingtextsrc", "prompt=A white raccoon", f"take={take}", "!", "fakesink")]
            tool = store.begin_tool("gst-launch-1.0", *words)
            wait_for(lambda: service.submissions == AT_ONCE)
            tool.send_signal(signal.SIGINT)
            said = []
            reader = threading.Thread(target=lambda: said.append(tool.communicate(timeout=PATIENCE)[0]))
            reader.start()
            wait_for(lambda: len(store.entries()) == AT_ONCE)
            service.release()
            reader.join()
            self.assertEqual(service.submissions, AT_ONCE, said)
            self.assertEqual([e["state"] for e in store.entries()], ["accepted"] * AT_ONCE, said)

    def slow_connect(self, listener, scheme):
        url = f"{scheme}://127.0.0.1:{listener.port}/v2"
        with Store(url) as store:
            with Application(store, pipeline()) as application:
                application.do("play")
                wait_for(lambda: self.connecting(application.process.pid, listener.port))
                application.do("null")
                said = application.exit()
            self.assertEqual(said, "")
            self.assertEqual(store.entries(), [])
            self.assertNotIn(b"POST", listener.received())

    def connecting(self, pid, port):
        """Whether a connection to that port was begun or made by someone else than this test."""
        mine = {other.getsockname()[1] for other in getattr(self, "mine", [])}
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in list(table)[1:]:
                fields = line.split()
                local, remote = (int(fields[i].split(":")[1], 16) for i in (1, 2))
                if remote == port and local not in mine and fields[3] in ("01", "02"):
                    return pid
        return None

    def test_null_while_it_connects(self):
        with Listener(0) as listener:
            listener.fill()
            self.mine = listener.others
            self.slow_connect(listener, "http")

    def test_null_while_tls_is_negotiated(self):
        with Listener(8) as listener:
            self.slow_connect(listener, "https")

    def test_generation_timeout_while_it_connects(self):
        with Listener(0) as listener, Store("") as store:
            listener.fill()
            store.url = f"http://127.0.0.1:{listener.port}/v2"
            with Application(store, pipeline(more="generation-timeout=1")) as application:
                application.do("play")
                error = application.do("error")
                application.exit()
            self.assertIn("was not submitted within 1 s", error)
            self.assertIn("raise generation-timeout", error)
            self.assertEqual(store.entries(), [])
            self.assertNotIn(b"POST", listener.received())

    def test_generation_timeout_while_it_waits_for_others(self):
        with Service("--submit-answers", f"{AT_ONCE}*normal+hold") as service, \
                Store(service.url) as store:
            others = [pipeline(take) for take in range(2, AT_ONCE + 2)]
            with Application(store, *others) as application:
                application.do("play")
                wait_for(lambda: service.submissions == AT_ONCE)
                # In the same process, because the slots are the process's.
                application.do("add " + pipeline(more="generation-timeout=1"))
                error = application.do("error")
                self.assertIn("was not submitted within 1 s", error)
                service.release()
                application.exit()
            self.assertEqual(service.submissions, AT_ONCE)
            self.assertEqual(len(store.entries()), AT_ONCE)


main()
