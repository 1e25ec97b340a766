#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the command line makes of the service: workers, limits, links, a second origin, seeds."""
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

PROGRAM = sys.argv[1]


def statuses(service, ids):
    return [json.loads(service.poll(generation)[2])["status"] for generation in ids]


def submit(service, **headers):
    return json.loads(service.submit(**headers)[2])["id"]


def workers():
    with Rehearsal(PROGRAM, "--pace", "100", "--workers", "2") as service:
        ids = [submit(service) for _ in range(4)]
        plans = {g["id"]: g for g in service.state("generations")["generations"]}
        starts = sorted(plans[i]["accepted"] + plans[i]["queued"] for i in ids)
        ends = sorted(plans[i]["accepted"] + plans[i]["total"] for i in ids)
        assert starts[2] >= ends[0] and starts[3] >= ends[1], (starts, ends)
        assert statuses(service, ids)[2:] == ["queued", "queued"]


def rate():
    with Rehearsal(PROGRAM, "--pace", "100", "--rate", "2") as service:
        assert [service.submit()[0] for _ in range(3)] == [200, 200, 429]
        assert service.submit(Authorization="Bearer another")[0] == 200


def concurrency():
    with Rehearsal(PROGRAM, "--concurrency", "1") as service:
        first = submit(service)
        assert service.submit()[0] == 429
        while statuses(service, [first]) != ["completed"]:
            time.sleep(0.05)
        assert service.submit()[0] == 200


def links():
    with Rehearsal(PROGRAM, "--link-life", "2") as service:
        generation, url = service.generate()
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
        assert set(query) == {"Expires", "Signature"}, url
        assert service.clip(url)[0] == 200
        for bad in (url.split("?")[0], url.replace("Expires=", "Expires=9"), url[:-1]):
            assert service.clip(bad)[0] == 403, bad
        while service.clip(url)[0] == 200:
            time.sleep(0.1)
        assert service.clip(url)[0] == 403
        fresh = json.loads(service.poll(generation)[2])["video"]["url"]
        assert fresh != url and service.clip(fresh)[0] == 200
        assert "Signature" not in json.dumps(service.state("log"))


def second_origin():
    with Rehearsal(PROGRAM, "--clip-port", "0") as service:
        _, url = service.generate()
        port = urllib.parse.urlsplit(url).port
        assert port != service.port
        assert service.clip(url)[0] == 404  # not at the API's
        service.port, api = port, service.port
        assert service.clip(url)[0] == 200 and service.submit()[0] == 404
        service.port = api


def pattern(*options):
    with Rehearsal(PROGRAM, "--fail", "404,on=poll,chance=0.5,times=0", *options) as service:
        known = submit(service)
        return [service.poll(known)[0] for _ in range(40)]


def seeds():
    one = pattern()
    assert {200, 404} == set(one) and one == pattern() and one != pattern("--seed", "2"), one


def scenario():
    with Rehearsal(PROGRAM) as service:  # for its folder
        path = service.path("bad day.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[scenario]\nseed=7\n[first]\nfail=503\nafter=1\nretry-after=2\n"
                       "[second]\nfail=lost-answer\n")
        with Rehearsal(PROGRAM, "--scenario", path) as other:
            armed = other.state("faults")["armed"]
            assert [fault["name"] for fault in armed] == ["503", "lost-answer"], armed
        with open(path, "a", encoding="utf-8") as file:
            file.write("[third]\nfail=nonsense\n")
        done = subprocess.run([PROGRAM, "--scenario", path], capture_output=True, text=True,
                              env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}, check=False,
                              timeout=60)
        assert done.returncode == 2 and "[third]" in done.stderr, done


def version_and_help():
    for option, line in (("--version", r"klingtext-rehearsal \d+\.\d+\.\d+\n"),
                         ("-V", r"klingtext-rehearsal \d+\.\d+\.\d+\n"),
                         ("--help", r"Usage:\n  klingtext-rehearsal \[OPTION\.\.\.\] - [\s\S]*")):
        for locale in ("C", "C.UTF-8"):
            done = subprocess.run([PROGRAM, option], capture_output=True, text=True, check=True, timeout=60,
                                  env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0", "LC_ALL": locale})
            assert re.fullmatch(line, done.stdout) and not done.stderr, done


def secrets():
    with Rehearsal(PROGRAM) as service:
        service.submit(Authorization="Bearer the-secret-key")
        service.poll("x", Authorization="Bearer the-secret-key")
        for state in ("log", "counters", "generations", "faults"):
            assert "the-secret-key" not in json.dumps(service.state(state)), state


def strangers():
    with Rehearsal(PROGRAM, "--api-key", "right") as service:
        body = json.dumps({"fault": "503"})
        for headers in ({"Authorization": "Bearer wrong"},
                        {"Authorization": "Bearer right", "Origin": "http://evil.example"},
                        {"Authorization": "Bearer right", "Sec_Fetch_Site": "cross-site"},
                        {"Authorization": "", "X_Rehearsal_Token": "guess"}):
            code, reply, _ = service.request("POST", "/rehearsal/faults", body, **headers)
            assert code in (401, 403), (code, headers)
            assert not any(name.lower().startswith("access-control") for name in reply), reply
        assert service.state("faults")["armed"] == []
        assert service.request("GET", "/rehearsal/log", Host="evil.example")[0] == 403
        code = service.request("POST", "/rehearsal/faults", body, Authorization="Bearer right")[0]
        assert code == 201


def main():
    for test in (workers, rate, concurrency, links, second_origin, seeds, scenario, version_and_help,
                 secrets, strangers):
        test()
        print(test.__name__)


main()
