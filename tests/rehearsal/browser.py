# SPDX-License-Identifier: LGPL-2.1-or-later
"""A headless Chromium, driven by WebDriver over plain HTTP."""
import base64
import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CONTROL, ENTER, ESCAPE = "\ue009", "\ue007", "\ue00c"
PATIENCE = 120  # seconds; only a test that fails waits that long


def find_programs():
    """Paths of driver and browser, or None when they are not installed."""
    driver = shutil.which("chromedriver")
    browser = shutil.which("chromium")
    return (driver, browser) if driver and browser else None


class Browser:
    def __init__(self, programs):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.driver = subprocess.Popen([programs[0], "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            started = re.search(r"started successfully on port (\d+)", line)
            if started:
                break
        self.url = f"http://127.0.0.1:{started.group(1)}/session"
        session = self._call("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": programs[1], "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--mute-audio",
                f"--user-data-dir={self.profile.name}"]},
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": PATIENCE * 1000},
        }}})
        self.url += "/" + session["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.profile.cleanup()

    def _call(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"},
                                         method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=2 * PATIENCE) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise AssertionError(f"{path}: {value['error']}: {value['message']}") from None

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """What the script gives to the function that is its last argument."""
        return self._call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def wait_for(self, expression, *arguments):
        """Until the expression, in which `a` has the arguments, is truthy; its value."""
        script = """
            const done = arguments[arguments.length - 1];
            const a = [...arguments].slice(0, -1);
            const condition = () => %s;
            (function look() {
              const value = condition();
              if (value) done(value); else setTimeout(look, 30);
            })();""" % expression
        try:
            return self.run_async(script, *arguments)
        except AssertionError as error:
            raise AssertionError(f"never true: {expression}\n{error}\n{self.text()}") from None

    def text(self):
        return self.run("return document.body.innerText")

    def _element(self, selector):
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return "/element/" + found[ELEMENT]

    def click(self, selector):
        self._call("POST", self._element(selector) + "/click")

    def type(self, selector, text):
        self._call("POST", self._element(selector) + "/value", {"text": text})

    def press(self, *keys):
        """The keys together, to whatever has the focus."""
        down = [{"type": "keyDown", "value": key} for key in keys]
        up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": down + up}]})

    def devtools(self, command, **parameters):
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def look_like(self, width, height, scheme):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, file):
        picture = self.devtools("Page.captureScreenshot", format="png")["data"]
        Path(file).write_bytes(base64.b64decode(picture))

    def complaints(self):
        """What the console says since the last call: errors and broken policies."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]
