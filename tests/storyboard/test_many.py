#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Very many shots, no more at the same time than allowed: memory and descriptors stay flat."""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from studio import LONG, SCRIPTED, Service, StudioTest, board, main  # noqa: E402

SHOTS, AT_ONCE = (500, 20) if LONG else (60, 6)
SLACK = 40_000  # kB that may come and go


class Many(StudioTest):
    def resources(self, process):
        """Resident kB and descriptors."""
        folder = Path(f"/proc/{process.pid}")
        try:
            status = (folder / "status").read_text()
            resident = int(status.split("VmRSS:")[1].split()[0])
            return resident, len(os.listdir(folder / "fd"))
        except (OSError, IndexError):
            return None

    def test_flat(self):
        clip = self.home / "clip.mp4"
        subprocess.run(["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=24", "!",
                        "video/x-raw,width=64,height=64,framerate=24/1", "!", "x264enc", "!", "mp4mux",
                        "!", "filesink", f"location={clip}"], check=True)
        file = self.write(board([f"Raccoon {number}" for number in range(SHOTS)], defaults="out = 0.25",
                                film='size = "64x64"'))
        soon = "+header=Retry-After:0"
        events = []
        with Service(SCRIPTED, "--clip", clip, "--always-submit", "normal" + soon, "--always-poll",
                     "normal" + soon) as service:
            self.url = service.url
            process = self.begin(file, "-o", self.film, "--json", "--max-concurrent", AT_ONCE)
            under_way, most, samples = set(), 0, {"shots": [], "film": []}
            for line in process.stdout:
                event = json.loads(line)
                events.append(event)
                if event["event"] == "shot":
                    ended = event["status"] in ("done", "failed")
                    (under_way.discard if ended else under_way.add)(event["shot"])
                    most = max(most, len(under_way))
                if event["event"] in ("shot", "rendering"):
                    sample = self.resources(process)
                    if sample:
                        samples["shots" if event["event"] == "shot" else "film"].append(sample)
            process.wait()
            process.stdout.close()
            errors = process.stderr.read()
            process.stderr.close()
        end = events[-1]
        self.assertEqual((process.returncode, end["done"], end["submissions"]), (0, SHOTS, SHOTS), errors)
        self.assertLessEqual(most, AT_ONCE)
        self.assertEqual(most, AT_ONCE, "as many as allowed")
        self.assertEqual(len(self.seen()["frames"]), SHOTS * 6)
        quarter = len(samples["shots"]) // 4
        early, late = samples["shots"][:2 * quarter], samples["shots"][3 * quarter:]
        for what, (index, slack) in {"kB": (0, SLACK), "descriptors": (1, 10)}.items():
            before = max(sample[index] for sample in early)
            after = max(sample[index] for sample in late)
            cutting = max(sample[index] for sample in samples["film"])
            print(f"{SHOTS} shots, {AT_ONCE} at once: {before} {what} in the first half, {after} in the "
                  f"last quarter, {cutting} while the film is made")
            self.assertLessEqual(after, before + slack, what)


main()
