# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every proof needs: a service that counts, stores, runs of the driver and of GStreamer's tools."""
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from patience import wait_for  # noqa: E402, F401

LONG = bool(os.environ.get("KLINGTEXT_LONG"))
BUILD = Path(os.environ["KLINGTEXT_BUILD"])
SERVICE = BUILD / "tests/support/scripted-service"
DRIVER = BUILD / "tests/pay_once/pay-once-driver"
JOURNAL = BUILD / "src/journal/klingtext-journal"
APPLICATION = Path(__file__).resolve().parent / "application.py"
CUT_SHORT = BUILD / "tests/pay_once/cut_short.so"
OTHER_CLOCK = BUILD / "tests/pay_once/other_clock.so"
PATIENCE = 60  # seconds; nothing waits that long but a broken test


def fake_mp4(size=100_000, seed=1):
    noise = random.Random(seed).randbytes(size)
    boxes = [(b"ftyp", b"isom\0\0\2\0isomiso2mp41"), (b"moov", noise[:800]), (b"mdat", noise)]
    return b"".join(struct.pack(">I", 8 + len(body)) + name + body for name, body in boxes)


def real_mp4(folder):
    """Two seconds that can be played. None when this machine cannot make any."""
    file = Path(folder) / "real.mp4"
    made = subprocess.run(
        ["gst-launch-1.0", "-q", "mp4mux", "name=mux", "faststart=true", "!", "filesink",
         f"location={file}", "videotestsrc", "num-buffers=48", "!", "video/x-raw,width=160,height=96",
         "!", "x264enc", "!", "mux.", "audiotestsrc", "num-buffers=90", "!", "avenc_aac", "!", "mux."],
        capture_output=True, check=False)
    return file.read_bytes() if made.returncode == 0 else None


class Service:
    """A scripted service in a process of its own, so that it survives whoever is killed."""

    def __init__(self, *options, clip=None, port=0):
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-service-")
        self.clip = clip if clip is not None else fake_mp4()
        file = Path(self.folder.name) / "clip.mp4"
        file.write_bytes(self.clip)
        self.process = subprocess.Popen(
            [SERVICE, "--port", str(port), "--clip", file, *options], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.split(":")[2].split("/")[0])
        self._asking = None

    def _ask(self, method, path):
        # One connection for all questions: they are counted, too.
        if self._asking is None:
            self._asking = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self._asking.request(method, path)
        return json.loads(self._asking.getresponse().read())

    def counts(self):
        return self._ask("GET", "/counts")

    def accepted_requests(self):
        """The client request ids of the submissions that were taken, in order."""
        return self._ask("GET", "/accepted")

    def posts(self, text):
        """How many submissions with that text were refused (429, 503), and how many were not."""
        found = self._ask("GET", f"/posts?text={text}")
        return sum(refused for _, refused, _ in found), sum(others for _, _, others in found)

    @property
    def submissions(self):
        return self.counts()["submissions"]

    @property
    def accepted(self):
        return self.counts()["accepted"]

    def release(self):
        self._ask("POST", "/release")

    def stop(self):
        if self._asking is not None:
            self._asking.close()
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Run:
    """How one run of the driver ended."""

    def __init__(self, process, out):
        try:
            stdout, self.stderr = process.communicate(timeout=PATIENCE)
            self.status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, self.stderr = process.communicate()
            self.status = "does not end"
        self.report = json.loads(stdout) if stdout.startswith("{") else {}
        self.clip = out.read_bytes() if out.exists() else b""

    killed = property(lambda self: self.status == -signal.SIGKILL)
    error = property(lambda self: self.report.get("error", ""))
    generation_id = property(lambda self: self.report.get("generation_id", ""))
    client_request_id = property(lambda self: self.report.get("client_request_id", ""))

    def __str__(self):
        return f"status {self.status}, {self.report} {self.stderr[-500:]}"


class Store:
    """A store of its own, and the driver working on it."""

    def __init__(self, url):
        self.url = url
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-store-", ignore_cleanup_errors=True)
        self.home = Path(self.folder.name)
        self.path = self.home / "data/klingtext"
        self.runs = 0

    def begin(self, cut_short=None, clock=None, url=None, user=None, preload=(), variables=None,
              store=None, calls=None, prefix=(), **options):
        """Starts the driver, with a prefix by another program. Options: prompt, take, resubmit, id, cap, key."""
        self.runs += 1
        out = self.home / f"out-{self.runs}.mp4"
        command = [*prefix, DRIVER, "--store", store or self.path, "--url", url or self.url, "--out", out]
        for name, value in options.items():
            command += ["--" + name, str(value)]
        environment = {**os.environ, **(variables or {})}
        if calls:
            environment["CUT_SHORT_LOG"] = str(calls)
        preload = list(preload)
        if cut_short:
            preload.append(CUT_SHORT)
            environment["CUT_SHORT"] = cut_short
        if clock:
            preload.append(OTHER_CLOCK)
            environment["OTHER_CLOCK"] = str(clock)
        if preload:
            environment["LD_PRELOAD"] = ":".join(map(str, preload))
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, user=user,
                                stderr=subprocess.PIPE, text=True), out

    def run(self, **options):
        return Run(*self.begin(**options))

    def entries(self):
        """The journal's entries, as written, the current one of each request. None for one that cannot
        be read."""
        found = []
        for file in sorted(self.path.glob("*.json")):
            if len(file.stem) != 64:
                continue
            key, entry = file.stem, None
            try:
                while file.exists():
                    entry = json.loads(file.read_text())
                    file = self.path / f"{key}.{entry.get('client_request_id', '')[-16:]}.json"
            except ValueError:
                entry = None
            found.append(entry)
        return found

    def entry(self):
        found = self.entries()
        return found[0] if found else None

    def files(self, ending):
        return sorted(self.path.glob("*" + ending))

    def environment(self):
        """For GStreamer's own tools: the key, the service and this store."""
        return {**os.environ, "AIMLAPI_BASE_URL": self.url, "AIMLAPI_API_KEY": "a-key",
                "XDG_DATA_HOME": str(self.home / "data")}

    def begin_tool(self, *command):
        return subprocess.Popen(command, env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def journal(self, *words):
        return subprocess.run([JOURNAL, *words, "--store", self.path], capture_output=True, text=True,
                              check=False)

    def close(self):
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Application:
    """A program with pipelines of the element, that does what it is told."""

    def __init__(self, store, *pipelines, variables=None):
        self.process = subprocess.Popen(
            [sys.executable, APPLICATION, *pipelines], env={**store.environment(), **(variables or {})},
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def do(self, command):
        """Its answer, once it is done."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            said = self.process.communicate()[1]
            if "gi" in said and "ModuleNotFoundError" in said:
                raise unittest.SkipTest("no python3-gi")
            raise AssertionError(f"ended at {command}: {said[-500:]}")
        return answer

    def exit(self):
        """What it printed on stderr."""
        return self.process.communicate("exit\n", timeout=PATIENCE)[1]

    def kill(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stdin.closed:
            self.process.communicate()


class PayOnce(unittest.TestCase):
    """A test that knows how to go on after a run that ended badly."""

    def whole(self, run, service):
        self.assertEqual(run.status, 0, run)
        self.assertEqual(run.clip, service.clip, "the clip is not the one that was served")

    def refused_as_unknown(self, run, store):
        self.assertEqual(run.status, 1, run)
        entry = store.entry()
        self.assertIn(entry["state"], ("intent", "unknown"), entry)
        self.assertEqual(run.client_request_id, entry["client_request_id"])
        self.assertIn("resubmit=" + entry["client_request_id"], run.error)
        self.assertIn("may exist and be billed", run.error)

    def goes_on(self, store, service, before, **options):
        """A normal start after a run that was cut short, `before` submissions having been accepted
        when its life began. Whole in the end; returns how many were given up."""
        known = store.entry() or {}
        again = store.run(**options)
        given_up = 0
        if again.status != 0:
            self.refused_as_unknown(again, store)
            self.assertLessEqual(service.accepted - before, 1)
            given_up = 1
            again = store.run(resubmit=again.client_request_id, **options)
        self.whole(again, service)
        if known.get("generation_id"):
            self.assertEqual(again.generation_id, known["generation_id"], "the id was lost")
            self.assertEqual(given_up, 0)
        self.assertLessEqual(service.accepted - before, 1 + given_up, "paid twice")
        return given_up


class WithFilm(unittest.TestCase):
    """A service whose clip can be played, a store, and GStreamer's tools working on them."""

    # Done at the first look, which the answer asks for at once.
    at_once = ("--always-submit", "normal+header=Retry-After:0")
    service_options = (*at_once, "--statuses", "completed")

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            cls.film = real_mp4(folder)

    def setUp(self):
        if self.film is None:
            self.skipTest("cannot make an MP4 here")
        self.service = Service(*self.service_options, clip=self.film)
        self.addCleanup(self.service.stop)
        self.store = Store(self.service.url)
        self.addCleanup(self.store.close)

    def run_tool(self, *command):
        """What it says, and its status."""
        if shutil.which(command[0]) is None:
            self.skipTest(f"no {command[0]}")
        tool = self.store.begin_tool(*command)
        said, _ = tool.communicate(timeout=2 * PATIENCE)
        return said, tool.returncode


def main():
    unittest.main(verbosity=2)
