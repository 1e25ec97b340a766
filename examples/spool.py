#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several people, one store: a service user generates what others put into a folder.

    spool.py [--real] [--at-once N] SPOOL              (in `meson devenv -C build`, or installed)

SPOOL/in/NAME.txt holds a prompt; SPOOL/out/NAME.mp4 is its clip, and SPOOL/out/NAME.error says why
there is none. The text stays until the clip is there, so the next run takes it up again. Rehearsals,
unless --real buys them. docs/several-people.md has the folders' rights and a timer.
"""
import argparse
import fcntl
import io
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from prewarm import Gst, Prewarm, uri_of  # noqa: E402

MOST_BYTES = 10000  # of a prompt of 2500 characters


def prompt_in(file):
    """None unless it is a small text. A link could lead to what only the service user may read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1 or info.st_size > MOST_BYTES:
            return None
        return os.read(descriptor, MOST_BYTES).decode().strip() or None
    except UnicodeDecodeError:
        return None
    finally:
        os.close(descriptor)


def put(into, content):
    """Whole or not at all, for the group of the folder."""
    with tempfile.NamedTemporaryFile(dir=into.parent, delete=False) as draft:
        shutil.copyfileobj(content, draft)
        os.fchmod(draft.fileno(), 0o640)
    os.replace(draft.name, into)


def serve(spool, real, at_once):
    """How many texts are left without a clip."""
    uris = {file: uri_of(prompt, real) if (prompt := prompt_in(file)) else None
            for file in sorted((spool / "in").glob("*.txt"))}
    made = Prewarm(filter(None, uris.values()), at_once)
    made.run()
    left = 0
    for file, uri in uris.items():
        clip, error = (spool / "out" / (file.stem + ending) for ending in (".mp4", ".error"))
        if uri in made.clips:
            with open(made.clips[uri], "rb") as content:
                put(clip, content)
            error.unlink(missing_ok=True)
            file.unlink(missing_ok=True)
        else:
            left += 1
            why = made.errors.get(uri, f"This is no readable text of at most {MOST_BYTES} bytes.")
            put(error, io.BytesIO(why.encode() + b"\n"))
    return left


def main():
    parser = argparse.ArgumentParser(description="generates what others put into a folder")
    parser.add_argument("--real", action="store_true", help="buy clips instead of rehearsing")
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="this many in parallel")
    parser.add_argument("spool", type=Path, metavar="SPOOL")
    options = parser.parse_args()
    with open(options.spool / "out/.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one run at a time
        return 1 if serve(options.spool, options.real, options.at_once) else 0


if __name__ == "__main__":
    Gst.init(None)
    status = main()
    Gst.deinit()
    sys.exit(status)
