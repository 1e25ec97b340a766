#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch-1.0 -v with everything logged and dumped shows neither the key nor the clip's signed
link: launch_secrets.py SCRIPTED-SERVICE"""
import os
import sys

sys.dont_write_bytecode = True
from scripted import PATIENCE, Service, launch  # noqa: E402

KEY = "Zq7-marked-key-Zq7"
SECRETS = (KEY.encode(), b"scripted-secret")


def texts_in(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            yield path, path.encode()
            with open(path, "rb") as file:
                yield path, file.read()


def run(program, key_from):
    with Service(program, "--api-key", KEY) as service:
        dumps = service.path("dumps")
        os.mkdir(dumps)
        more = []
        if key_from == "file":
            more = ["api-key-file=" + service.path("key")]
            with open(service.path("key"), "w", encoding="utf-8",
                      opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(KEY)
        process = launch("-v", "-m", *service.source(*more), "!", "queue", "!", "fakesink",
                         key=KEY if key_from == "environment" else "", GST_DEBUG="*:9",
                         GST_DEBUG_FILE=service.path("log"), GST_DEBUG_DUMP_DOT_DIR=dumps,
                         G_MESSAGES_DEBUG="all")
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output[-2000:]
        assert service.counts()["submissions"] == 1
        if key_from == "file":
            os.remove(service.path("key"))
        assert os.listdir(dumps) and os.path.getsize(service.path("log")) > 10000
        for where, text in [("gst-launch-1.0", output.encode()), *texts_in(service.folder.name)]:
            for secret in SECRETS:
                at = text.find(secret)
                assert at < 0, f"{where}: {text[max(0, at - 200):at + 40]}"


for way in ("environment", "file"):
    run(sys.argv[1], way)
