"""What the server's fork does: become the program. Two stages that must not mix:

set_up     our code, with our descriptors: session, streams, limits, user; a failure is the sandbox's
execute    the program, with nothing of ours left to hold; a failure is the program's
"""

import atexit
import ctypes
import gc
import math
import os
import random
import resource
import signal
import sys
import traceback
import types
from typing import NamedTuple

from parnassus.sandbox.landlock import Landlock, confine

OPEN_FILES = 256
PROCESSES_OF_OWN_USER = 64  # processes and threads of one program
PROCESSES_OF_SHARED_USER = 4096  # counts all that the user runs: a stop to runaway forks, no more
# linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 8, 36, 38
CAPABILITY_VERSION = 0x20080522  # linux/capability.h
CAP_DAC_READ_SEARCH = 1 << 2
READY = b"ready"
LIBC = ctypes.CDLL(None, use_errno=True)


class User(NamedTuple):
    """Whom programs run as, where that is not the server's own user."""

    id: int
    capabilities: int  # what they keep of root's rights, as a mask


class Walls(NamedTuple):
    """What stands around the programs of one server; None where this machine has no such thing."""

    user: User | None
    landlock: Landlock | None


def prctl(option: int, value: int) -> None:
    if LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


def become_user(user: User) -> None:
    os.setgroups([])
    prctl(PR_SET_KEEPCAPS, 1)
    os.setresgid(user.id, user.id, user.id)
    os.setresuid(user.id, user.id, user.id)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(user.capabilities, user.capabilities)  # effective, permitted; no other
    if LIBC.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset was refused")


def limit(request: dict, user: User | None) -> None:
    """One number bounds every file, standard output among them; one byte more shows that it was passed."""
    seconds = math.ceil(request["seconds"]) + 1  # of each process, behind the server, which counts finer
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


def set_up(request: dict, descriptors: list[int], ready: int, scratch: str, walls: Walls) -> bytes:
    """Make this process the program's; returns its text, with nothing open but 0, 1, 2 and `ready`."""
    os.setsid()
    program = os.pread(descriptors[0], os.fstat(descriptors[0]).st_size, 0)
    for target, descriptor in enumerate(descriptors[1:]):
        os.dup2(descriptor, target)
    os.chdir(scratch)
    os.environ.clear()
    os.environ["TMPDIR"] = scratch
    limit(request, walls.user)
    if walls.user is not None:
        become_user(walls.user)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if walls.landlock is not None:
        confine(walls.landlock, scratch)
    os.closerange(3, ready)
    os.closerange(ready + 1, OPEN_FILES)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed(0)  # a fork is seeded afresh, and the same program would draw other numbers each time
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


def be_program(request: dict, descriptors: list[int], ready: int, scratch: str, walls: Walls) -> None:
    """The child's whole life. Never returns."""
    try:
        program = set_up(request, descriptors, ready, scratch, walls)
        os.write(ready, READY)
    except BaseException as error:
        os.write(ready, f"{type(error).__name__}: {error}".encode()[:1000])
        os._exit(1)
    os.close(ready)
    gc.enable()
    status, leave = 120, os._exit  # 120: what the interpreter says when it cannot end in order
    try:
        status = execute(program)
    finally:  # not `except`: the program may have altered any name but these
        leave(status)
