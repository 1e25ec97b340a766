#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""/openapi.json is a valid document, and what passes between klingtextsrc and the service keeps to
it: a validator and a validating proxy, both from npm, say so. And it is enough to go by, for a
client from npm that knows nothing else. Skipped without node or registry."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
import documented_client  # noqa: E402
from rehearsal_process import Rehearsal  # noqa: E402

PACKAGES = ("@stoplight/prism-cli@5.12.0", "@apidevtools/swagger-parser@10.1.1",
            "swagger-client@3.37.3")
REQUESTS = (
    ("prompt=rain",),
    ("prompt=a Ж 雨 🌧", "aspect-ratio=9:16", "generate-audio=false"),
    ("prompt=rain", "aspect-ratio=1:1", "negative-prompt=sun", "cfg-scale=0.5", "take=2"),
    ("prompt=rain", "aspect-ratio=16:9", "duration=10", "cfg-scale=1"),
)


def installed(folder):
    """Where the packages are; none when they cannot be had."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(
        ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts",
         "--prefer-offline", "--no-save", *PACKAGES], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr)
        return None
    return folder


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
        self.process = subprocess.Popen(
            ["node", os.path.join(folder, "node_modules/.bin/prism"), "proxy", "--errors",
             "--port", str(port), document, upstream],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.base_url = f"http://127.0.0.1:{port}/v2"
        said = ""
        for line in self.process.stdout:
            said += line
            if "is listening" in line:
                return
        raise AssertionError("the proxy does not start: " + said)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()

    def stop(self):
        """How many calls it has passed on, and what it did not like."""
        self.process.terminate()
        lines = self.process.communicate()[0].splitlines()
        passed = sum("upstream call" in line for line in lines)
        return passed, [line for line in lines if re.search("error|violation|warn", line, re.I)]


def our_client(service, proxy):
    for number, request in enumerate(REQUESTS):
        done = subprocess.run(
            ["gst-launch-1.0", "klingtextsrc", f"base-url={proxy.base_url}", "poll-interval=200",
             f"store-dir={service.path('store')}", *request, "!", "filesink",
             f"location={service.path('film.mp4')}"], env=os.environ | {"AIMLAPI_API_KEY": "any"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout
        assert service.state("counters")["accepted"] == number + 1
    assert service.poll("unknown")[0] == 404  # a refusal has its schema, too


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


def main():
    with Rehearsal(sys.argv[1]) as service:
        folder = installed(os.path.join(sys.argv[2], "npm"))
        if folder is None:
            print("node, or the registry of npm, is not there")
            sys.exit(77)
        document = service.path("openapi.json")
        with open(document, "w", encoding="utf-8") as file:
            json.dump(json.loads(service.request("GET", "/openapi.json")[2]), file)
        validate(folder, document)
        upstream = service.base_url.removesuffix("/v2")
        with Proxy(folder, document, upstream) as proxy:
            our_client(service, proxy)
            passed, complaints = proxy.stop()
        print("our client:", passed, "calls,", len(complaints), "violations")
        assert passed >= 2 * len(REQUESTS) and not complaints, complaints
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
