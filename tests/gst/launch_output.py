#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person at gst-launch-1.0 sees: launch_output.py SCRIPTED-SERVICE"""
import re
import signal
import sys

sys.dont_write_bytecode = True
from scripted import PATIENCE, Service, launch  # noqa: E402


def output_of(process):
    text, _ = process.communicate(timeout=PATIENCE)
    return text, process.returncode


def progress_is_printed(program):
    # Long enough for a busy machine to see each of them.
    statuses = ",".join(["queued"] * 15 + ["generating"] * 15 + ["completed"])
    with Service(program, "--statuses", statuses) as service:
        file = service.path("out.mp4")
        text, code = output_of(launch(*service.source(), "!", "filesink", "location=" + file))
        assert code == 0, text
        lines = re.findall(r"^Progress: \(generate\) (.*)", text, re.MULTILINE)
        assert lines and "raccoon" in lines[0], text
        for word in ("queued", "generating", "completed"):
            assert any(word in line for line in lines), (word, text)
        assert "Got EOS" in text, text
        assert service.counts()["submissions"] == 1


def an_error_is_one_sentence(program):
    with Service(program, "--poll-answers", "error=Policy/No raccoons") as service:
        text, code = output_of(launch(*service.source(), "!", "fakesink"))
        assert code != 0, text
        first = re.search(r"^ERROR: from element \S+: (.*)", text, re.MULTILINE).group(1)
        assert "Policy" in first and "No raccoons" in first, text
        assert service.counts()["submissions"] == 1


def the_end_before_the_first_byte_is_no_hang(program):
    """-e turns Ctrl-C into EOS; into a file that is a clean end."""
    with Service(program, "--poll-answers", "hold") as service:
        process = launch("-e", *service.source(), "!", "filesink", "location=/dev/null")
        service.wait_for(lambda counts: counts["polls"] == 1)
        process.send_signal(signal.SIGINT)
        text, code = output_of(process)
        assert code == 0, text
        assert service.counts()["submissions"] == 1


def the_log_tells_a_run_by_its_steps(program):
    """INFO one line per step, DEBUG decisions, LOG requests; the key on no level."""
    for level, more in ((4, ()), (6, ("DEBUG .*poll 1: ", "LOG .*POST ", "LOG .*GET "))):
        with Service(program, "--statuses", "generating,generating,completed") as service:
            process = launch(*service.source(), "!", "fakesink", GST_DEBUG=f"klingtextsrc:{level}",
                             GST_DEBUG_NO_COLOR="1")
            text, code = output_of(process)
            assert code == 0, text
            for step in ("submitting", "accepted as", "generation .*: generating", "fetching",
                         "generation .*: completed", "clip is whole"):
                said = re.findall(rf"^.* INFO .*{step}", text, re.MULTILINE)
                assert len(said) == 1, (step, said, text)
            for line in more:
                assert re.search(line, text), (line, text)
            assert level > 4 or not re.search(r"^\S+ +\d+ \S+ (DEBUG|LOG) ", text, re.MULTILINE), text
            assert "test-key" not in text, text


for test in (progress_is_printed, an_error_is_one_sentence,
             the_end_before_the_first_byte_is_no_hang, the_log_tells_a_run_by_its_steps):
    test(sys.argv[1])
