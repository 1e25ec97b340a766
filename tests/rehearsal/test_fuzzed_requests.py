#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ten thousand mangled requests over the socket: the service answers or closes, stays as small as
it was, and then still does its work."""
import contextlib
import os
import random
import socket
import sys

sys.dont_write_bytecode = True
from rehearsal_process import MODEL, Rehearsal  # noqa: E402

REQUESTS = 10_000
SEED = int(os.environ.get("KLINGTEXT_FUZZ_SEED", "1"))
GROWTH = 60_000  # kB, after the first tenth
BODY = b'{"model": "' + MODEL.encode() + b'", "prompt": "x", "duration": 7, "cfg_scale": 0.5}'
# None of them is a whole good submission: rendering is not what is tried here.
SEEDS = (
    b"POST /v2/video/generations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    b"GET /v2/video/generations?generation_id=a%3Ab HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Authorization: Bearer x\r\nX-Client-Request-Id: a.b\r\n\r\n",
    b"GET /v2/clips/00ff.mp4?Expires=1&Signature=ff HTTP/1.1\r\nHost: [::1]:80\r\n"
    b"Range: bytes=0-99,-5\r\nIf-Range: \"x\"\r\n\r\n",
    b"HEAD /v2/clips/../x.mp4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"POST /rehearsal/faults HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n16\r\n{\"fault\": \"garbage,on\"}\r\n0\r\n\r\n",
    b"DELETE /rehearsal/faults/99999999999999999999 HTTP/1.1\r\nHost: localhost\r\n"
    b"Authorization: Bearer x\r\nX-Rehearsal-Fail: cut-body;503,times\r\nOrigin: null\r\n\r\n",
    b"GET /rehearsal/log HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
    b"Sec-Fetch-Site: none\r\nX-Rehearsal-Token: 00\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
WORDS = (b"\r\n", b"\0", b"\xff\xfe", b"%00", b"%2f..", b"HTTP/9.9", b"99999999999999999999", b"-1",
         b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Upgrade: websocket\r\n",
         b"[" * 200, b"{\"a\":" * 50, b"a" * 5000, b" ", b":", b"\\ud800", b"://", b"@", b"#")


def mangled(rng):
    text = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randint(0, 6)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            text[at:at + rng.randint(1, 8)] = rng.randbytes(rng.randint(1, 8))
        elif kind == 1:
            text[at:at] = rng.choice(WORDS)
        elif kind == 2:
            del text[at:at + rng.randint(1, 40)]
        elif kind == 3:
            text[at:at] = text[at // 2:at]
        else:
            text[at:at] = rng.choice(SEEDS)
    return bytes(text)


def say(port, text, rng):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        try:
            client.sendall(text)
            if rng.random() < 0.2:
                return  # leaves without a look at the answer
            with contextlib.suppress(OSError):  # the service may have shown us out by now
                client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass


def memory(service):
    with open(f"/proc/{service.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def main():
    rng = random.Random(SEED)
    with Rehearsal(sys.argv[1]) as service:
        before = 0
        for number in range(REQUESTS):
            say(service.port, mangled(rng), rng)
            if number == REQUESTS // 10:
                before = memory(service)
        after = memory(service)
        print(f"{REQUESTS} requests: {before} kB, then {after} kB")
        service.request("DELETE", "/rehearsal/faults")
        service.generate()
        assert after - before < GROWTH, (before, after)


main()
