"""The process side of `forkserver.py`: forks a child per program, ends it and all it started, says how.

    controller ══ control socket ══ server ── fork ── child: session, scratch directory, limits, other user
                                       │                └── its children
                                       └── subreaper: what outlives the child becomes the server's, and dies

It runs in a process of its own with nothing but the standard library, so that a fork copies little. It never
reads a program or its input and output: it hands on descriptors, so one program leaves nothing for the next
to find. Linux only (memory files, pidfd, prctl).

It is NOT a container. A program may read every file its user may read, use the network and System V memory,
make memory files beyond its address space, and write where its user may write. Started as root, programs run
as a user id of their own: they cannot signal the server or other programs, lift their limits, or write
outside their directory and /tmp; where that user could not even read the standard library they keep root's
right to read. Started as another user they run as that user: they can kill the server (then the sandbox has
failed, and what the program forked may live on), and the cap on processes counts all that the user runs.
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
    be_program,
    become_user,
    prctl,
)
from parnassus.sandbox.scratch import remove_tree

# What programs import most, loaded once instead of in each; these load the rest (random, re, ...).
PRELOAD = ("dataclasses", "datetime", "heapq", "json", "statistics", "string", "threading", "typing")
FIRST_OWN_USER = 2_000_000  # + process id: above any that is handed out to people


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
            with open(f"/proc/self/task/{os.getpid()}/children") as children:
                for child in children.read().split():
                    os.kill(int(child), signal.SIGKILL)
        elif (
            os.fork() == 0
        ):  # as its user, "all that I may signal" are its processes, at once: no fork slips through
            with contextlib.suppress(BaseException):
                become_user(user)
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
        os.waitpid(-1, 0)


def supervise(pid: int, seconds: float, control: socket.socket) -> tuple[int, bool]:
    """Wait for the child until its deadline or the controller's end; returns (wait status, timed out)."""
    watch = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(watch, select.POLLIN)
        poll.register(control, select.POLLIN)  # nothing is sent meanwhile: it can only have been closed
        ended = poll.poll(max(0.0, seconds) * 1000)
    finally:
        os.close(watch)
    if all(descriptor != watch for descriptor, _ in ended):
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(
            pid, signal.SIGKILL
        )  # before the child is reaped: until then its number cannot be another's
    return os.waitpid(pid, 0)[1], not ended


def run(
    request: dict, descriptors: list[int], control: socket.socket, scratch: str, user: User | None
) -> dict:
    """One program, from scratch directory to reply."""
    os.mkdir(scratch, 0o700)
    if user is not None:
        os.chown(scratch, user.id, user.id)
    ready, write_ready = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        be_program(request, descriptors, write_ready, scratch, user)
    os.close(write_ready)
    status, timed_out = supervise(pid, request["seconds"], control)
    seconds = time.monotonic() - began
    kill_orphans(user)
    word = os.read(ready, 1000)
    os.close(ready)
    remove_tree(scratch)
    if word != READY:
        return {"error": word.decode(errors="replace") or "the child died before the program began"}
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


def serve(control: socket.socket, root: str) -> None:
    """Answer requests until the controller closes the socket or dies."""
    user = own_user()
    control.send(json.dumps({"as_root": user is None and os.geteuid() == 0}).encode())
    count = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 4)
        if not message:
            return
        count += 1
        reply = run(json.loads(message), descriptors, control, f"{root}/{count}", user)
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
