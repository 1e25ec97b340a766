#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first and the last picture of every shot, with clips whose tracks or declarations differ."""
import subprocess
import sys
from itertools import groupby

sys.dont_write_bytecode = True
from studio import ScriptedTest, board, main  # noqa: E402

LEVELS = {"white": 235, "red": 82, "blue": 41, "black": 16}  # of luma


class Seams(ScriptedTest):
    def make_clip(self, name, pattern, frames, late=0, sound=235, mux="faststart=true",
                  bframes=0):
        """Solid pictures at 24 per second that begin `late` ms after the sound of 5.01 s."""
        file = self.home / f"{name}.mp4"
        subprocess.run(["gst-launch-1.0", "-q", "videotestsrc", f"pattern={pattern}",
                        f"num-buffers={frames}", "!", "video/x-raw,width=240,height=240,framerate=24/1",
                        "!", "x264enc", "speed-preset=ultrafast", "key-int-max=24", f"bframes={bframes}", "!",
                        "h264parse", "!", "identity", f"ts-offset={late * 1000000}", "!", "mp4mux",
                        "name=m", *mux.split(), "!", "filesink", f"location={file}", "audiotestsrc",
                        f"num-buffers={sound}", "samplesperbuffer=1024", "!",
                        "audio/x-raw,rate=48000,channels=2", "!", "avenc_aac", "!", "m."], check=True)
        return file

    def film_of(self, shots):
        """A film of these (clip, further lines); each clip is its service's answer to one shot."""
        prompts = [(f"Shot {number}", *lines) for number, (_, lines) in enumerate(shots, 1)]
        file = self.write(board(prompts, defaults="", film='size = "240x240"'))
        for number, (clip, _) in enumerate(shots, 1):
            self.clip = clip
            service = self.service("--always-submit", "normal" + self.SOON, "--always-poll",
                                   "generation=completed", port=getattr(self, "port", 0))
            self.port = service.port
            self.run_it(file, "--shot", number)
            service.stop()
        self.run_it(file, "--film", "-o", self.film, "--json")

    def colours(self):
        """(colour, frames) in the order of the film; other levels, as of a dissolve, are None."""
        def colour(frame):
            return min(LEVELS, key=lambda name: abs(LEVELS[name] - frame["brightness"]))
        return [(name, len(list(frames))) for name, frames in groupby(self.seen()["frames"], key=colour)]

    def test_video_shorter_than_sound_holds_its_last_picture(self):
        short, next_one = self.make_clip("short", "white", 90), self.make_clip("next", "red", 120)
        nearly = self.make_clip("nearly", "blue", 118)
        self.film_of([(short, ()), (next_one, ("out = 2",)), (nearly, ()), (short, ("in = 1", "out = 5")),
                      (next_one, ("out = 1",)), (short, ("in = 4",))])
        self.assertEqual(self.colours(), [("white", 120), ("red", 48), ("blue", 120), ("white", 96),
                                          ("red", 24), ("white", 24)])

    def test_timestamps_that_an_edit_list_moves(self):
        # Pictures that are decoded out of order begin at a later timestamp, which an edit list undoes.
        short, whole = (self.make_clip(name, pattern, count, bframes=2)
                        for name, pattern, count in (("short", "white", 90), ("whole", "red", 120)))
        self.film_of([(whole, ("out = 1",)), (short, ()), (whole, ("in = 1", "out = 2")),
                      (short, ("in = 4",)), (whole, ("in = 4",))])
        self.assertEqual(self.colours(), [("red", 24), ("white", 120), ("red", 24), ("white", 24), ("red", 24)])

    def test_late_video_begins_with_its_first_picture(self):
        late = self.make_clip("late", "white", 60, late=500)
        little = self.make_clip("little", "white", 117, late=60)
        other = self.make_clip("other", "blue", 120)
        self.film_of([(late, ()), (other, ("out = 1",)), (little, ()), (other, ("out = 1",)),
                      (late, ("in = 0.25", "out = 4"))])
        self.assertEqual(self.colours(),
                         [("white", 120), ("blue", 24), ("white", 120), ("blue", 24), ("white", 90)])

    def test_dissolve_between_held_pictures_has_no_black(self):
        short = self.make_clip("short", "white", 90)
        late = self.make_clip("late", "white", 60, late=500)
        self.film_of([(short, ()), (late, ('transition = "dissolve"', "dissolve = 0.5"))])
        self.assertEqual(self.colours(), [("white", 120 + 120 - 12)])

    def test_fragmented_clip_keeps_its_last_fragment(self):
        other = self.make_clip("other", "blue", 120)
        for index in ("kept", "dropped"):
            # As recorders write it: no duration of all fragments, with and without an index of them.
            clip = self.make_clip("whole", "white", 122, sound=239, mux="fragment-duration=1000 streamable=true")
            data = clip.read_bytes().replace(b"mehd", b"free")
            clip.write_bytes(data if index == "kept" else data.replace(b"mfra", b"free"))
            with self.subTest(index=index):
                self.store = self.home / index
                self.film_of([(clip, ()), (other, ("out = 1",)), (clip, ("in = 4.5", "out = 5"))])
                self.assertEqual(self.colours(), [("white", 122), ("blue", 24), ("white", 12)])


main()
