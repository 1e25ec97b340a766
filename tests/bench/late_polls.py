#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How late polls are, as the service sees it, while 4 submissions hang and 20 more are slow:
late_polls.py BENCH-WAITING-JOBS [--generations N] [--seconds N]"""
import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
INTERVAL = 1  # seconds between two polls of a generation
HUNG, SLOW, PAUSE = 4, 20, 2  # submissions that get no answer, or one after so many seconds


class Service:
    """Answers every poll with `queued`, and notes when it came."""

    def __init__(self):
        self.accepted = 0
        self.late_submissions = 0
        self.polls = {}  # the times of each generation's

    async def reply(self, method, target, body):
        if method == "POST":
            if json.loads(body)["prompt"] == "slow":
                self.late_submissions += 1
                hangs = self.late_submissions <= HUNG
                await asyncio.sleep(3600 if hangs else PAUSE)
            self.accepted += 1
            return {"id": f"generation-{self.accepted}", "status": "queued"}
        one = target.rpartition("=")[2]
        self.polls.setdefault(one, []).append(time.monotonic())
        return {"id": one, "status": "queued"}

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, _ = head.split(b"\r\n")[0].decode().split()
                fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
                body = await reader.readexactly(int(fields.get(b"content-length", 0)))
                text = json.dumps(await self.reply(method, target, body)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def until(predicate):
    while not predicate():
        await asyncio.sleep(0.05)


async def measure(program, generations, seconds):
    service = Service()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="klingtext-bench-") as folder:
        waiting = subprocess.Popen(
            [program, f"http://127.0.0.1:{port}/v2", os.path.join(folder, "store"),
             str(generations), str(1000 * INTERVAL), str(HUNG + SLOW)], stdin=subprocess.PIPE)
        try:
            await until(lambda: len(service.polls) == generations)
            waiting.stdin.write(b"more\n")
            waiting.stdin.flush()
            await until(lambda: service.late_submissions >= HUNG)
            begun = time.monotonic()
            await asyncio.sleep(seconds)
        finally:
            waiting.kill()
            waiting.wait()
    return sorted(1000 * (after - before - INTERVAL) for times in service.polls.values()
                  for before, after in zip(times, times[1:]) if after > begun)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--generations", type=int, default=100)
    arguments.add_argument("--seconds", type=int, default=20)
    arguments = arguments.parse_args()
    late = asyncio.run(measure(arguments.program, arguments.generations, arguments.seconds))
    print("polls\tmedian ms late\t99th ms\tmost ms")
    print(f"{len(late)}\t{statistics.median(late):.1f}\t{late[len(late) * 99 // 100]:.1f}"
          f"\t{late[-1]:.1f}")


main()
