#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What other editors are given: every frame of the film lies where the edit decision list and the
OpenTimelineIO document say, and their readers, where they can be had, open both."""
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

sys.dont_write_bytecode = True
from studio import BUILD, StudioTest, board, main  # noqa: E402
from npm import installed  # noqa: E402  # studio puts its folder into the path

READERS = ("opentimelineio==0.18.1", "otio-cmx3600-adapter==1.0.0")
TIME = r"(\d\d):(\d\d):(\d\d)[:;](\d\d)"
EVENT = re.compile(rf"(\d{{3}})  (\S+)\s+(V|AA/V)\s+(C|D)\s+(?:(\d{{3}}) )?{TIME} {TIME} {TIME} {TIME}$")


def frames(hours, minutes, seconds, rest, rate=24):
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * rate + int(rest)


def events_of(text):
    """(event, reel, kind, dissolve, source in, source out, record in, record out, file)."""
    found = []
    for line in text.splitlines():
        event = EVENT.match(line)
        if event:
            times = [frames(*event.groups()[at:at + 4]) for at in (5, 9, 13, 17)]
            found.append([int(event[1]), event[2], event[4], int(event[5] or 0), *times, None])
        elif line.startswith("* SOURCE FILE: "):
            found[-1][-1] = line.partition(": ")[2]
    return found


def reader():
    """opentimelineio with the adapter, of a system or installed in the build folder; else None."""
    folder = BUILD / "otio"
    sys.path.append(str(folder))
    for again in (False, True):
        try:
            import opentimelineio
            opentimelineio.adapters.from_name("cmx_3600")
            return opentimelineio
        except Exception:
            if again or subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--retries=0", "--timeout=15",
                                        "--target", folder, *READERS], check=False,
                                       capture_output=True).returncode:
                return None


class EditLists(StudioTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.otio = reader()

    def setUp(self):
        super().setUp()
        if "readers" in self._testMethodName and self.otio is None:
            self.skipTest("opentimelineio cannot be installed here")
        more = {2: ["in = 1", "out = 3", 'transition = "dissolve"', "dissolve = 0.5"],
                5: ["in = 0.5", "out = 1.5"],
                6: ["out = 2", 'transition = "dissolve"', "dissolve = 0.375"],
                7: ["out = 2", 'transition = "dissolve"', "dissolve = 1"],
                9: ["in = 3.5"], 12: ["in = 4"]}
        shots = [(f"Shot {number}", *more.get(number, ["out = 1"])) for number in range(1, 13)]
        file = self.write(board(shots, film='size = "240x240"'))
        self.done = self.run_it(file, "--rehearse", "--two-pop", "none", "-o", self.film, "--json")
        self.pictures = self.seen()["frames"]
        self.marks = {event["clip"]: self.mark_of(event["clip"]) for event in self.done.shots.values()}

    def assert_picture(self, at, clip, frame):
        seen = self.pictures[at]
        self.assertEqual((seen.get("shot"), seen.get("frame")), (self.marks[clip], frame), at)

    def check_edl(self):
        events = events_of(Path(self.done.end["edl"]).read_text(encoding="utf-8"))
        self.assertEqual(len({event[0] for event in events}), 12)
        end = 0
        for _, _, _, dissolve, source, source_end, record, record_end, file in events:
            self.assertEqual((record, source_end - source), (end, record_end - record))
            end = record_end
            for at in range(record + dissolve, record_end):
                self.assert_picture(at, file, source + at - record)
        self.assertEqual(end, len(self.pictures))

    def check_document(self):
        """By the document's own rules: items of a track in a row, transitions between them."""
        document = json.loads(Path(self.done.end["otio"]).read_text(encoding="utf-8"))
        for track in document["tracks"]["children"]:
            at, reach = 0, 0
            for item in track["children"]:
                if item["OTIO_SCHEMA"] == "Transition.1":
                    reach = int(item["out_offset"]["value"])
                    continue
                start = int(item["source_range"]["start_time"]["value"])
                length = int(item["source_range"]["duration"]["value"])
                if track["kind"] == "Video":
                    clip = unquote(urlparse(item["media_reference"]["target_url"]).path)
                    following = track["children"].index(item) + 1
                    stop = length
                    if following < len(track["children"]):
                        after = track["children"][following]
                        stop -= int(after.get("in_offset", {"value": 0})["value"])
                    for offset in range(reach, stop):
                        self.assert_picture(at + offset, clip, start + offset)
                at, reach = at + length, 0
            self.assertEqual(at, len(self.pictures), track["name"])

    def test_every_frame_lies_where_the_lists_say(self):
        self.check_edl()
        self.check_document()

    def test_readers_of_others_open_them(self):
        length = len(self.pictures)
        document = self.otio.adapters.read_from_file(self.done.end["otio"])
        self.assertEqual(document.duration().to_frames(), length)
        self.assertEqual(len(document.find_clips()), 12 + 12)
        listed = self.otio.adapters.read_from_file(self.done.end["edl"], rate=24)
        self.assertEqual(listed.duration().to_frames(), length)


class Timecodes(StudioTest):
    """smpte-timecode, from npm, reads the times of the list as the frames of the film. A film of slates: past a minute
    at 29.97 frames a second, which drops numbers, and at 25, which does not."""
    READ = """
        const Timecode = require('smpte-timecode');
        const [, rate, drop, ...times] = process.argv;
        console.log(JSON.stringify(times.map((time) => new Timecode(time, Number(rate), drop === 'true').frameCount)));
    """

    def test_a_reader_of_others_counts_the_same_frames(self):
        folder = installed(BUILD / "timecode", "smpte-timecode@1.3.6")
        if folder is None:
            self.skipTest("smpte-timecode from npm is not to be had")
        for rate, spelled, drop in (('"30000/1001"', "29.97", "true"), ("25", "25", "false")):
            file = self.write(board([f"Shot {number}" for number in range(1, 9)], defaults="duration = 10",
                                    film=f'size = "128x128"\nrate = {rate}'))
            self.run_it(file, "--rehearse", "--shot", 1)
            done = self.run_it(file, "--rehearse", "--film", "-o", self.film, "--json", status=3)
            times = [re.findall(TIME, line) for line in Path(done.end["edl"]).read_text("utf-8").splitlines()
                     if EVENT.match(line)]
            texts = re.findall(r"\d\d:\d\d:\d\d[:;]\d\d", Path(done.end["edl"]).read_text("utf-8"))
            self.assertEqual(len(texts), 4 * len(times))
            read = subprocess.run(["node", "-e", self.READ, spelled, drop, *texts], cwd=folder, check=True,
                                  capture_output=True, text=True)
            counts = json.loads(read.stdout)
            end = 0
            for at in range(0, len(counts), 4):
                source, source_end, record, record_end = counts[at:at + 4]
                self.assertEqual((record, record_end - record), (end, source_end - source), texts[at:at + 4])
                end = record_end
            self.assertEqual(end, len(self.seen()["frames"]))
            self.assertGreater(end, 60 * float(spelled))


class Missing(StudioTest):
    def test_missing_and_silent_shots(self):
        file = self.write(board(["One", "Two", ("Three", "generate-audio = false")], defaults="out = 1"))
        for shot in (1, 3):
            self.run_it(file, "--rehearse", "--shot", shot)
        done = self.run_it(file, "--rehearse", "--film", "-o", self.film, "--json", status=3)
        events = events_of(Path(done.end["edl"]).read_text(encoding="utf-8"))
        self.assertEqual([event[1] for event in events], ["AX", "BL", "AX"])
        document = json.loads(Path(done.end["otio"]).read_text(encoding="utf-8"))
        kinds = [item.get("media_reference", item)["OTIO_SCHEMA"]
                 for track in document["tracks"]["children"] for item in track["children"]]
        self.assertEqual(kinds, ["ExternalReference.1", "MissingReference.1", "ExternalReference.1",
                                 "ExternalReference.1", "Gap.1", "Gap.1"])


main()
