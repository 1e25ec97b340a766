#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of the API's documentation, against klingtext-rehearsal: the same calls of the same
library with the same members. Only base URL, key and pause differ."""

import os
import subprocess
import sys
import time

try:
    import requests
except ImportError:
    print("python3-requests is not installed")
    sys.exit(77)

KEY = "any key will do"
PAUSE = 0.1
REQUEST = {
    "model": "klingai/video-v2-6-pro-text-to-video",
    "prompt": "A cheerful white raccoon running through a sequoia forest",
    "aspect_ratio": "16:9",
    "duration": "5",
}


def submit(base_url):
    reply = requests.post(f"{base_url}/video/generations", json=REQUEST,
                          headers={"Authorization": f"Bearer {KEY}"})
    reply.raise_for_status()
    return reply.json()["id"]


def wait(base_url, generation_id):
    while True:
        reply = requests.get(f"{base_url}/video/generations",
                             params={"generation_id": generation_id},
                             headers={"Authorization": f"Bearer {KEY}",
                                      "Content-Type": "application/json"})
        answer = reply.json()
        print(answer["status"])
        if answer["status"] not in ("waiting", "active", "queued", "generating"):
            return answer
        time.sleep(PAUSE)


def main():
    # Under AddressSanitizer, what the font libraries keep to the end would count as an error.
    service = subprocess.Popen([sys.argv[1], "--pace", "0"], stdout=subprocess.PIPE, text=True,
                               env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
    try:
        base_url = service.stdout.readline().removeprefix("listening on ").strip()
        answer = wait(base_url, submit(base_url))
        assert answer["status"] == "completed", answer
        clip = requests.get(answer["video"]["url"]).content
        assert clip[4:8] == b"ftyp", clip[:16]
        print(len(clip), "bytes")
    finally:
        service.terminate()
    assert service.wait() == 0


if __name__ == "__main__":
    main()
