"""Where offices are written to: a file outside the pack, for such contacts change and may be those of a person. Pure.

Columns `agency,kind,address` and, where wanted, `language`; one address per office and kind.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from shared.pack import PackError, Problem

KINDS: Final = ("email", "sms", "whatsapp", "webhook")
_COLUMNS: Final = ("agency", "kind", "address")
_EMAIL: Final = re.compile(r"[!-;=?-~]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+")
_PHONE: Final = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Office:
    """The addresses of one office by kind, and the language it is written to in; None: the pack's."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


Offices = Mapping[str, Office]


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are held against: the pack's agencies, the languages with words, who has a webhook secret."""

    agencies: Collection[str]
    languages: Collection[str]
    secrets: Collection[str]
    trial: bool  # webhooks without TLS, for a local trial


def load_offices(path: Path, known: Known) -> Offices:
    """The offices of a file.

    Raises:
        PackError: it cannot be read, or has problems: each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError([Problem(str(path), 0, f"cannot be read: {type(error).__name__}")]) from None
    found, problems = read_offices(path.name, text, known)
    if problems:
        raise PackError(problems)
    return found


def read_offices(file: str, text: str, known: Known) -> tuple[Offices, list[Problem]]:
    """The offices of a file named `file`, and every problem with its line; a row with one is left out."""
    rows = csv.DictReader(io.StringIO(text))
    head = tuple(rows.fieldnames or ())
    if head not in {_COLUMNS, (*_COLUMNS, "language")}:
        return {}, [Problem(file, 1, f"columns must be {','.join(_COLUMNS)} and, where wanted, language")]
    found: dict[str, Office] = {}
    problems = []
    for row in rows:
        wrong = list(_wrong(row, found, known))
        problems += [Problem(file, rows.line_num, said) for said in wrong]
        if not wrong:
            office = found.get(row["agency"], Office())
            addresses = {**office.addresses, row["kind"]: row["address"]}
            found[row["agency"]] = Office(addresses, row.get("language") or office.language)
    return found, problems


def _wrong(row: Mapping[str, str], found: Offices, known: Known) -> Iterator[str]:
    if None in row or None in row.values():
        yield "has more or fewer columns than the head"
        return
    agency, kind = row["agency"], row["kind"]
    if agency not in known.agencies:
        yield f"agency {agency!r} is none of the pack"
    if kind not in KINDS:
        yield f"kind {kind!r} is none of {', '.join(KINDS)}"
    elif kind in found.get(agency, Office()).addresses:
        yield f"agency {agency!r} has a contact of kind {kind!r} already"
    else:
        yield from _wrong_address(kind, row["address"], known)
        if kind == "webhook" and agency not in known.secrets:
            yield f"agency {agency!r} has no secret in TANGGAP_WEBHOOK_SECRETS"
    if (language := row.get("language")) and language not in known.languages:
        yield f"language {language!r} has no words for offices"


def _wrong_address(kind: str, address: str, known: Known) -> Iterator[str]:
    # The address itself is not shown: it may be that of a person, and this line ends in a log.
    if kind == "email" and not _EMAIL.fullmatch(address):
        yield "is no e-mail address"
    if kind in {"sms", "whatsapp"} and not _PHONE.fullmatch(address):
        yield "is no number in international form, such as +6281200001234"
    if kind == "webhook":
        try:
            parts = urlsplit(address)
            port = parts.port  # raises where it is no number
        except ValueError:
            parts, port = urlsplit(""), 0
        good = parts.hostname and port != 0 and not parts.username and not parts.password
        if not good or parts.scheme not in ({"https", "http"} if known.trial else {"https"}):
            yield "is no address of a webhook: https://host/path, without user or password"
