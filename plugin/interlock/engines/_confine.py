"""Takes rights away from itself, then becomes the program that is to run without them. Linux only.

Run as a script by a fresh interpreter, ``python -I -S _confine.py [RIGHT...] -- PROGRAM ARGUMENTS...``; must work
alone, and imports as little as it can. With ``landlock`` or ``mounts`` nothing may be written but below the places of
``writable=PLACE``, any number of them; with ``offline`` there is only a loopback interface of its own; ``file_size=N``
limits files to N bytes. Ends with status 125 when that cannot be had. ``group=FILE`` is how to enter a control group
first; the program runs without one where the kernel refuses that.

Writing is restricted by Landlock (https://docs.kernel.org/userspace-api/landlock.html), which needs no privileges, or
by read-only mounts in a namespace, see mount_namespaces(7); the network by a namespace, see network_namespaces(7). Who
may not make those makes them in a user namespace of his own, see user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

# linux/landlock.h: write a file; remove directories and files; make devices, directories, files, sockets, pipes, links;
# move between directories; truncate.
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_WRITING = _WRITE_FILE | sum(1 << bit for bit in range(4, 13)) | _REFER
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
# Version 1 forbids to move a file from one directory to another, which builds have to do.
_OLDEST, _WITH_TRUNCATE = 2, 3
_NO_NEW_PRIVILEGES = 38  # linux/prctl.h
_DROP_FROM_BOUNDING_SET = 24  # linux/prctl.h
# linux/capability.h: with these, root reads the memory and the variables of any program, and takes mounts away.
_PTRACE, _ADMINISTRATOR, _PERFORMANCE = 19, 21, 38
_NEW_MOUNTS, _NEW_USER, _NEW_NETWORK = 0x20000, 0x10000000, 0x40000000  # linux/sched.h
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 1 << 5, 1 << 12, 1 << 14, 1 << 18  # linux/mount.h
# What a mount has it has to keep, or the kernel refuses to change it.
_KEPT = {"nosuid": 2, "nodev": 4, "noexec": 8, "noatime": 1 << 10, "nodiratime": 1 << 11, "relatime": 1 << 21}
_NO_MOUNT = {errno.EINVAL, errno.ENOENT, errno.EACCES}  # something else lies over it
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1  # linux/sockios.h, linux/if.h
_FAILED = 125

_libc = ctypes.CDLL(None, use_errno=True)


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 if there is none that serves."""
    version = int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))
    return version if version >= _OLDEST else 0


def restrict_writing(places: list[str]) -> None:
    """Let this process and its children write only below ``places``; those that cannot be reached are passed over."""
    rights = _WRITING | (_TRUNCATE if landlock_version() >= _WITH_TRUNCATE else 0)
    attributes = struct.pack("=Q", rights)
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for place in places:
        try:
            handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, PermissionError):
            continue
        allowed = rights if os.path.isdir(place) else rights & (_WRITE_FILE | _TRUNCATE)
        rule = struct.pack("=Qi", allowed, handle)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
        os.close(handle)
    # Who may not drop any is not root, and has none.
    _give_up_powers(errno.EPERM)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def make_others_read_only(places: list[str]) -> None:
    """Give this process and its children mounts of their own, of which only those of ``places`` can be written to."""
    own = [os.path.realpath(place) for place in places if os.path.isdir(place) or os.path.isfile(place)]
    _mount("none", "/", _RECURSIVE | _PRIVATE)
    for place in own:
        _mount(place, place, _BIND | _RECURSIVE)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        mounts = [line.split(" ")[4:6] for line in file]
    for text, options in mounts:
        place = text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
        if not any(place == each or place.startswith(f"{each}/") for each in own):
            kept = sum(_KEPT.get(option, 0) for option in options.split(","))
            try:
                _mount("none", place, _REMOUNT | _BIND | _READ_ONLY | kept)
            except OSError as error:
                if error.errno not in _NO_MOUNT:
                    raise
    # What this process is in lies below the new mounts now.
    os.chdir(os.getcwd())
    _give_up_powers()


def _give_up_powers(*passed_over: int) -> None:
    """Let the program that this process becomes, and its children, have none of root's powers over others."""
    for capability in (_PTRACE, _ADMINISTRATOR, _PERFORMANCE):
        result = _libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
        # EINVAL: the kernel does not know this one yet.
        if result < 0 and ctypes.get_errno() not in (errno.EINVAL, *passed_over):
            _checked(result)
    _checked(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def _mount(source: str, target: str, flags: int) -> None:
    _checked(_libc.mount(os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(flags), None))


def _enter(namespaces: int) -> None:
    """Move this process to namespaces of its own, where it stays who it is."""
    user, group = os.geteuid(), os.getegid()
    # Who may not do that here may in a user namespace of his own.
    if _libc.unshare(namespaces) != 0:
        _checked(_libc.unshare(_NEW_USER | namespaces))
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def _raise_loopback() -> None:
    """Start the only interface that a new network has."""
    import fcntl
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH22x", b"lo", 0)
        flags = struct.unpack_from("H", fcntl.ioctl(any_socket, _GET_FLAGS, request), 16)[0]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH22x", b"lo", flags | _UP))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)


def _enter_group(entrance: str) -> None:
    try:
        with open(entrance, "w") as file:
            file.write("0")
    except OSError:
        pass


def _limit_files(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def main() -> None:
    """Give up what the first arguments say, and become what follows them."""
    end = sys.argv.index("--")
    rights = [argument.partition("=")[::2] for argument in sys.argv[1:end]]
    names = [name for name, _ in rights]
    try:
        for entrance in (value for name, value in rights if name == "group"):
            _enter_group(entrance)
        namespaces = (_NEW_NETWORK if "offline" in names else 0) | (_NEW_MOUNTS if "mounts" in names else 0)
        if namespaces:
            _enter(namespaces)
        if "offline" in names:
            _raise_loopback()
        for size in (value for name, value in rights if name == "file_size"):
            _limit_files(int(size))
        writable = [value for name, value in rights if name == "writable"]
        if "mounts" in names:
            make_others_read_only(writable)
        if "landlock" in names:
            restrict_writing(writable)
        os.execvp(sys.argv[end + 1], sys.argv[end + 1 :])
    except OSError as error:
        print(f"a program could not be confined: {error}", file=sys.stderr)
        sys.exit(_FAILED)


if __name__ == "__main__":
    main()
