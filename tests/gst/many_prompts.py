#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many prompts rehearsed in one pipeline, one after the other and side by side: every picture is that
of its prompt, in the order of the line. The rehearsal's mark (src/rehearsal/shot_mark.h) tells."""
import os
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError):
    print("needs python3-gi")
    sys.exit(77)

COUNT = 20 if os.environ.get("KLINGTEXT_LONG") else 4
WIDTH, HEIGHT, CELLS, COLUMNS = 320, 180, 40, 5
FRAMES = 5 * 24
PATIENCE = 600 * 10**9  # ns, for the slowest machine
GREY = f"video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT}"


def mark(picture, stride, left=0, top=0):
    """Shot and frame of the picture that begins there; None when it has no mark."""
    row = top + HEIGHT - HEIGHT // 60 // 2 - 1
    at = row * stride + left
    levels = [picture[at + (2 * cell + 1) * WIDTH // CELLS // 2] for cell in range(CELLS)]
    middle = (levels[0] + levels[1] + levels[2] + levels[3]) / 4
    bits = "".join("1" if level > middle else "0" for level in levels)
    groups = [int(bits[at:at + 4], 2) for at in range(0, CELLS, 4)]
    sum_of_groups = 0
    for group in groups[1:9]:
        sum_of_groups ^= group
    if groups[0] != 0b1010 or groups[9] != sum_of_groups:
        return None
    return int(bits[4:20], 2), int(bits[20:36], 2)


def source(store, number):
    return (f'klingtextsrc rehearse=true store-dir={store} prompt="Raccoon {number}" ! qtdemux ! h264parse'
            f" ! avdec_h264 max-threads=1 ! videoscale ! videoconvert ! {GREY} ! queue")


def pictures(line):
    """Plays the line, which ends in an appsink `out`; bytes and stride of every picture."""
    pipeline = Gst.parse_launch(line)
    sink = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while (sample := sink.emit("try-pull-sample", PATIENCE)) is not None:
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            yield data, sample.get_caps().get_structure(0).get_int("width")[1]
        error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        assert error is None, error.parse_error()
        assert sink.get_property("eos"), "it did not come to its end"
    finally:
        pipeline.set_state(Gst.State.NULL)


class ManyPrompts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        Gst.init(None)
        cls.folder = tempfile.TemporaryDirectory(prefix="klingtext-many-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.store = Path(cls.folder.name) / "store"

    def shots(self):
        """Of every prompt by itself."""
        found = [mark(*next(pictures(source(self.store, number) + " ! appsink name=out")))[0]
                 for number in range(COUNT)]
        self.assertEqual(len(set(found)), COUNT, "two prompts have the same picture")
        return found

    def submissions(self):
        return len(list((self.store / "rehearsal/generations").iterdir()))

    def test_all_at_once(self):
        one_by_one = "concat name=all ! appsink sync=false name=out "
        for number in range(COUNT):
            one_by_one += f"{source(self.store, number)} ! all.sink_{number} "
        shown = [mark(*picture) for picture in pictures(one_by_one)]
        self.assertEqual(self.submissions(), COUNT)
        shots = self.shots()
        wanted = [(shot, frame) for shot in shots for frame in range(FRAMES)]
        self.assertEqual(shown, wanted)

        places = " ".join(f"sink_{number}::xpos={number % COLUMNS * WIDTH}"
                          f" sink_{number}::ypos={number // COLUMNS * HEIGHT}" for number in range(COUNT))
        side_by_side = (f"compositor name=all {places} ! videoconvert ! video/x-raw,format=GRAY8"
                        " ! appsink sync=false name=out ")
        for number in range(COUNT):
            side_by_side += f"{source(self.store, number)} ! all.sink_{number} "
        frames = 0
        for data, width in pictures(side_by_side):
            stride = (width + 3) // 4 * 4
            seen = [mark(data, stride, number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT)
                    for number in range(COUNT)]
            self.assertEqual([shot for shot, _ in seen], shots, f"frame {frames}")
            self.assertEqual({frame for _, frame in seen}, {frames})
            frames += 1
        self.assertEqual(frames, FRAMES)
        self.assertEqual(self.submissions(), COUNT)


unittest.main(verbosity=2)
