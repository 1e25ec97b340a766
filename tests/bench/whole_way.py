#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a generation's completion at the service to the first decoded frame: klingtextsrc, which does
not know the service yet, and the documented Python client, which asks every 15 s, with gst-launch-1.0
after it. All generations at once, with the times of a lognormal distribution:
whole_way.py [--generations N] [--median SECONDS]"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
from film import first_frame, make_clips  # noqa: E402
from web import Nginx, Service, skip_without  # noqa: E402

try:
    import requests
except ImportError:
    print("not installed: python3-requests")
    sys.exit(77)

SIGMA = 0.35
DOCUMENTED_PAUSE = 15  # seconds
PATIENCE = 1200


def ours(service, folder, prompt):
    source = service.source(f"{folder}/store", 1, f'prompt="{prompt}"', "poll-interval=0")
    return first_frame(" ".join(source) + " ! decodebin", PATIENCE)


def documented(service, folder, prompt):
    url, key = f"{service.base_url}/video/generations", {"Authorization": "Bearer bench"}
    generation = requests.post(url, json={"prompt": prompt}, headers=key).json()["id"]
    while True:
        answer = requests.get(url, params={"generation_id": generation}, headers=key).json()
        if answer["status"] == "completed":
            break
        time.sleep(DOCUMENTED_PAUSE)
    file = f"{folder}/{prompt}.mp4"
    with open(file, "wb") as clip:
        clip.write(requests.get(answer["video"]["url"]).content)
    subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={file}", "!", "decodebin", "!",
                    "fakesink", "num-buffers=1"], check=True)
    return time.monotonic()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--generations", type=int, default=48)
    arguments.add_argument("--median", type=float, default=152, help="seconds")
    arguments = arguments.parse_args()
    skip_without("nginx")
    count = arguments.generations
    spread = statistics.NormalDist(math.log(arguments.median), SIGMA)
    seconds = [math.exp(spread.inv_cdf((number + 0.5) / count)) for number in range(count)]
    service = Service(takes=lambda prompt: seconds[int(prompt.rpartition(" ")[2])])
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        make_clips(clips, 5)
        with Nginx(folder, clips) as nginx, ThreadPoolExecutor(2 * count) as pool:
            service.clip_url = f"{nginx.root}/fast/start.mp4"
            ways = {"klingtextsrc": ours, "documented client, gst-launch-1.0": documented}
            running = {way: {(prompt := f"{way[0]} {number}"): pool.submit(run, service, folder, prompt)
                             for number in range(count)} for way, run in ways.items()}
            print("way\tmedian s\tmean s\tlongest s\ttimes as long")
            first = None
            for way, shown in running.items():
                late = [future.result() - service.ready[prompt] for prompt, future in shown.items()]
                median = statistics.median(late)
                first = first or median
                print(f"{way}\t{median:.2f}\t{statistics.mean(late):.2f}\t{max(late):.2f}\t"
                      f"{median / first:.1f}", flush=True)


main()
