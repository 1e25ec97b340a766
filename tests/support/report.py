#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what a run of `meson test` really did: report.py BUILD-DIR EXIT-CODE-OF-MESON.

GoogleTest cases count one each, other tests one each. Meson's JUnit file has the cases but calls a
test that timed out a success, and a program that crashed after its last case as well; the JSON log
knows better, so both are read. A test that was to run and left no trace has failed.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

TAIL_LINES = 150
OUTCOME = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}


def read_log(path):
    if not path.exists():
        return []
    log = [json.loads(line) for line in path.read_text(errors="replace").splitlines() if line]
    for entry in log:
        entry["name"] = entry["name"].split(" / ")[-1]  # project:suite / name
    return log


def read_cases(path):
    """Per test of Meson's, the outcome of each of its GoogleTest cases."""
    cases = {}
    if not path.exists():
        return cases
    # A program's output can have characters that no XML may: colours, and what a cut left.
    text = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", "", path.read_text(errors="replace"))
    for suite in ElementTree.fromstring(text).iter("testsuite"):
        # "project.project:suite / test.GoogleTestSuite"; other protocols have but the project.
        _, _, name = suite.get("name").rpartition(" / ")
        test, _, inner_suite = name.partition(".")
        if not inner_suite:
            continue
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                outcome = "failed"
            elif case.find("skipped") is not None or case.get("status") == "notrun":
                outcome = "skipped"
            else:
                outcome = "passed"
            label = f"{test}: {inner_suite}.{case.get('name')}"
            cases.setdefault(test, []).append((label, outcome))
    return cases


def planned_tests(build):
    path = build / "meson-info" / "intro-tests.json"
    return [test["name"] for test in json.loads(path.read_text())] if path.exists() else []


def show(entry):
    print(f"\n===== {entry['name']}: {entry['result']}, exit code {entry.get('returncode')} =====")
    for stream in ("stdout", "stderr"):
        lines = entry.get(stream, "").splitlines()
        if len(lines) > TAIL_LINES:
            print(f"... {len(lines) - TAIL_LINES} lines before, see meson-logs/testlog.txt")
        print("\n".join(lines[-TAIL_LINES:]))


def main():
    build, meson_exit = Path(sys.argv[1]), int(sys.argv[2])
    log = read_log(build / "meson-logs" / "testlog.json")
    cases = read_cases(build / "meson-logs" / "testlog.junit.xml")
    results = []
    for entry in log:
        own = OUTCOME.get(entry["result"], "failed")
        inner = cases.get(entry["name"], [])
        if not inner or (own == "failed" and all(result != "failed" for _, result in inner)):
            inner = inner + [(f"{entry['name']} ({entry['result']})", own)]
        results += inner
        if own == "failed":
            show(entry)
    seen = Counter(entry["name"] for entry in log)
    results += [(f"{name} (did not run)", "failed") for name in planned_tests(build) if not seen[name]]
    counts = Counter(outcome for _, outcome in results)
    if counts["failed"] == 0 and (meson_exit != 0 or counts["passed"] == 0):
        results.append((f"the run itself (exit code {meson_exit})", "failed"))
        counts["failed"] = 1
    for wanted in ("skipped", "failed"):
        for label, outcome in results:
            if outcome == wanted:
                print(f"{wanted}: {label}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


sys.stdout.reconfigure(errors="replace")
sys.exit(main())
