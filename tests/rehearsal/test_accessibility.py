#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page at / breaks no rule of axe-core (from npm) in a real browser: wide and on a phone, light and dark, with
generations that wait, fail and have long prompts. Skipped without browser, npm or registry.
test_accessibility.py PROGRAM FOLDER"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from browser import Browser, find_programs  # noqa: E402
from npm import installed  # noqa: E402
from test_page import Service, status_becomes  # noqa: E402

PACKAGE = "axe-core@4.10.3"
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "))),
  (error) => done(["axe: " + error]));
"""


def violations(browser, axe):
    browser.run(axe)
    return browser.run_async(RUN)


def main():
    programs = find_programs()
    folder = programs and installed(Path(sys.argv[2]) / "axe", PACKAGE)
    if not folder:
        print("chromium, chromium-driver or axe-core from npm are not to be had")
        return 77
    axe = (Path(folder) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    found = {}
    with Service("--pace", "0.01") as service, Browser(programs) as browser:
        browser.open(service.origin + "/")
        found["empty"] = violations(browser, axe)
        for prompt in ("A raccoon that walks on and on. " * 70, "東京の夜", "Third"):
            generation = service.submit(prompt)
        status_becomes(browser, generation, "completed")
        service.call("POST", "/rehearsal/faults", {"fault": "error,times=0"},
                     {"Authorization": "Bearer any", "Content-Type": "application/json"})
        browser.type("#prompt", "This one fails")
        browser.click("#compose [type=submit]")
        browser.wait_for("document.querySelector('.card')?.dataset.status === 'error'")
        service.submit("Under way")
        for scheme in ("light", "dark"):
            for name, width, height in (("wide", 1440, 1000), ("phone", 390, 844)):
                browser.look_like(width, height, scheme)
                for folded in (True, False):
                    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = arguments[0] })",
                                not folded)
                    found[f"{name}, {scheme}, {'folded' if folded else 'open'}"] = violations(browser, axe)
    for where, broken in found.items():
        print(f"{where}: {len(broken)} violations", *broken, sep="\n  ")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
