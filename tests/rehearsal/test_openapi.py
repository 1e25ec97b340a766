#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""/openapi.json is a valid document, and what passes between klingtextsrc and the service keeps to
it: a validator and a validating proxy, both from npm, say so. And it is enough to go by, for a
client from npm that knows nothing else. Skipped without node or registry."""
import contextlib
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import documented_client  # noqa: E402
from npm import installed  # noqa: E402
from patience import wait_for  # noqa: E402
from rehearsal_process import Rehearsal  # noqa: E402

PACKAGES = ("@stoplight/prism-cli@5.12.0", "@apidevtools/swagger-parser@10.1.1",
            "swagger-client@3.37.3")
# What a request can hold; None leaves it to the default. Each with each other.
VALUES = {
    "prompt": ("rain", "a Ж 雨 🌧", "rain " * 500),
    "aspect-ratio": (None, "16:9", "9:16", "1:1"),
    "duration": (None, "5", "10"),
    "generate-audio": (None, "true", "false"),
    "negative-prompt": (None, "sun"),
    "cfg-scale": (None, "0", "0.5", "1"),
}
AT_ONCE = 72


def validate(folder, document):
    script = ("require('@apidevtools/swagger-parser').validate(process.argv[1])"
              ".then(d => console.log('valid:', d.info.title, d.openapi))"
              ".catch(e => { console.error(e.message); process.exit(1); })")
    subprocess.run(["node", "-e", script, document], cwd=folder, check=True)


class Proxy:
    """Refuses, and says so, what is not in the document."""

    def __init__(self, folder, document, upstream):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # A file, because what nobody reads from a pipe is lost when the proxy ends.
        self.log = tempfile.NamedTemporaryFile("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["node", os.path.join(folder, "node_modules/.bin/prism"), "proxy", "--errors",
             "--port", str(port), document, upstream], stdout=self.log, stderr=subprocess.STDOUT)
        self.base_url = f"http://127.0.0.1:{port}/v2"
        wait_for(lambda: self.process.poll() is not None or "is listening" in self.said())
        assert self.process.poll() is None, "the proxy does not start: " + self.said()

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self):
        """How many calls it has passed on, and what it did not like."""
        self.process.terminate()
        self.process.wait()
        lines = self.said().splitlines()
        passed = sum("upstream call" in line for line in lines)
        return passed, [line for line in lines if re.search("error|violation|warn", line, re.I)]


def sources():
    """klingtextsrc for each request; the take tells apart what asks for the same."""
    for take, chosen in enumerate(itertools.product(*VALUES.values()), 1):
        yield ["klingtextsrc", f"take={take}",
               *(f"{name}={value}" for name, value in zip(VALUES, chosen) if value is not None)]


def our_client(service, proxy):
    """Makes each request and plays what comes of it; then follows a generation by its id, and one
    that there is not: a refusal has its schema, too."""
    common = [f"base-url={proxy.base_url}", "poll-interval=200", f"store-dir={service.path('store')}",
              "!", "fakesink"]

    def play(*line):
        done = subprocess.run(
            ["gst-launch-1.0", *line], env=os.environ | {"AIMLAPI_API_KEY": "any"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=240)
        return "" if done.returncode == 0 else done.stdout

    waiting = sources()
    accepted = 0
    while some := list(itertools.islice(waiting, AT_ONCE)):
        failed = play(*(word for source in some for word in source + common))
        assert not failed, failed
        accepted += len(some)
        assert service.state("counters")["accepted"] == accepted
    generation = service.generate()[0]
    failed = play("klingtextsrc", f"generation-id={generation}", *common)
    assert not failed, failed
    assert "404" in play("klingtextsrc", "generation-id=unknown", *common)
    return accepted


def documented_one(proxy):
    """Only its `duration`, a string where the document of the same people says integer."""
    try:
        documented_client.submit(proxy.base_url)
    except documented_client.requests.HTTPError as error:
        places = {tuple(fault["location"]) for fault in error.response.json()["validation"]}
        assert places == {("body", "duration")}, places
    else:
        raise AssertionError("a string as duration was let through")
    documented_client.REQUEST["duration"] = int(documented_client.REQUEST["duration"])
    answer = documented_client.wait(proxy.base_url, documented_client.submit(proxy.base_url))
    assert answer["status"] == "completed", answer


def client_of_the_document(folder, document, proxy):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client_of_the_document.js")
    done = subprocess.run(["node", script, folder, document, proxy.base_url.removesuffix("/v2")],
                          capture_output=True, text=True, check=False, timeout=120)
    print(done.stdout, done.stderr)
    assert re.fullmatch(r"completed \d{4,} ftyp\n", done.stdout)


@contextlib.contextmanager
def a_clip(program):
    """A folder with one, so that not each of many requests has a slate drawn."""
    with Rehearsal(program) as service, tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "rain.mp4"), "wb") as file:
            file.write(service.clip(service.generate()[1])[2])
        yield folder


def main():
    program, folder = sys.argv[1], installed(os.path.join(sys.argv[2], "npm"), *PACKAGES)
    if folder is None:
        print("node, or the registry of npm, is not there")
        sys.exit(77)
    # Slow enough to be asked before it is done.
    with a_clip(program) as clips, Rehearsal(program, "--clips", clips, "--pace", "0.005") as service:
        document = service.path("openapi.json")
        with open(document, "w", encoding="utf-8") as file:
            json.dump(json.loads(service.request("GET", "/openapi.json")[2]), file)
        validate(folder, document)
        upstream = service.base_url.removesuffix("/v2")
        with Proxy(folder, document, upstream) as proxy:
            requests = our_client(service, proxy)
            passed, complaints = proxy.stop()
        print(f"our client: {requests} requests, {passed} calls, {len(complaints)} violations")
        assert passed > 2 * requests and not complaints, complaints
        with Proxy(folder, document, upstream) as proxy:
            documented_one(proxy)
            passed, complaints = proxy.stop()
        print("the documented client:", passed, "calls; duration, once:", complaints)
        assert passed >= 2 and len(complaints) == 1, complaints
        with Proxy(folder, document, upstream) as proxy:
            client_of_the_document(folder, document, proxy)
            passed, complaints = proxy.stop()
        assert passed >= 2 and not complaints, complaints


main()
