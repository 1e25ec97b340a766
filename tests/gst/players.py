#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Desktop players under Xvfb against a slow generation: players.py SCRIPTED-SERVICE SCREENSHOTS
Parole and Clapper (GTK 4) wait, then play. So does Totem with libsoup 3 throughout (Debian 13); where it loads
libsoup 2 (Debian 12), it shows an error within 5 s.
Part of the long tier. Screenshots of the waiting states stay in the folder SCREENSHOTS."""
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripted import Service, wait_for

SKIPPED = 77
NEEDED = ("Xvfb", "dbus-run-session", "parole", "clapper", "totem")
WIDTH, HEIGHT = 1000, 700
POLLS = 12  # a second apart


class Screen:
    """An X server of its own."""

    def __enter__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.name = ":" + number.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def picture(self, file=None):
        """RGB bytes of the screen, kept as a PNG in the file."""
        with subprocess.Popen(
                ["gst-launch-1.0", "-q", "ximagesrc", "display-name=" + self.name, "num-buffers=1",
                 "use-damage=false", "show-pointer=false", "!", "videoconvert", "!", "video/x-raw,format=RGB", "!",
                 "tee", "name=t", "!", "queue", "!", "fdsink", "fd=1", "t.", "!", "queue", "!", "pngenc", "!",
                 "filesink", f"location={file or '/dev/null'}"], stdout=subprocess.PIPE) as process:
            return process.stdout.read()


def bright(picture):
    """How many of the picture's bytes are nearly white."""
    return sum(picture.count(value) for value in range(240, 256))


def make_clip(file):
    """White pictures: easily told from a player that waits."""
    subprocess.run(["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=480", "pattern=white", "!",
                    "video/x-raw,width=640,height=360,framerate=24/1", "!", "x264enc", "speed-preset=ultrafast", "!",
                    "h264parse", "!", "mp4mux", "!", "filesink", "location=" + file], check=True)


class Player:
    """A player with a home of its own that plays one URI."""

    def __init__(self, name, uri, screen, service):
        self.home = Path(service.path(name))
        self.runtime = self.home / "runtime"
        self.runtime.mkdir(parents=True, mode=0o700)
        self.log = self.home / "log"
        environment = {
            **os.environ, "DISPLAY": screen.name, "HOME": str(self.home), "GDK_BACKEND": "x11",
            "LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": str(self.runtime), "AIMLAPI_API_KEY": "test-key",
            "AIMLAPI_BASE_URL": service.base_url, "GST_DEBUG": "GST_BUS:5", "GST_DEBUG_NO_COLOR": "1",
            "GST_DEBUG_FILE": str(self.log), "XDG_DATA_HOME": str(self.home / "data")}
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = subprocess.Popen(["dbus-run-session", "--", name, uri], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, 15)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def prompts(self):
        """Those of the store's entries."""
        return [json.loads(file.read_text())["request"]["prompt"]
                for file in (self.home / "data/klingtext").glob("*.json") if len(file.stem) == 64]


# They draw nothing of BUFFERING (Clapper before 0.8).
SILENT = ("clapper", "totem")


def waits_and_plays(name, uri, screen, service, screenshots):
    """The player buys once, shows that it waits if it can, and plays on by itself."""
    before = service.counts()
    with Player(name, uri, screen, service) as player:
        return watch(player, name, before, screen, service, screenshots)


def watch(player, name, before, screen, service, screenshots):
    """The same of a player that runs already."""
    service.wait_for(lambda now: now["polls"] - before["polls"] >= POLLS // 2)
    early = screen.picture()
    service.wait_for(lambda now: now["polls"] - before["polls"] >= POLLS - 1)
    late = screen.picture(screenshots / f"{name}-waiting.png")
    service.wait_for(lambda now: now["clip_requests"] > before["clip_requests"])
    wait_for(lambda: bright(screen.picture()) > 2 * bright(late) + 100000,
             standing=lambda: f"{name} does not show the film")
    screen.picture(screenshots / f"{name}-playing.png")
    bought = service.counts()["submissions"] - before["submissions"]
    prompts = player.prompts()
    print(f"{name}: {bought} submission, prompts {prompts}, display "
          + ("changes while it waits" if early != late else "is the same while it waits"))
    return bought == 1 and prompts == ["A raccoon"] and (early != late or name in SILENT)


def plays_or_refuses_libsoup2(screen, service, screenshots):
    """Totem loads libsoup 2 through grilo on Debian 12."""
    before = service.counts()
    with Player("totem", "klingtext:///A%20raccoon", screen, service) as player:
        wait_for(lambda: "libsoup-2.4" in maps_of("totem")
                 or service.counts()["submissions"] > before["submissions"],
                 standing=lambda: "totem does neither play nor load libsoup 2")
        if "libsoup-2.4" not in maps_of("totem"):
            return watch(player, "totem", before, screen, service, screenshots)
        begun = time.monotonic()
        # The message's debug text names the place of the check.
        wait_for(lambda: "libsoup_conflict.cpp" in player.log.read_text(errors="replace"),
                 standing=lambda: "totem got no error")
        took = time.monotonic() - begun
        time.sleep(1)  # for the dialog in the screenshot
        screen.picture(screenshots / "totem-libsoup2.png")
        written = (player.home / "data/klingtext").exists()
    bought = service.counts()["submissions"] - before["submissions"]
    print(f"totem: libsoup 2, an error after {took:.1f} s, {bought} submissions, store made: {written}")
    return bought == 0 and not written


def maps_of(program):
    """Of the process of this name that this user runs."""
    text = ""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == program:
                text += (folder / "maps").read_text()
        except OSError:
            pass
    return text


def main():
    if os.environ.get("KLINGTEXT_LONG") != "1":
        print("a test of the long tier")
        return SKIPPED
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        print("needs", *missing)
        return SKIPPED
    screenshots = Path(sys.argv[2])
    screenshots.mkdir(parents=True, exist_ok=True)
    make_clip(str(screenshots / "white.mp4"))
    second = "normal+header=Retry-After:1"
    with Screen() as screen, Service(
            sys.argv[1], "--polls", str(POLLS), "--clip", str(screenshots / "white.mp4"),
            "--always-submit", second, "--always-poll", second) as service:
        good = [waits_and_plays("parole", "klingtext:A%20raccoon", screen, service, screenshots),
                waits_and_plays("clapper", "klingtext://A%20raccoon/", screen, service, screenshots),
                plays_or_refuses_libsoup2(screen, service, screenshots)]
    return 0 if all(good) else 1


sys.exit(main())
