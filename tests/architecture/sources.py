# SPDX-License-Identifier: LGPL-2.1-or-later
"""What belongs to the repository, and how its C++ files include each other."""
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = {".cpp", ".h"}
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def repository_files():
    """Tracked and new files, as paths below ROOT. Without a working git, what stands in the folder."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        names = [name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if not f.startswith((".git", "build", "__pycache__"))]
            names += [os.path.relpath(os.path.join(folder, file), ROOT) for file in files]
    return sorted(Path(name) for name in set(names) if (ROOT / name).is_file())


def code_files():
    return [path for path in repository_files() if path.suffix in CODE]


def text_of(path):
    return (ROOT / path).read_text(errors="replace")


def room_of(path):
    """base, api, …, gst, tests; the first folder, src itself not counted."""
    parts = path.parts[1:] if path.parts[0] == "src" else path.parts
    return parts[0] if len(parts) > 1 else ""


def includes_of(path):
    """Pairs (name as written, file of ours or None)."""
    found = []
    for bracket, name in _INCLUDE.findall(text_of(path)):
        target = None
        if bracket == '"':
            for base in (path.parent, Path("src"), Path("."), Path("tests")):
                candidate = Path(os.path.normpath(base / name))
                if (ROOT / candidate).is_file():
                    target = candidate
                    break
        found.append((name, target))
    return found


def finish(complaints):
    for complaint in complaints:
        print(complaint)
    raise SystemExit(1 if complaints else 0)
