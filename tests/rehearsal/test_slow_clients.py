#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that hold connections and say nothing, or half a request, do not hold the service."""
import socket
import sys

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

DESCRIPTORS = 200
MANY = 400
HALVES = {
    "silence": b"",
    "half a line": b"POST /v2/vid",
    "half a head": b"POST /v2/video/generations HTTP/1.1\r\nHost: localhost\r\nX: ",
    "half a body": b"POST /v2/video/generations HTTP/1.1\r\nHost: localhost\r\n"
                   b"Content-Length: 1000\r\n\r\n{",
    "a kept connection": b"GET /rehearsal/counters HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


def main():
    for name, half in HALVES.items():
        with Rehearsal(sys.argv[1], descriptors=DESCRIPTORS) as rehearsal:
            held = []
            for _ in range(MANY):
                client = socket.create_connection(("127.0.0.1", rehearsal.port))
                client.sendall(half)
                held.append(client)
                if len(held) % 50 == 0:  # in the middle of it, and at the end
                    status, _, body = rehearsal.poll("nothing")
                    assert status == 404, (name, status, body)
            for client in held:
                client.close()
            assert rehearsal.poll("nothing")[0] == 404, name
            print(name, "held nothing")


main()
