# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Slurm cluster of two nodes on this machine, run by whoever runs the test: munged, slurmctld and
two slurmd of its own, told apart by their ports. Nothing of the system's Slurm is touched."""
import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from patience import has_stopped, wait_for  # noqa: E402

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
CONF = """
ClusterName=klingtext
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
Licenses=kling:{licenses}
JobRequeue=1
ReturnToService=2
MessageTimeout=3
SlurmdTimeout=6
KillWait=5
MinJobAge=3600
SlurmdParameters=config_overrides
TreeWidth=65533
SchedulerParameters=batch_sched_delay=0,sched_min_interval=200000,sched_interval=2,bf_interval=2
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port={n1} CPUs=8 State=UNKNOWN
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port={n2} CPUs=8 State=UNKNOWN
PartitionName=farm Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def missing():
    """The programs this machine lacks."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    return [name for name in NEEDED if not shutil.which(name, path=path)]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def signal_if_there(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class Farm:
    def __init__(self, folder, licenses):
        self.folder = Path(folder)
        self.processes = {}
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        self.environment = {**os.environ, "PATH": path, "SLURM_CONF": str(self.folder / "slurm.conf")}
        for name in ("munge", "state", "spool-n1", "spool-n2"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        self.folder.chmod(0o755)
        port, n1, n2 = free_ports(3)
        (self.folder / "slurm.conf").write_text(CONF.format(
            folder=self.folder, host=socket.gethostname().split(".")[0], user=getpass.getuser(),
            licenses=licenses, port=port, n1=n1, n2=n2))
        # Even where no plugin wants cgroups slurmd looks for some; this one is found everywhere.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")

    def start(self, name, *command):
        log = open(self.folder / f"{name}.log", "wb")
        self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                env=self.environment)
        log.close()

    def up(self):
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        self.start("munged", "munged", "--foreground", f"--key-file={key}", f"--socket={munge}/socket",
                   f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_for(lambda: (munge / "socket").exists())
        self.start("slurmctld", "slurmctld", "-D", "-c")
        for node in ("n1", "n2"):
            self.start(node, "slurmd", "-D", "-N", node)
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%T") == "idle")

    def wait_for(self, what):
        def look():
            for name, process in self.processes.items():
                if process.poll() not in (None, -signal.SIGKILL):
                    raise RuntimeError(f"{name} ended: {self.log_of(name)}")
            return what()
        # Most questions are a program of their own.
        return wait_for(look, pause=0.1, standing=lambda: self.ask("squeue", "-a"))

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def ask(self, *command):
        """What a client program says; empty while there is nobody to ask."""
        done = subprocess.run(["timeout", "20", *command], capture_output=True, text=True, check=False,
                              env=self.environment)
        return done.stdout.strip()

    def shots_on(self, node):
        """Processes of this farm's jobs on a node: (pid, parent)."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if f"SLURMD_NODENAME={node}".encode() in variables and \
                    f"SLURM_CONF={self.folder}/slurm.conf".encode() in variables:
                found.append((int(entry.name), parent))
        return found

    def signal_shots(self, node, number):
        """To those that are still there."""
        shots = self.shots_on(node)
        for pid, _ in shots:
            signal_if_there(pid, number)
        return shots

    def freeze(self, node):
        """Returns when none of the shots on it runs; asked anew, because a signal takes its time and
        a shot may come late."""
        wait_for(lambda: all(has_stopped(pid) for pid, _ in self.signal_shots(node, signal.SIGSTOP)))

    def silence(self, node):
        """It starts nothing more; what runs on it goes on."""
        self.processes[node].kill()
        self.processes[node].wait()

    def crash(self, node):
        """As when the machine of a silent node loses power: those who would tell of their jobs' end,
        then the jobs."""
        shots = self.shots_on(node)
        for pid in {parent for _, parent in shots} - {1, os.getpid()} - {pid for pid, _ in shots}:
            with contextlib.suppress(OSError):  # gone by itself
                if "slurmstepd" in Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGKILL)
        self.signal_shots(node, signal.SIGKILL)
        return len(shots)

    def down(self):
        if "slurmctld" in self.processes:
            self.ask("scancel", "--user", getpass.getuser())
        for node in ("n1", "n2"):
            if node in self.processes:
                self.wait_quietly(lambda name=node: not self.shots_on(name))
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @staticmethod
    def wait_quietly(what):
        until = time.monotonic() + 20
        while time.monotonic() < until and not what():
            time.sleep(0.1)
