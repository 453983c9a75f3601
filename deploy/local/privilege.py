"""Whom PostgreSQL runs as where the stack itself runs as root, which PostgreSQL refuses."""

import os
import stat
from pathlib import Path

from deploy.local.child import User
from deploy.local.failure import StackError

_NOBODY = 65534  # the kernel's own number for it


def unprivileged_user(folder: Path, *programs: Path) -> User | None:
    """Whom to become for work in this folder with these programs; None where the caller is no root already.

    The owner of the nearest folder that is not root's, so that a checkout mounted from outside keeps its owner,
    otherwise nobody. Where a folder on the way is closed to that user, it is given the one right to pass.

    Raises:
        StackError: this system knows no other user.
    """
    if os.geteuid() != 0:
        return None
    for uid, gid in (*_owners_above(folder), (_NOBODY, _NOBODY), (1000, 1000), (1, 1)):
        if _is_mapped("uid_map", uid) and _is_mapped("gid_map", gid):
            free = all(can_pass(uid, gid, path) for path in (folder, *programs))
            return User(uid, gid, passage=not free)
    raise StackError(
        "no-other-user",
        "PostgreSQL refuses to run as root, and this container knows no other user.",
        "Run the command as an ordinary user, or in a container that maps more than one user id.",
    )


def can_pass(uid: int, gid: int, path: Path) -> bool:
    """Whether every folder on the way to this path lets this user enter."""
    return all(_lets_in(above.stat(), uid, gid) for above in path.resolve().parents)


def _lets_in(folder: os.stat_result, uid: int, gid: int) -> bool:
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _owners_above(folder: Path) -> list[tuple[int, int]]:
    seen = (path.stat() for path in (folder, *folder.resolve().parents) if path.exists())
    return [(one.st_uid, one.st_gid) for one in seen if one.st_uid and one.st_gid][:1]


def _is_mapped(kind: str, number: int) -> bool:
    try:
        rows = Path("/proc/self", kind).read_text(encoding="ascii").splitlines()
    except OSError:
        return True  # no user namespaces here
    spans = ((int(first), int(count)) for first, _, count in (row.split() for row in rows))
    return any(first <= number < first + count for first, count in spans)
