#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connections that come and go leave nothing behind, whatever they said before."""
import os
import socket
import sys

sys.dont_write_bytecode = True
from rehearsal_process import Rehearsal  # noqa: E402

GOODBYES = (b"", b"\r\n", b"GET ", b"garbage\r\n\r\n", b"\0\0\0\0",
            b"GET /rehearsal/counters HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /rehearsal/counters HTTP/1.0\r\n\r\n",
            b"POST /v2/video/generations HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n")
ROUNDS = 40


def descriptors(rehearsal):
    return len(os.listdir(f"/proc/{rehearsal.process.pid}/fd"))


def say_and_leave(rehearsal, words, patient):
    with socket.create_connection(("127.0.0.1", rehearsal.port)) as client:
        client.sendall(words)
        if patient:  # until the service has read it, and has answered or closed
            client.shutdown(socket.SHUT_WR)
            try:
                while client.recv(65536):
                    pass
            except ConnectionResetError:
                pass


def main():
    with Rehearsal(sys.argv[1]) as rehearsal:
        rehearsal.state("counters")
        before = descriptors(rehearsal)
        for words in GOODBYES * ROUNDS:
            for patient in (True, False):
                say_and_leave(rehearsal, words, patient)
        while descriptors(rehearsal) > before + 5:
            rehearsal.state("counters")
        print("no descriptor is left")


main()
