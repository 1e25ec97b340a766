#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page at / in a real browser: test_page.py PROGRAM [FOLDER for screenshots]

Submits, watches it complete, plays the clip, arms a failure and sees it happen; by mouse and by keyboard."""
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from browser import CONTROL, ENTER, ESCAPE, Browser, find_programs  # noqa: E402

PROGRAM = sys.argv[1]
PICTURES = Path(sys.argv[2]) if len(sys.argv) > 2 else None
HOSTILE = """<img src=x onerror="document.title='owned'"></textarea><script>alert(1)</script> "it's" $(id) `id` \\n"""
CARD = "document.querySelector(`.card[data-id='${a[0]}']`)"


class Service:
    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "--port", "0", *options], stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
        self.base = self.process.stdout.readline().split()[-1]
        self.origin = self.base.removesuffix("/v2")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def call(self, method, path, body=None, headers=None):
        """Status, headers and text."""
        request = urllib.request.Request(self.origin + path, body and json.dumps(body).encode(),
                                         headers or {}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request) as reply:
                return reply.status, reply.headers, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def submit(self, prompt):
        """As any other client would; the id."""
        status, _, text = self.call(
            "POST", "/v2/video/generations",
            {"model": "klingai/video-v2-6-pro-text-to-video", "prompt": prompt},
            {"Authorization": "Bearer any", "Content-Type": "application/json"})
        assert status == 200, text
        return json.loads(text)["id"]


def newest_card(browser, count):
    """The id of the newest of `count` generations, once there are so many."""
    return browser.wait_for("document.querySelectorAll('.card').length === a[0]"
                            " && document.querySelector('.card').dataset.id", count)


def status_becomes(browser, generation, status):
    browser.wait_for(f"{CARD}?.dataset.status === a[1]", generation, status)


def plays(browser, generation):
    browser.wait_for(f"{CARD}?.querySelector('video').currentTime > 0.2", generation)
    before = browser.run(f"const a = arguments; return {CARD}.querySelector('video').currentTime", generation)
    browser.wait_for(f"{CARD}.querySelector('video').currentTime > a[1] + 0.5", generation, before)
    size = browser.run(f"const a = arguments; const v = {CARD}.querySelector('video');"
                       "return [v.videoWidth, v.videoHeight]", generation)
    assert size == [1920, 1080], size


def check_submit_watch_play(browser):
    browser.type("#prompt", HOSTILE)
    browser.click("#compose [type=submit]")
    generation = newest_card(browser, 1)
    shown = browser.run(f"const a = arguments; return {CARD}.querySelector('.prompt').textContent", generation)
    assert shown == HOSTILE, shown
    status_becomes(browser, generation, "completed")
    assert browser.run("return document.querySelectorAll('.card img, .card script').length") == 0
    assert browser.run("return document.title") == "Rehearsal"
    browser.run(f"const a = arguments; {CARD}.querySelector('video').focus()", generation)
    browser.press("p")
    plays(browser, generation)
    if PICTURES:
        browser.run("document.querySelector('.generations').scrollIntoView()")
        browser.screenshot(PICTURES / "page-playing.png")
    return generation


def check_lines(browser, service, generation):
    """What the page offers to copy does what it says, in a real shell."""
    def line(kind):
        return browser.run(f"const a = arguments; return {CARD}.querySelector(a[1]).textContent",
                           generation, kind)

    def shell(command):
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    polled = shell(line(".poll").replace("curl", "curl -s --noproxy '*'", 1))
    assert polled["id"] == generation and polled["status"] == "completed", polled
    again = shell(line(".again").replace("curl", "curl -s --noproxy '*'", 1))
    assert again["status"] == "queued" and again["id"] != generation, again
    prompt = browser.wait_for(f"{CARD}?.querySelector('.prompt').textContent", again["id"])
    assert prompt == HOSTILE, prompt
    assert re.search(r"generation-id='[\w:/.-]+' ! decodebin3", line(".gst")), line(".gst")
    assert service.origin + "/v2/clips/" in line(".save"), line(".save")
    status_becomes(browser, again["id"], "completed")
    launch(line(".gst").replace("autovideosink", "fakesink"))


def launch(line):
    """gst-launch with the element, into a store of its own."""
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(["sh", "-c", line], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"XDG_DATA_HOME": home})


def check_lines_of_form(browser):
    """The line for gst-launch brings the prompt through shell and parser unharmed."""
    browser.run("document.querySelector('.compose details').open = true")
    gst, curl = browser.run("return [document.querySelector('#line-gst').textContent,"
                            " document.querySelector('#line-curl').textContent]")
    uri = re.search(r"uri='klingtext:([^?']*)\?([^']*)'", gst)
    assert urllib.parse.unquote(uri[1]) == HOSTILE and "duration=5" in uri[2], gst
    assert "-d '{" in curl, curl
    count = browser.run("return document.querySelectorAll('.card').length")
    launch(gst + " video-sink=fakesink audio-sink=fakesink")
    generation = newest_card(browser, count + 1)
    prompt = browser.run(f"const a = arguments; return {CARD}.querySelector('.prompt').textContent", generation)
    assert prompt == HOSTILE, prompt


def check_live(browser, service):
    """Another client's generation appears, and completes, without a reload."""
    generation = service.submit("شخص آخر")
    status_becomes(browser, generation, "completed")
    direction = browser.run(f"const a = arguments; return getComputedStyle({CARD}.querySelector('.prompt')).direction",
                            generation)
    assert direction == "rtl", direction


def check_failure(browser):
    """Armed by a button, seen to happen, gone from the list."""
    count = browser.run("return document.querySelectorAll('.card').length")
    browser.run("document.querySelector('#fault-list').open = true")  # folded on a small screen
    browser.click(".fault-buttons [data-fault='error']")
    browser.wait_for("document.querySelector('#armed li')?.innerText.includes('error')")
    assert "at the next poll" in browser.run("return document.querySelector('#armed li').innerText")
    browser.run("document.querySelector('#prompt').value = ''")
    browser.type("#prompt", "This one fails")
    browser.click("#compose [type=submit]")
    generation = newest_card(browser, count + 1)
    return generation


def check_refused(browser):
    """A failure typed with options; the page says what the service said."""
    browser.press(ESCAPE)
    browser.run("document.activeElement.blur()")
    browser.press("f")
    browser.type("#fault", "503,retry-after=2")
    browser.press(ENTER)
    browser.wait_for("document.querySelector('#armed li')?.innerText.includes('503')")
    count = browser.run("return document.querySelectorAll('.card').length")
    browser.press(ESCAPE)
    browser.press("n")
    browser.press(CONTROL, ENTER)
    browser.wait_for("document.querySelector('#refusal').textContent.startsWith('Not accepted')")
    browser.wait_for("document.querySelector('#log').innerText.includes('503')")
    browser.wait_for("!document.querySelector('#armed li')")
    assert browser.run("return document.querySelectorAll('.card').length") == count
    browser.press(CONTROL, ENTER)
    newest_card(browser, count + 1)
    browser.wait_for("document.querySelector('#refusal').textContent === ''")


def check_disarm(browser):
    for fault in ("hang,after=1000", "latency,delay=5,after=1000"):
        browser.run("document.querySelector('#fault').value = ''")
        browser.type("#fault", fault)
        browser.click("#arm button")
    browser.wait_for("document.querySelectorAll('#armed li').length === 2")
    browser.click("#armed li button")
    browser.wait_for("document.querySelectorAll('#armed li').length === 1")
    browser.type("#fault", "no-such-failure")
    browser.click("#arm button")
    browser.wait_for("document.querySelector('#fault-refusal').textContent.includes('no-such-failure')")
    browser.run("document.querySelector('#fault').value = ''")
    browser.click("#armed li button")
    browser.wait_for("!document.querySelector('#armed li')")


def check_keyboard(browser):
    """j and k go through the generations; Escape leaves a field, so that the keys work again."""
    browser.press(ESCAPE)
    browser.press("j")
    first = browser.run("return document.activeElement.dataset.id")
    browser.press("j")
    second = browser.run("return document.activeElement.dataset.id")
    browser.press("k")
    assert first and second and first != second
    assert browser.run("return document.activeElement.dataset.id") == first


def check_sizes(browser):
    """Fits a phone and a wide screen, light and dark."""
    grounds = set()
    for scheme in ("light", "dark"):
        for name, width, height in (("wide", 1440, 1000), ("phone", 390, 844)):
            browser.look_like(width, height, scheme)
            fits = browser.run("return document.documentElement.scrollWidth <= innerWidth")
            assert fits, f"{name} scrolls sideways"
            browser.run("scrollTo(0, 0)")
            if PICTURES:
                browser.screenshot(PICTURES / f"page-{name}-{scheme}.png")
        grounds.add(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2, grounds


def check_long_texts(browser, service):
    """A long prompt and a long line end with an ellipsis below a whole line; the focus shows the rest."""
    generation = service.submit("A raccoon that walks on and on. " * 70)
    browser.wait_for(f"{CARD}?.querySelector('.prompt').tabIndex === 0", generation)
    browser.run(f"const a = arguments; {CARD}.querySelector('details').open = true", generation)
    for selector in (".prompt", ".again"):
        browser.wait_for(f"{CARD}.querySelector(a[1]).tabIndex === 0", generation, selector)
        lines = browser.run(f"""const a = arguments, node = {CARD}.querySelector(a[1]);
            return node.clientHeight / parseFloat(getComputedStyle(node).lineHeight)""", generation, selector)
        assert abs(lines - 5) < 0.05, (selector, lines)
        shown = browser.run(f"""const a = arguments, node = {CARD}.querySelector(a[1]); node.focus();
            node.scrollTop = 1e6; return [getComputedStyle(node).overflowY, node.scrollTop,
            node.scrollHeight - node.clientHeight]""", generation, selector)
        assert shown[0] == "auto" and abs(shown[1] - shown[2]) < 2, shown
        browser.run("document.activeElement.blur()")
        top = browser.run(f"const a = arguments; return {CARD}.querySelector(a[1]).scrollTop", generation, selector)
        assert top == 0, top
    short = service.submit("Short")
    browser.wait_for(f"{CARD}", short)
    assert not browser.run(f"const a = arguments; return {CARD}.querySelector('.prompt').hasAttribute('tabindex')", short)


def check_copied_when_folded(browser):
    """The key copies a line of a folded list, and the page says so; every line has a label."""
    browser.press(ESCAPE)
    browser.run("document.querySelectorAll('.card details').forEach((list) => { list.open = false })")
    browser.press("j")
    browser.press("c")
    browser.wait_for("/^(Copied|Selected): Play it/.test(document.querySelector('#copied').innerText)")
    browser.wait_for("document.querySelector('#copied').textContent === ''")
    labels = browser.run("return [...document.querySelectorAll('.card:first-child .line')]"
                         ".map((line) => line.querySelector('.label').textContent)")
    assert len(set(labels)) == 4, labels
    names = browser.run("return [...document.querySelectorAll('#compose label')].map((one) => one.innerText)")
    assert any(name.startswith("Negative prompt") for name in names), names


def check_waiting(programs):
    """A generation under way says how long it takes yet; on a phone failures come before generations."""
    with Service("--pace", "1") as service, Browser(programs) as browser:
        browser.open(service.origin + "/")
        generation = service.submit("A raccoon")
        browser.wait_for(fr"/^\d+ s, about 1[0-9][0-9] s left, since/.test({CARD}?.querySelector('.when').textContent)",
                         generation)
        for width, order in ((390, ["compose", "failures", "generations", "requests"]), (1440, None)):
            browser.look_like(width, 844, "light")
            tops = browser.run("return Object.fromEntries([...document.querySelectorAll('main > section')]"
                               ".map((one) => [one.className, one.getBoundingClientRect().top]))")
            if order:
                assert sorted(tops, key=tops.get) == order, tops
            else:
                assert tops["compose"] == tops["failures"] < tops["generations"], tops


def check_lost(browser, service):
    service.process.terminate()
    service.process.wait()
    browser.wait_for("document.querySelector('#connection').classList.contains('lost')")


def check_policy(service):
    status, headers, text = service.call("GET", "/")
    policy = headers["Content-Security-Policy"]
    assert status == 200 and "default-src 'none'" in policy and "unsafe" not in policy, policy
    assert policy.endswith("media-src 'self' http://127.0.0.1:*"), policy
    assert "frame-ancestors 'none'" in policy and headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
    assert "@TOKEN@" not in text and not re.search(r"\son\w+=|<script>|style=", text)
    assert service.call("POST", "/")[0] == 405
    assert service.call("GET", "/page/index.html")[0] == 404
    assert service.call("GET", "/", headers={"Host": "evil.example"})[0] == 403
    status, _, text = service.call("POST", "/rehearsal/faults", {"fault": "hang"},
                                   {"Content-Type": "application/json", "Origin": "http://evil.example"})
    assert status in (401, 403), (status, text)


def check_kept(folder):
    """What an earlier program accepted is on the page of the next, as it ended."""
    with Service("--pace", "0", "--state", folder) as service:
        ids = [service.submit(f"Scene {number}") for number in range(3)]
        arm = service.call("POST", "/rehearsal/faults", {"fault": "error"}, {"Authorization": "Bearer any"})
        assert arm[0] == 201, arm
        service.call("GET", "/v2/video/generations?generation_id=" + urllib.parse.quote(ids[1], safe=""),
                     headers={"Authorization": "Bearer any"})
    with Service("--pace", "0", "--state", folder) as service:
        def listed(query=""):
            return json.loads(service.call("GET", "/rehearsal/generations" + query)[2])["generations"]
        assert [one["id"] for one in listed()] == ids
        assert listed()[1]["status"] == "error" and listed()[1]["error"], listed()[1]
        assert [one["id"] for one in listed("?last=1")] == ids[2:]
        assert len(listed("?last=x")) == 3


def main():
    programs = find_programs()
    if not programs:
        print("chromium and chromium-driver are not installed")
        return 77
    with Service("--pace", "0.005", "--api-key", "a-key-the-page-need-not-know") as service:
        check_policy(service)
    with tempfile.TemporaryDirectory() as folder:
        check_kept(folder)
    with Service("--pace", "0.005") as service, Browser(programs) as browser:
        browser.open(service.origin + "/")
        generation = check_submit_watch_play(browser)
        check_lines_of_form(browser)
        check_lines(browser, service, generation)
        check_live(browser, service)
        failed = check_failure(browser)
        service.call("GET", "/v2/video/generations?generation_id=" + urllib.parse.quote(failed, safe=""),
                     headers={"Authorization": "Bearer any"})
        status_becomes(browser, failed, "error")
        check_refused(browser)
        check_disarm(browser)
        check_keyboard(browser)
        check_long_texts(browser, service)
        check_copied_when_folded(browser)
        check_sizes(browser)
        complaints = [line for line in browser.complaints() if "503" not in line and "400" not in line]
        assert not complaints, complaints
        check_lost(browser, service)
    check_waiting(programs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
