#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What waiting.py compares with: a Python program that submits generations and polls each of them at
a fixed pace for ever: waiting_client.py threads|asyncio|asyncio-4 BASE-URL COUNT SECONDS"""
import asyncio
import sys
import threading
import time

KEY = {"Authorization": "Bearer bench-key-of-no-account"}


def with_threads(base_url, count, pause):
    """A thread for each, as the documented client waits; one of them is just that client."""
    import requests

    def follow(number):
        session = requests.Session()
        session.headers.update(KEY)
        body = {"model": "m", "prompt": f"raccoon {number}"}
        one = session.post(f"{base_url}/video/generations", json=body).json()["id"]
        while True:
            time.sleep(pause)
            session.get(f"{base_url}/video/generations", params={"generation_id": one}).json()

    for number in range(count):
        threading.Thread(target=follow, args=(number,), daemon=True).start()
    threading.Event().wait()


def with_asyncio(base_url, count, pause, connections=0):
    import aiohttp

    async def follow(session, number):
        url = f"{base_url}/video/generations"
        body = {"model": "m", "prompt": f"raccoon {number}"}
        async with session.post(url, json=body) as reply:
            one = (await reply.json(content_type=None))["id"]
        while True:
            await asyncio.sleep(pause)
            async with session.get(url, params={"generation_id": one}) as reply:
                await reply.json(content_type=None)

    async def follow_all():
        connector = aiohttp.TCPConnector(limit=connections)  # 0: no limit
        async with aiohttp.ClientSession(headers=KEY, connector=connector) as session:
            await asyncio.gather(*(follow(session, number) for number in range(count)))

    asyncio.run(follow_all())


way, url, how_many, seconds = sys.argv[1:]
{"threads": with_threads, "asyncio": with_asyncio,
 "asyncio-4": lambda *words: with_asyncio(*words, connections=4)}[way](url, int(how_many), float(seconds))
