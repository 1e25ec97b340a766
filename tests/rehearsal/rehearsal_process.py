# SPDX-License-Identifier: LGPL-2.1-or-later
"""klingtext-rehearsal as a process, and plain requests to it."""
import http.client
import json
import os
import resource
import subprocess
import tempfile
import time
import urllib.parse

PATIENCE = 60  # seconds; nothing waits that long but a broken test
MODEL = "klingai/video-v2-6-pro-text-to-video"


class Rehearsal:
    """A running service, and a folder for whatever the test writes. It goes with the `with`."""

    def __init__(self, program, *options, descriptors=None):
        self.folder = tempfile.TemporaryDirectory(prefix="klingtext-")
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
                 ) if descriptors else None
        # Under AddressSanitizer, what the font libraries keep to the end would count as an error.
        self.process = subprocess.Popen(
            [program, "--pace", "0", *options], stdout=subprocess.PIPE, text=True, preexec_fn=limit,
            env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0:quarantine_size_mb=4"})
        self.base_url = self.process.stdout.readline().removeprefix("listening on ").strip()
        self.port = urllib.parse.urlsplit(self.base_url).port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.folder.cleanup()
        assert code == 0, code

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def request(self, method, target, body=None, timeout=PATIENCE, **headers):
        """Status, headers, body. Whatever http.client raises is the caller's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body, {
                "Authorization": "Bearer any", "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()}})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def submit(self, prompt="rain", timeout=PATIENCE, more=None, **headers):
        body = json.dumps({"model": MODEL, "prompt": prompt, **(more or {})})
        return self.request("POST", "/v2/video/generations", body, timeout, **headers)

    def poll(self, generation, timeout=PATIENCE, **headers):
        query = urllib.parse.urlencode({"generation_id": generation})
        return self.request("GET", "/v2/video/generations?" + query, None, timeout, **headers)

    def generate(self, prompt="rain", **more):
        """Id and clip URL of a generation that is done."""
        status, _, body = self.submit(prompt, more=more)
        assert status == 200, body
        generation = json.loads(body)["id"]
        while True:
            answer = json.loads(self.poll(generation)[2])
            if answer["status"] == "completed":
                return generation, answer["video"]["url"]
            assert answer["status"] in ("queued", "generating"), answer
            time.sleep(0.05)

    def clip(self, url, method="GET", timeout=PATIENCE, **headers):
        parts = urllib.parse.urlsplit(url)
        return self.request(method, f"{parts.path}?{parts.query}", None, timeout, **headers)

    def arm(self, fault):
        status, _, body = self.request("POST", "/rehearsal/faults", json.dumps({"fault": fault}))
        assert status == 201, body
        return json.loads(body)

    def state(self, name):
        """What /rehearsal/NAME says."""
        status, _, body = self.request("GET", "/rehearsal/" + name)
        assert status == 200, body
        return json.loads(body)
