# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benchmarks talk to: Debian's nginx with the clips, at full speed and throttled, and the
least of a service, which makes every clip at once."""
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SKIPPED = 77
SLOW = 2_000_000  # bytes a second

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ }}
http {{
    access_log off;
    sendfile on;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    types {{ video/mp4 mp4; }}
    server {{
        listen 127.0.0.1:{port};
        location /fast/ {{ alias {clips}/; }}
        location /slow/ {{ alias {clips}/; limit_rate {slow}; }}
    }}
}}
"""


def box(kind, size):
    return (size + 8).to_bytes(4, "big") + kind


def write_clip(file, size):
    """Boxes that close, with noise in them."""
    with open(file, "wb") as clip:
        clip.write(box(b"ftyp", 16) + b"isom" * 4 + box(b"moov", 1000) + bytes(1000)
                   + box(b"mdat", size - 1040))
        left = size - 1040
        while left:
            piece = os.urandom(min(left, 1 << 20))
            clip.write(piece)
            left -= len(piece)


def nginx_program():
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


def skip_without(*programs):
    missing = [name for name in programs if not (nginx_program() if name == "nginx"
                                                 else shutil.which(name))]
    if missing:
        print("not installed:", *missing)
        sys.exit(SKIPPED)


class Nginx:
    """Serves a folder's files below /fast/ and /slow/."""

    def __init__(self, folder, clips):
        with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
            port = probe.server_address[1]
        self.root = f"http://127.0.0.1:{port}"
        file = os.path.join(folder, "nginx.conf")
        with open(file, "w", encoding="utf-8") as text:
            text.write(CONFIGURATION.format(folder=folder, clips=clips, port=port, slow=SLOW))
        self.process = subprocess.Popen([nginx_program(), "-p", folder, "-c", file],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(self.root, timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


class Service:
    """Generations take as many seconds as `takes` says of their prompt, none if it is not given.
    Every clip is at `clip_url`."""

    def __init__(self, takes=lambda prompt: 0):
        self.clip_url = None
        self.told = None  # when `completed` was last sent
        self.ready = {}  # prompt: when its generation was completed
        prompts = {}  # generation: prompt
        numbers = itertools.count(1)
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, **members):
                body = json.dumps(members).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if members["status"] == "completed":
                    service.told = time.monotonic()
                self.wfile.write(body)

            def do_POST(self):
                prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["prompt"]
                generation = f"film-{next(numbers)}"
                prompts[generation] = prompt
                service.ready[prompt] = time.monotonic() + takes(prompt)
                self.answer(id=generation, status="queued")

            def do_GET(self):
                generation = self.path.rpartition("=")[2]
                if time.monotonic() < service.ready[prompts[generation]]:
                    self.answer(id=generation, status="generating")
                else:
                    self.answer(id=generation, status="completed", video={"url": service.clip_url})

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256  # many begin at once

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_address[1]}/v2"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def source(self, store, take, *more):
        """klingtextsrc for a launch line."""
        return ["klingtextsrc", "prompt=raccoon", "poll-interval=1", "api-key=bench",
                f"base-url={self.base_url}", f"store-dir={store}", f"take={take}", *more]
