#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A thousand generations wait in less than 100 MB: until their time comes nothing is rendered."""
import json
import sys

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

MANY = 1000
MOST = 100_000  # kB


def proc(service, file):
    with open(f"/proc/{service.process.pid}/{file}", encoding="utf-8") as text:
        return text.read()


def main():
    with Rehearsal(sys.argv[1], "--pace", "100") as service:
        prompt = "a very long prompt " * 100
        ids = [json.loads(service.submit(f"{number} {prompt}")[2])["id"] for number in range(MANY)]
        for generation in ids:
            status = json.loads(service.poll(generation)[2])["status"]
            assert status in ("queued", "generating"), status
        peak = next(int(line.split()[1]) for line in proc(service, "status").splitlines()
                    if line.startswith("VmHWM"))
        print(MANY, "waiting:", peak, "kB")
        if not any(name in proc(service, "maps") for name in ("libasan", "libtsan")):
            assert peak < MOST, peak


main()
