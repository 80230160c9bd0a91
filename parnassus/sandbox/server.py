"""The process side of `forkserver.py`: forks one child per program, ends it and all it started, and says how it ended.

    controller ══ control socket ══ server ── fork ── child (session, scratch directory, limits, other user) ── its children
                                       └── subreaper: whatever outlives the child becomes the server's, and is killed

It runs as a script of its own with nothing but the standard library, so that a fork copies little. It never reads a
program or its input and output: it hands on descriptors, so one program leaves nothing for the next to find.
Linux only (memory files, pidfd, prctl).

It is NOT a container. A program may read every file its user may read, use the network and System V memory, and
write where its user may write. Started as root, programs run as a user id of their own: they cannot signal the
server or other programs, nor lift their limits, nor write outside their directory and /tmp; where that user could
not even read the standard library they keep root's right to read. Started as another user they run as that user:
they can kill the server (which then counts as the sandbox's failure), and the cap on processes counts all the user runs.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import math
import os
import resource
import select
import signal
import site
import socket
import sys
import time
import traceback
import types
from typing import NamedTuple

# What programs import most, loaded once instead of in each.
PRELOAD = (
    *(
        "bisect",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
    ),
    *("heapq", "io", "itertools", "operator", "random", "re", "statistics", "string", "threading", "typing"),
)
OPEN_FILES = 256
PROCESSES_OF_OWN_USER = 64  # processes and threads of one program
PROCESSES_OF_SHARED_USER = 4096  # counts all that the user runs: a stop to runaway forks, no more
FIRST_OWN_USER = 2_000_000  # + process id: above any that is handed out to people
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = (
    1,
    8,
    36,
    38,
)  # <linux/prctl.h>
CAPABILITY_VERSION = 0x20080522  # <linux/capability.h>
CAP_DAC_READ_SEARCH = 1 << 2
READY = b"ready"
LIBC = ctypes.CDLL(None, use_errno=True)


class User(NamedTuple):
    """Whom programs run as, where that is not the server's own user."""

    id: int
    capabilities: int  # what they keep of root's rights, as a mask


def prctl(option: int, value: int) -> None:
    if LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


# ---------------------------------------------------------------- the child


def become_user(user: User) -> None:
    os.setgroups([])
    prctl(PR_SET_KEEPCAPS, 1)
    os.setresgid(user.id, user.id, user.id)
    os.setresuid(user.id, user.id, user.id)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(
        user.capabilities, user.capabilities
    )  # effective, permitted; the rest is nothing
    if LIBC.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset was refused")


def limit(request: dict, user: User | None) -> None:
    """One number bounds every file, standard output among them; one byte more shows that it was passed."""
    seconds = math.ceil(request["seconds"]) + 1  # behind the wall clock, should the server be stopped
    largest = request["output_bytes"] + 1
    processes = PROCESSES_OF_SHARED_USER if user is None else PROCESSES_OF_OWN_USER
    for kind, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, request["memory_mb"] << 20),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def set_up(request: dict, descriptors: list[int], ready: int, scratch: str, user: User | None) -> bytes:
    """Make this process the program's: returns the program's text with nothing open but 0, 1, 2 and `ready`."""
    os.setsid()
    program = os.pread(descriptors[0], os.fstat(descriptors[0]).st_size, 0)
    for target, descriptor in enumerate(descriptors[1:]):
        os.dup2(descriptor, target)
    os.closerange(3, ready)
    os.closerange(ready + 1, OPEN_FILES)
    os.chdir(scratch)
    os.environ.clear()
    os.environ["TMPDIR"] = scratch
    limit(request, user)
    if user is not None:
        become_user(user)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return program


def execute(program: bytes) -> int:
    """Run the text as `__main__` and end as the interpreter would; returns the exit status."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = ["program.py"]
    status = 0
    try:
        exec(compile(program, "program.py", "exec", dont_inherit=True), main.__dict__)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            print(end.code, file=sys.stderr)
        status = end.code & 0xFF if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        status = 1
        own_frame = error.__traceback__
        traceback.print_exception(error.with_traceback(own_frame.tb_next if own_frame else None))
    sys.modules["threading"]._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def be_program(request: dict, descriptors: list[int], ready: int, scratch: str, user: User | None) -> None:
    """The child's whole life. Never returns."""
    try:
        program = set_up(request, descriptors, ready, scratch, user)
        os.write(ready, READY)
    except BaseException as error:
        os.write(ready, f"{type(error).__name__}: {error}".encode()[:1000])
        os._exit(1)
    os.close(ready)
    status = 120  # what the interpreter says when it cannot end in order
    with contextlib.suppress(BaseException):
        gc.enable()
        status = execute(program)
    os._exit(status)


# ---------------------------------------------------------------- the server


def kill_orphans(user: User | None) -> None:
    """Kill and reap what the program left behind; all of it has become our child, or becomes so as its parent dies."""
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


def remove_tree(root: str) -> None:
    """Remove a directory that a hostile program filled: paths stay short and nothing recurses, however deep it is."""
    while names := os.listdir(root):
        for name in names:
            path = f"{root}/{name}"
            if not os.path.isdir(path) or os.path.islink(path):
                os.unlink(path)
                continue
            os.chmod(path, 0o700)
            for inner in os.listdir(path):  # lift what lies deeper, and come back for it
                if os.path.isdir(f"{path}/{inner}") and not os.path.islink(f"{path}/{inner}"):
                    os.chmod(f"{path}/{inner}", 0o700)
                os.rename(f"{path}/{inner}", f"{root}/{os.urandom(16).hex()}")
            os.rmdir(path)
    os.rmdir(root)


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


def main() -> None:
    control, root = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    site.setquit()  # `exit` and `quit`, which programs expect
    for name in PRELOAD:
        importlib.import_module(name)
    sys.modules["random"].seed(0)  # else the same program draws other numbers under each server
    os.chmod(root, 0o711)
    gc.disable()
    gc.freeze()
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            serve(control, root)
    finally:
        remove_tree(root)


if __name__ == "__main__":
    main()
