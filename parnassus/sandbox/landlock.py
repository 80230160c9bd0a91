"""What a program may touch, told to the kernel by the process itself: Landlock, which needs no rights.

    reading (prepared once by the server)     the standard library, system libraries, zones; the scratch root
    writing (made by each child for itself)   its own scratch directory; /dev/null
    besides, by the reading layer             no program may be executed, no TCP, no signal to anyone outside

What a layer does not allow fails with PermissionError, for the program and all that it starts. Not covered
by the kernel's mechanism: whether a file exists and how large it is (stat), UDP, Unix sockets with a path.
Older kernels know fewer kinds of access; what they do not know stays as open as it was.

Numbers and layouts: linux/landlock.h, the same on every architecture that matters.
"""

import ctypes
import os
import stat
import struct
import sys
from typing import NamedTuple

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
FIRST_RIGHTS = (1 << 13) - 1  # all that the first version knows
REFER, TRUNCATE, IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
MAKE_DEVICES = 1 << 6 | 1 << 11
ADDED = ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEVICE))  # from which version on
ON_FILES = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
NETWORK_VERSION, BIND_AND_CONNECT_TCP = 4, 0b11
SCOPE_VERSION, ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11

READ = READ_FILE | READ_DIR
PACKAGES = frozenset({"site-packages", "dist-packages"})  # other people's code, inside the standard library
SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/mime.types",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
)
LIBC = ctypes.CDLL(None, use_errno=True)


class Landlock(NamedTuple):
    """The server's half of the walls, ready for its children."""

    version: int
    reading: int  # descriptor of the rule set


def version() -> int:
    """Which Landlock this kernel offers; 0 if none."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, 0, ASK_VERSION))


def prepare(scratch_root: str) -> Landlock | None:
    """The reading layer of programs whose directories lie in `scratch_root`, or None without Landlock."""
    known = version()
    if known == 0:
        return None
    network = BIND_AND_CONNECT_TCP if known >= NETWORK_VERSION else 0
    scoped = ABSTRACT_SOCKETS_AND_SIGNALS if known >= SCOPE_VERSION else 0
    reading = _ruleset(_known(known, READ | EXECUTE | REFER), network, scoped)
    _allow(reading, scratch_root, _known(known, READ | REFER))
    for directory in sys.path:  # without site, the standard library and nothing else
        _allow_library(reading, directory)
    for path in (*_shared_libraries(), *SYSTEM_FILES):
        _allow(reading, path, READ)
    return Landlock(known, reading)


def confine(landlock: Landlock, scratch: str) -> None:
    """Shut this process in, for good. The kernel wants `no_new_privs` before."""
    writing = _ruleset(_writing(landlock.version), 0, 0)
    _allow(writing, scratch, _writing(landlock.version) & ~MAKE_DEVICES)
    _allow(writing, os.devnull, WRITE_FILE)
    for layer in (landlock.reading, writing):
        _call(RESTRICT_SELF, layer, 0)


def _known(known: int, rights: int) -> int:
    unknown = sum(right for since, right in ADDED if known < since)
    return rights & ~unknown


def _writing(known: int) -> int:
    return _known(known, (FIRST_RIGHTS | REFER | TRUNCATE | IOCTL_DEVICE) & ~(READ | EXECUTE))


def _allow_library(ruleset: int, directory: str) -> None:
    """A directory of the standard library, but for the packages in it, whose names alone can be seen."""
    if not os.path.isdir(directory):
        return
    _allow(ruleset, directory, READ_DIR)
    for name in os.listdir(directory):
        if name not in PACKAGES:
            _allow(ruleset, os.path.join(directory, name), READ)


def _shared_libraries() -> list[str]:
    """Where the libraries lie that extension modules of the standard library load when first imported."""
    system = [f"{root}/{sys.implementation._multiarch}" for root in ("/lib", "/usr/lib")]
    if not any(map(os.path.isdir, system)):
        system = ["/lib64", "/usr/lib64"]
    own = os.path.join(sys.base_prefix, "lib")
    return system + [os.path.join(own, name) for name in os.listdir(own) if ".so" in name]


def _ruleset(files: int, network: int, scoped: int) -> int:
    attributes = struct.pack("=QQQ", files, network, scoped)  # kernels accept what is zero and too long
    return _call(CREATE_RULESET, attributes, len(attributes), 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        kinds = rights if stat.S_ISDIR(os.fstat(target).st_mode) else rights & ON_FILES
        _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", kinds, target), 0)
    finally:
        os.close(target)


def _call(number: int, *arguments: object) -> int:
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock refused call {number}")
    return result
