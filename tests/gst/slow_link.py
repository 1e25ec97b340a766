#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch-1.0 and gst-play-1.0 play a clip to its end by themselves over a link that has half its
bitrate, held back a few times: slow_link.py SCRIPTED-SERVICE"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from scripted import Service, launch  # noqa: E402

SECONDS = 10 if os.environ.get("KLINGTEXT_LONG") else 4  # of film
END = 600  # seconds; only a hang takes so long


def make_film(file):
    subprocess.run(["gst-launch-1.0", "-q", "videotestsrc", "pattern=snow",
                    f"num-buffers={24 * SECONDS}", "!",
                    "video/x-raw,format=I420,width=320,height=180,framerate=24/1", "!", "x264enc",
                    "speed-preset=ultrafast", "bitrate=800", "key-int-max=24", "!", "h264parse",
                    "!", "mp4mux", "!", "filesink", f"location={file}"], check=True)
    return os.path.getsize(file)


def cycles(output):
    """How often a program said that it goes on."""
    return len(re.findall(r"^Done buffering|buffering\.\.\. *100%|Buffering: 100%", output,
                          re.MULTILINE | re.IGNORECASE))


def played(name, output, status, end):
    assert status == 0, f"{name} ended with {status}: {output}"
    assert end in output, f"{name}: no end in {output}"
    assert cycles(output) <= (SECONDS + 1) // 2, f"{name}: {cycles(output)} cycles in {output}"


def by_launch(service):
    for name, line in {
            "source": [*service.source(), "!", "decodebin3", "!", "fakesink", "sync=true"],
            "playbin3": ["playbin3", "uri=klingtext:raccoon", "video-sink=fakesink sync=true"]}.items():
        process = launch(*line, XDG_DATA_HOME=service.path(name), AIMLAPI_BASE_URL=service.base_url)
        output, _ = process.communicate(timeout=END)
        played(name, output, process.returncode, "Got EOS")


def by_play(service):
    done = subprocess.run(
        ["gst-play-1.0", "--no-interactive", "--videosink=fakesink sync=true",
         "--audiosink=fakesink", "klingtext:raccoon"], capture_output=True, text=True, timeout=END,
        check=False, env={**os.environ, "AIMLAPI_API_KEY": "test-key",
                          "AIMLAPI_BASE_URL": service.base_url,
                          "XDG_DATA_HOME": service.path("play")})
    played("gst-play-1.0", done.stdout + done.stderr, done.returncode, "Reached end of play list")


def main():
    with tempfile.TemporaryDirectory(prefix="klingtext-") as folder:
        film = os.path.join(folder, "film.mp4")
        rate = make_film(film) // SECONDS // 2
        with Service(sys.argv[1], "--clip", film, "--always-clip", f"throttle={rate}",
                     "--always-submit", "normal+header=Retry-After:0",
                     "--statuses", "completed") as service:
            by_launch(service)
            by_play(service)


main()
