#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/placeholder.py: frame follows frame, from the placeholder into the clip and to its end."""
import importlib.util
import os
import sys

sys.dont_write_bytecode = True
from example import ROOT, ExampleTest, main  # noqa: E402

FRAME = 10**9 / 24


def watched(prompt):
    """Running times of the frames that are shown, and whether each came from the clip."""
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
    spec = importlib.util.spec_from_file_location("placeholder", ROOT / "examples/placeholder.py")
    placeholder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(placeholder)
    Gst.init(None)
    pipeline = placeholder.build(prompt, real=True, headless=True)
    selector = pipeline.get_by_name("picture")
    clip_door = selector.get_static_pad("sink_1")
    shown = []

    def note(pad, info):
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        time = segment.to_running_time(Gst.Format.TIME, info.get_buffer().pts)
        shown.append((time, selector.get_property("active-pad") == clip_door))
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("shown").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, note)
    failure = placeholder.run(pipeline)
    return failure, shown


class Placeholder(ExampleTest):
    # Some frames of the placeholder come first.
    service_options = (*ExampleTest.at_once, "--always-poll", "normal+header=Retry-After:1",
                       "--statuses", "generating,completed")

    def test_frame_follows_frame(self):
        os.environ.update(self.store.environment())
        failure, shown = watched("A raccoon")
        self.assertIsNone(failure)
        from_clip = [time for time, clip in shown if clip]
        self.assertGreater(len(shown) - len(from_clip), 2, "the placeholder was not shown")
        self.assertGreater(len(from_clip), 30, "the clip was not shown")
        steps = [after[0] - before[0] for before, after in zip(shown, shown[1:])]
        self.assertLess(max(abs(step - FRAME) for step in steps), 2e6, steps)
        self.assertEqual(self.service.submissions, 1)

    def test_runs(self):
        said = self.run_clean("placeholder.py", "--headless", "A raccoon").stdout
        self.assertRegex(said, r"^The clip takes over at \d+\.\d+ s\.\n$")
        self.assertEqual(self.service.submissions, 0)

    def test_says_why_not(self):
        done = self.run_clean("placeholder.py", "--headless", "--real", "x" * 2501, status=1)
        self.assertIn("2500", done.stderr)
        self.assertEqual(self.service.submissions, 0)


main()
