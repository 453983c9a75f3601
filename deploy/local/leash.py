"""Becomes another program that dies with the process that started it; run as a script, standard library only.

Usage: python -I -S leash.py PARENT SIGNAL UID:GID:PASSAGE PROGRAM [ARGUMENT...]

PARENT is the process id of the starter, SIGNAL the number of the signal that the kernel sends when the starter
dies (Linux; elsewhere nothing is sent). UID:GID, where not `-`, is the user to become for good; with PASSAGE 1 it
may still read below folders that only root may enter.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1  # <linux/capability.h>
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def drop_root(libc: ctypes.CDLL, uid: int, gid: int, *, passage: bool) -> None:
    """Become an unprivileged user for good, keeping at most the right to pass closed folders."""
    if passage:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if passage:
        keep_passage(libc)


def keep_passage(libc: ctypes.CDLL) -> None:
    """Reduce the capabilities to the weakest one that opens a closed folder, and hand it on through exec."""
    header = _Header(_CAPABILITY_VERSION_3, 0)
    sets = (_Sets * 2)()
    libc.capget(ctypes.byref(header), ctypes.byref(sets))
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        bit = 1 << capability
        if sets[0].permitted & bit:
            only = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
            libc.capset(ctypes.byref(header), ctypes.byref(only))
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return


def main(parent: str, signal: str, user: str, program: str, *arguments: str) -> None:
    """Drop root where asked, tie this process to its parent, and become the program."""
    libc = ctypes.CDLL(None, use_errno=True)
    if user != "-":
        uid, gid, passage = (int(part) for part in user.split(":"))
        drop_root(libc, uid, gid, passage=passage == 1)
    if sys.platform == "linux":
        # After the change of user, which clears it.
        libc.prctl(_PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit("the process that started this one is gone")
    os.execvp(program, [program, *arguments])  # noqa: S606 - becoming the program given is what this script is for


if __name__ == "__main__":
    main(*sys.argv[1:])
