#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store on a real GlusterFS volume that two hosts mount: one submission per request and per
resubmission, four under a cap for four, eight for a storyboard of eight shots, no false unknown outcome.

The server and each client's mount are in a network namespace of their own, joined by veth pairs; the
programs that use a mount have their host's name and process namespace. Only with KLINGTEXT_LONG=1, as
root, with the packages glusterfs-server, glusterfs-client and iproute2."""
import atexit
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import two_hosts  # noqa: E402
from stage import LONG, PATIENCE, STORYBOARD, Run, Service, Store, main, real_mp4, wait_for  # noqa: E402, F401

TOOLS = ["glusterd", "gluster", "glusterfs", "ip", "nsenter", "unshare", "umount"]
SERVER = "10.91.0.1"
HOSTS = [1, 2]
CACHES = ["performance." + cache for cache in (
    "quick-read", "io-cache", "stat-prefetch", "read-ahead", "readdir-ahead", "open-behind", "write-behind")]
# glusterd keeps sockets in /run/gluster whatever its options are: it gets a file system of its own there.
START_SERVER = 'mkdir -p /run/gluster && mount -t tmpfs none /run/gluster && exec "$@"'


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          timeout=PATIENCE)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


class Volume:
    """A volume of one brick, its server, and its mounts by two clients. close() ends all processes and
    removes all mounts and namespaces, also when only some were made."""

    def __init__(self, options=(), mount_options=()):
        self.options, self.mount_options = options, mount_options
        self.cleanup = contextlib.ExitStack()
        # unittest does not clean up after SIGINT, and Meson ends a test with SIGTERM.
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.cleanup.close()

    def _start(self):
        # Short: the path of a socket has at most 107 bytes.
        folder = tempfile.TemporaryDirectory(prefix="klingtext-gluster-", dir="/tmp",
                                             ignore_cleanup_errors=True)
        self.cleanup.callback(folder.cleanup)
        self.home = Path(folder.name)
        self.mounts = {host: self.home / f"host-{host}" for host in HOSTS}
        self._make_network()
        self._start_server()
        for host in HOSTS:
            self._mount(host)

    def _namespace(self, host):
        return f"klingtext-{os.getpid()}-{host}"

    def _inside(self, host, *command):
        return ["nsenter", f"--net=/run/netns/{self._namespace(host)}", *map(str, command)]

    def _make_network(self):
        for host in [0, *HOSTS]:
            run("ip", "netns", "add", self._namespace(host))
            self.cleanup.callback(run, "ip", "netns", "del", self._namespace(host))
            run("ip", "-n", self._namespace(host), "link", "set", "lo", "up")
        server = self._namespace(0)
        run("ip", "-n", server, "addr", "add", SERVER + "/32", "dev", "lo")
        for host in HOSTS:
            client = self._namespace(host)
            run("ip", "link", "add", f"to-{host}", "netns", server, "type", "veth", "peer", "name", "eth0",
                "netns", client)
            run("ip", "-n", server, "addr", "add", f"10.91.{host}.1/24", "dev", f"to-{host}")
            run("ip", "-n", server, "link", "set", f"to-{host}", "up")
            run("ip", "-n", client, "addr", "add", f"10.91.{host}.2/24", "dev", "eth0")
            run("ip", "-n", client, "link", "set", "eth0", "up")
            run("ip", "-n", client, "route", "add", "default", "via", f"10.91.{host}.1")

    def _start_process(self, name, *command):
        with open(self.home / f"{name}.out", "wb") as out:
            process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out)

        def end():
            process.kill()
            process.wait()
        self.cleanup.callback(end)
        return process

    def _start_server(self):
        (self.home / "brick").mkdir()
        options = {"working-directory": self.home / "work", "run-directory": self.home / "run",
                   "logging-directory": self.home / "log", "glusterd-sockfile": self.home / "socket",
                   "transport-type": "socket", "ping-timeout": 0, "max-port": 60999}
        file = self.home / "glusterd.vol"
        file.write_text("volume management\n    type mgmt/glusterd\n" + "".join(
            f"    option {name} {value}\n" for name, value in options.items()) + "end-volume\n")
        # In a process namespace: the bricks, which become daemons, end with their server.
        self._start_process("server", *self._inside(
            0, "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            START_SERVER, "sh", "glusterd", "-N", "-f", file, "-p", self.home / "pid", "-l",
            self.home / "glusterd.log"))
        wait_for(lambda: self._answers())
        self.gluster("volume", "create", "store", f"{SERVER}:{self.home / 'brick'}", "force")
        for option in self.options:
            self.gluster("volume", "set", "store", option, "off")
        self.gluster("volume", "start", "store")

    def _answers(self):
        try:
            return bool(self.gluster("--version") and self.gluster("pool", "list"))
        except RuntimeError:
            return False

    def gluster(self, *words):
        return run(*self._inside(0, "gluster", "--mode=script", f"--glusterd-sock={self.home / 'socket'}",
                                 f"--log-file={self.home / 'cli.log'}", *words))

    def _mount(self, host):
        mount = self.mounts[host]
        mount.mkdir()
        self._start_process(f"client-{host}", *self._inside(
            host, "glusterfs", "-N", "-s", SERVER, "--volfile-id=store", *self.mount_options,
            "-l", self.home / f"client-{host}.log", mount))
        self.cleanup.callback(subprocess.run, ["umount", "-l", mount], capture_output=True, check=False)
        wait_for(lambda: self._is_ready(mount))

    @staticmethod
    def _is_ready(mount):
        try:
            return mount.is_mount() and os.listdir(mount) is not None
        except OSError:
            return False


def as_host(host):
    """The prefix of a program that runs as another host does: with its name, its processes alone."""
    return ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            'hostname "$0" && exec "$@"', f"klingtext-host-{host}"]


class SharedStore(Store):
    """A store on the volume. Its runs are on the hosts, one after the other."""

    numbers = itertools.count(1)

    def __init__(self, volume, url):
        super().__init__(url)
        self.name = f"store-{next(self.numbers)}"
        self.stores = {host: mount / self.name for host, mount in volume.mounts.items()}
        self.path = self.stores[HOSTS[0]]

    def begin(self, **options):
        host = HOSTS[self.runs % len(HOSTS)]
        return super().begin(store=self.stores[host], prefix=as_host(host), **options)


class WithCaches(two_hosts.Races):
    """With the options that GlusterFS has by default."""

    options = ()
    mount_options = ()

    @classmethod
    def setUpClass(cls):
        if not LONG:
            raise unittest.SkipTest("only with KLINGTEXT_LONG=1")
        if os.geteuid() != 0:
            raise unittest.SkipTest("needs root, for network namespaces and mounts")
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise unittest.SkipTest(f"no {', '.join(missing)}: apt install glusterfs-server iproute2")
        if not os.path.exists("/dev/fuse"):
            raise unittest.SkipTest("no /dev/fuse")
        cls.volume = Volume(cls.options, cls.mount_options)
        cls.addClassCleanup(cls.volume.close)

    def store(self, url):
        return SharedStore(self.volume, url)

    def test_the_same_request(self):
        self.plain(60, self.store)

    def test_the_same_resubmission(self):
        self.resubmit(40, self.store)

    def test_a_cap(self):
        self.cap(10, self.store)

    def test_a_storyboard_of_eight_shots(self):
        with tempfile.TemporaryDirectory() as folder:
            clip = real_mp4(folder)
        if clip is None or not STORYBOARD.exists():
            self.skipTest("no MP4 can be made here, or klingtext-storyboard is not built")
        with Service("--always-submit", "normal+header=Retry-After:0", "--statuses", "completed",
                     clip=clip) as service, self.store(service.url) as store:
            board = store.home / "board.toml"
            board.write_text('[film]\nsize = "160x96"\n' + "".join(
                f'\n[[shot]]\nprompt = "Shot {number}"\n' for number in range(1, 9)))
            begun = [subprocess.Popen(
                [*as_host(host), STORYBOARD, board, "-o", store.home / f"film-{host}.mp4", "--store",
                 store.stores[host]], env={**store.environment(), "TERM": "dumb"},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                for host in HOSTS]
            ended = [(process.communicate(timeout=4 * PATIENCE)[0], process.returncode)
                     for process in begun]
            for said, status in ended:
                self.assertEqual(status, 0, said)
            self.assertEqual(service.submissions, 8)
            self.assertEqual(set(self.posts_by_request(service).values()), {1})


class WithoutCaches(WithCaches):
    options = CACHES
    mount_options = ("--attribute-timeout=0", "--entry-timeout=0")


main()
