"""Caught mails, one file each, readable in the shape of Mailpit's API (v1)."""

import email
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import getaddresses
from pathlib import Path

_ID = re.compile(r"[0-9]{20}-[0-9]{6}")
_SNIPPET = 250  # characters


@dataclass(frozen=True, slots=True)
class Mail:
    """A caught mail: its id, its size in bytes, and what it says."""

    identity: str
    size: int
    message: EmailMessage


class Mailbox:
    """A folder of `.eml` files; the name of a file is the id of its mail, and names sort by time of arrival.

    Args:
        folder: made where it is absent; mails that lie there already are in the box.
        keep: how many mails at most; the oldest give way.
    """

    def __init__(self, folder: Path, *, keep: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._keep = keep
        self._counter = itertools.count()
        self._ids = sorted(path.stem for path in folder.glob("*.eml") if _ID.fullmatch(path.stem))
        self._lines: dict[str, dict[str, object]] = {}  # what was listed once: a mail does not change

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, sender: str, recipients: Sequence[str], content: bytes) -> str:
        """Store a mail with its envelope; its id. It is on the disk's way when this returns, not forced onto it."""
        identity = f"{time.time_ns():020d}-{next(self._counter) % 1_000_000:06d}"
        # RFC 5321 4.4 names Return-Path for the envelope's sender; Delivered-To is the usual one for its recipients.
        envelope = [f"Return-Path: <{_on_one_line(sender)}>"]
        envelope += [f"Delivered-To: {_on_one_line(recipient)}" for recipient in recipients]
        path = self._path(identity)
        draft = path.with_suffix(".draft")
        draft.write_bytes("\r\n".join([*envelope, ""]).encode() + content)
        draft.replace(path)
        self._ids.append(identity)
        while len(self._ids) > self._keep:
            oldest = self._ids.pop(0)
            self._lines.pop(oldest, None)
            self._path(oldest).unlink(missing_ok=True)
        return identity

    def listed(self, start: int, limit: int) -> Iterator[dict[str, object]]:
        """The summaries of mails from the newest on, skipping `start`, at most `limit`."""
        end = max(len(self._ids) - start, 0)
        for identity in reversed(self._ids[max(end - limit, 0) : end]):
            line = self._lines.get(identity) if self._path(identity).exists() else None
            if line is None and (mail := self.get(identity)) is not None:
                line = self._lines[identity] = summary(mail)
            if line is not None:
                yield line

    def get(self, identity: str) -> Mail | None:
        """One mail; None where there is none of that id. `latest` is the newest."""
        if identity == "latest" and self._ids:
            identity = self._ids[-1]
        if not _ID.fullmatch(identity):
            return None
        try:
            content = self._path(identity).read_bytes()
        except FileNotFoundError:
            return None
        message = email.message_from_bytes(content, policy=modern)
        return Mail(identity, len(content), message)

    def _path(self, identity: str) -> Path:
        return self._folder / f"{identity}.eml"


def _on_one_line(address: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", address)


def summary(mail: Mail) -> dict[str, object]:
    """One line of the list of mails."""
    arrived = datetime.fromtimestamp(int(mail.identity.split("-")[0]) / 1e9, UTC)
    return {
        "ID": mail.identity,
        "MessageID": _header(mail, "Message-ID").strip("<> "),
        "From": next(iter(_addresses(mail, "From")), None),
        "To": _addresses(mail, "To"),
        "Cc": _addresses(mail, "Cc"),
        "Bcc": _hidden_recipients(mail),
        "Subject": _header(mail, "Subject"),
        "Created": arrived.isoformat(timespec="milliseconds"),
        "Size": mail.size,
        "Snippet": " ".join(_body(mail, "plain").split())[:_SNIPPET],
    }


def full(mail: Mail) -> dict[str, object]:
    """One mail with its bodies and headers."""
    return {
        **summary(mail),
        "ReturnPath": _header(mail, "Return-Path").strip("<> "),
        "Text": _body(mail, "plain"),
        "HTML": _body(mail, "html"),
        "Headers": {name: _headers(mail, name) for name in dict.fromkeys(mail.message.keys())},
    }


def _headers(mail: Mail, name: str) -> list[str]:
    try:
        return [str(value) for value in mail.message.get_all(name, [])]
    except Exception:  # the standard library's parser fails in many ways on headers that break the rules
        return []


def _header(mail: Mail, name: str) -> str:
    return next(iter(_headers(mail, name)), "")


def _addresses(mail: Mail, name: str) -> list[dict[str, str]]:
    pairs = getaddresses(_headers(mail, name))
    return [{"Name": shown, "Address": address} for shown, address in pairs if address]


def _hidden_recipients(mail: Mail) -> list[dict[str, str]]:
    named = {one["Address"] for name in ("To", "Cc") for one in _addresses(mail, name)}
    return [one for one in _addresses(mail, "Delivered-To") if one["Address"] not in named]


def _body(mail: Mail, kind: str) -> str:
    part = mail.message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset that nobody knows, or not the one it says
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else str(payload)
