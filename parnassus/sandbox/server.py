"""The process side of `forkserver.py`: forks a child per program, ends it and all it started, says how.

    controller ══ control socket ══ server ── fork ── child: session, scratch, limits, user, Landlock
                                       │                └── its children
                                       └── subreaper: what outlives the child becomes the server's, and dies

It runs in a process of its own with nothing but the standard library, so that a fork copies little. It never
reads a program or its input and output: it hands on descriptors, so one program leaves nothing for the next
to find. Linux only (memory files, pidfd, prctl).

Around a program stand (`layers.py` says which of them this machine has):

    Landlock        no file but the standard library's, nothing to execute, no TCP, no signal to others
    own user id     where the server is root: no signals, no limits lifted, processes counted apart
    limits          processor time, memory, file size, processes; a deadline by the clock behind them

It is NOT a container. A program may send UDP, use System V memory and Unix sockets with a path, ask whether
a file exists, and make memory files beyond its address space. Where root's own user could not even read the
standard library, programs keep root's right to search directories and read: Landlock is then all that stands
between them and the files. Without it they may read what their user may read, and, where the server is not
root, kill the server (then the sandbox has failed, and what the program forked may live on). Programs that
run as the server's user share the cap on processes with all that this user runs.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import site
import socket
import sys
import time

from parnassus.sandbox.child import (
    CAP_DAC_READ_SEARCH,
    OPEN_FILES,
    PR_SET_CHILD_SUBREAPER,
    READY,
    User,
    Walls,
    be_program,
    become_user,
    prctl,
)
from parnassus.sandbox.landlock import prepare
from parnassus.sandbox.layers import WALL_SECONDS_PER_SECOND
from parnassus.sandbox.scratch import remove_tree

# What programs import most, loaded once instead of in each; these load the rest (random, re, ...).
PRELOAD = ("dataclasses", "datetime", "heapq", "json", "statistics", "string", "threading", "typing")
FIRST_OWN_USER = 2_000_000  # + process id: above any that is handed out to people
PROCESS_CLOCK = 2  # with a process's number, its clock of processor time: clock_getcpuclockid(3)
SHORTEST_WAIT_SECONDS = 0.01


def kill_orphans(user: User | None) -> None:
    """Kill and reap what the program left behind: our children by now, or as soon as their parents die."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid != 0:
            continue
        if user is None:
            for child in children_of(os.getpid()):
                os.kill(child, signal.SIGKILL)
        # As its user, "all that I may signal" are its processes, at once: no fork slips through.
        elif os.fork() == 0:
            with contextlib.suppress(BaseException):
                become_user(user)
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
        os.waitpid(-1, 0)


def children_of(pid: int) -> list[int]:
    """Its children now, whichever of its threads forked them."""
    children: list[int] = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children") as listed:
            children += map(int, listed.read().split())
    return children


def running_seconds() -> float:
    """What the program and all it started have used; not what has ended and been reaped by now."""
    total, waiting = 0.0, children_of(os.getpid())
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):  # it ended meanwhile
            total += time.clock_gettime(~pid << 3 | PROCESS_CLOCK)
            waiting += children_of(pid)
    return total


def children_seconds() -> float:
    """What all processes have used that this one has reaped, and all that those had."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ends_by_itself(pid: int, seconds: float, control: socket.socket) -> bool:
    """Whether the child ends before its limits and before the controller does."""
    deadline = time.monotonic() + seconds * WALL_SECONDS_PER_SECOND
    watch = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(watch, select.POLLIN)
        poll.register(control, select.POLLIN)  # nothing is sent meanwhile: it can only have been closed
        left = seconds  # one process cannot reach its limit sooner; several may pass it until we look
        while left > 0:
            if ended := poll.poll(max(left, SHORTEST_WAIT_SECONDS) * 1000):
                return any(descriptor == watch for descriptor, _ in ended)
            left = min(seconds - running_seconds(), deadline - time.monotonic())
        return False
    finally:
        os.close(watch)


def supervise(pid: int, seconds: float, control: socket.socket) -> tuple[int, bool]:
    """Wait for the child until its limits or the controller's end; returns (wait status, was stopped)."""
    stopped = not ends_by_itself(pid, seconds, control)
    if stopped:
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    # Before the child is reaped: until then its number cannot be another's.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1], stopped


def run(request: dict, descriptors: list[int], control: socket.socket, scratch: str, walls: Walls) -> dict:
    """One program, from scratch directory to reply."""
    os.mkdir(scratch, 0o700)
    if walls.user is not None:
        os.chown(scratch, walls.user.id, walls.user.id)
    ready, write_ready = os.pipe()
    before = children_seconds()
    pid = os.fork()
    if pid == 0:
        be_program(request, descriptors, write_ready, scratch, walls)
    os.close(write_ready)
    status, stopped = supervise(pid, request["seconds"], control)
    kill_orphans(walls.user)
    seconds = children_seconds() - before
    word = os.read(ready, 1000)
    os.close(ready)
    remove_tree(scratch)
    if word != READY:
        return {"error": word.decode(errors="replace") or "the child died before the program began"}
    timed_out = stopped or seconds > request["seconds"]
    return {"status": status, "timed_out": timed_out, "seconds": seconds}


def own_user() -> User | None:
    """A user for the programs of this server, if we may take one and it can read the standard library."""
    if os.geteuid() != 0:
        return None
    for capabilities in (0, CAP_DAC_READ_SEARCH):
        user = User(FIRST_OWN_USER + os.getpid(), capabilities)
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(OSError):
                become_user(user)
                open(os.__file__).close()
                os._exit(0)
            os._exit(1)
        if os.waitpid(pid, 0)[1] == 0:
            return user
    return None


def layers(walls: Walls) -> dict:
    """The fields of `layers.Layers`."""
    return {
        "own_user": walls.user is not None,
        "root": os.geteuid() == 0,
        "landlock": walls.landlock.version if walls.landlock else 0,
    }


def serve(control: socket.socket, root: str) -> None:
    """Answer requests until the controller closes the socket or dies."""
    walls = Walls(own_user(), prepare(root))
    control.send(json.dumps(layers(walls)).encode())
    count = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 4)
        if not message:
            return
        count += 1
        reply = run(json.loads(message), descriptors, control, f"{root}/{count}", walls)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(json.dumps(reply).encode())


def main(package: str, descriptor: str, root: str) -> None:
    sys.path.remove(package)
    control = socket.socket(fileno=int(descriptor))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    site.setquit()  # `exit` and `quit`, which programs expect
    for name in PRELOAD:
        importlib.import_module(name)
    os.chmod(root, 0o711)
    gc.disable()
    gc.freeze()
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            serve(control, root)
    finally:
        remove_tree(root)
