# SPDX-License-Identifier: LGPL-2.1-or-later
"""A place to make films in: a store and a folder of its own, the program, services, and eyes that
read the marks of a rehearsal's slates in the frames of a film."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from http.client import HTTPConnection
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from patience import PATIENCE, has_stopped, wait_for  # noqa: E402, F401

LONG = bool(os.environ.get("KLINGTEXT_LONG"))
BUILD = Path(os.environ["KLINGTEXT_BUILD"])
PROGRAM = BUILD / "src/storyboard/klingtext-storyboard"
REHEARSAL = BUILD / "src/rehearsal/klingtext-rehearsal"
SCRIPTED = BUILD / "tests/support/scripted-service"
MARKS = BUILD / "tests/storyboard/film-marks"


def board(shots, defaults="", film='size = "480x480"'):
    """A storyboard. A shot is a prompt, or a prompt and further lines."""
    text = f"[film]\n{film}\n\n[defaults]\naspect-ratio = \"1:1\"\n{defaults}\n"
    for shot in shots:
        prompt, *more = (shot,) if isinstance(shot, str) else shot
        text += f"\n[[shot]]\nprompt = {json.dumps(prompt)}\n" + "".join(f"{line}\n" for line in more)
    return text


class Service:
    """A service in a process of its own, so that it survives whoever is killed."""

    def __init__(self, *command):
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.split(":")[2].split("/")[0])

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Rehearsal(Service):
    """klingtext-rehearsal, and what it was asked for. Several may share what they have rendered."""

    def __init__(self, state, pace=0.02, clips=None):
        self.state = Path(state)
        if clips:
            self.state.mkdir()
            (self.state / "clips").symlink_to(clips)
        super().__init__(REHEARSAL, "--state", state, "--pace", pace)

    @property
    def submissions(self):
        return len(list(self.state.glob("generations/*.json")))


class Done:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def end(self):
        return self.events[-1]

    @property
    def shots(self):
        """The last event of every shot, by its number."""
        return {event["shot"]: event for event in self.events if event["event"] == "shot"}

    def __str__(self):
        return f"status {self.status}\n{self.out[-3000:]}\n{self.err[-3000:]}"


class StudioTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="klingtext-clips-")
        cls.addClassCleanup(folder.cleanup)
        cls.clips = Path(folder.name)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="klingtext-studio-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.store = self.home / "store"
        self.film = self.home / "film.mp4"
        self.url = None

    def write(self, text, name="board.toml"):
        file = self.home / name
        file.write_text(text, encoding="utf-8")
        return file

    def environment(self, **more):
        known = {"AIMLAPI_BASE_URL": self.url, "AIMLAPI_API_KEY": "a-key"} if self.url else {}
        return {**os.environ, "TERM": "dumb", **known, **more}

    def begin(self, *words, environment=None, **more):
        return subprocess.Popen([PROGRAM, *map(str, words), "--store", self.store], text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=self.home,
                                stderr=subprocess.PIPE, env=environment or self.environment(), **more)

    def finish(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return Done(process.returncode, out, err)

    def run_it(self, *words, status=0, **more):
        done = self.finish(self.begin(*words, **more))
        self.assertEqual(done.status, status, done)
        self.assertNotIn("CRITICAL", done.err)
        self.assertNotIn("WARNING", done.err)
        return done

    def seen(self, film=None):
        done = subprocess.run([MARKS, film or self.film], capture_output=True, text=True, check=True,
                              timeout=PATIENCE)
        return json.loads(done.stdout)

    def mark_of(self, clip):
        return self.seen(clip)["frames"][0]["shot"]

    def scenes(self, film=None):
        """(mark, first frame, last frame, how many) of the film, in order; mark None: no slate of a
        rehearsal."""
        found = []
        for mark, frames in groupby(self.seen(film)["frames"], key=lambda frame: frame.get("shot")):
            frames = list(frames)
            found.append((mark, frames[0].get("frame"), frames[-1].get("frame"), len(frames)))
        return found

    def assert_shows(self, done, film=None, missing=()):
        """The film has the clips of these shots, in their order, and slates of our own for others."""
        wanted = [None if number in missing else self.mark_of(event["clip"])
                  for number, event in sorted(done.shots.items())]
        self.assertEqual([scene[0] for scene in self.scenes(film)], wanted)


class ScriptedTest(StudioTest):
    """Services that answer as they are told, with a clip that can be decoded."""

    SOON = "+header=Retry-After:0"  # the client waits a minute otherwise, as for the real service

    def setUp(self):
        super().setUp()
        self.clip = self.home / "clip.mp4"
        subprocess.run(["gst-launch-1.0", "-q", "videotestsrc", "pattern=ball", "num-buffers=120", "!",
                        "video/x-raw,width=240,height=240,framerate=24/1", "!", "x264enc",
                        "speed-preset=ultrafast", "!", "mp4mux", "faststart=true", "!", "filesink",
                        f"location={self.clip}"], check=True)

    def service(self, *options, port=0):
        service = Service(SCRIPTED, "--port", port, "--clip", self.clip, *options)
        self.addCleanup(service.stop)
        self.url = service.url
        return service

    @staticmethod
    def _ask(service, method, path):
        asking = HTTPConnection("127.0.0.1", service.port, timeout=60)
        asking.request(method, path)
        answer = asking.getresponse().read()
        asking.close()
        return answer

    def counts(self, service):
        return json.loads(self._ask(service, "GET", "/counts"))

    def release(self, service):
        self._ask(service, "POST", "/release")


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
