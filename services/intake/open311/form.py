"""The body of a POST as fields: application/x-www-form-urlencoded, multipart/form-data tolerated. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from services.intake.open311 import multipart
from services.intake.open311.refusal import Refused, bad

# Ten times the longest report as it is sent, percent-encoded; nobody needs more without files.
BODY_BYTES: Final = 256 * 1024
_FIELDS: Final = 200

_ATTRIBUTE: Final = re.compile(r"attribute\[([^\[\]]{1,64})\](?:\[\])?")

Form = Mapping[str, str]


def read_form(content_type: str, body: bytes) -> Form:
    """Fields by name, empty ones left out: null means absent. Values of one multi-valued attribute are joined by `;`.

    Raises:
        Refused: 400, with what cannot be read.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _gather(_multipart(content_type, body))
    if kind in {"", "application/x-www-form-urlencoded"}:
        return _gather(read_pairs(body))
    raise bad(f"{kind[:100]}: kirim application/x-www-form-urlencoded", "Content-Type", "not-in-list")


def read_pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or a urlencoded body, in their order.

    Raises:
        Refused: 400, not UTF-8 or too many.
    """
    try:
        return parse_qsl(encoded.decode(), max_num_fields=_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except ValueError:
        raise bad(f"Paling banyak {_FIELDS} isian / at most {_FIELDS} fields", None, "too-many") from None


def single(pairs: Iterable[tuple[str, str]]) -> Form:
    """Each name with its one value.

    Raises:
        Refused: 400, a name is given twice with different values.
    """
    fields: dict[str, str] = {}
    for name, value in pairs:
        if value.strip() and fields.setdefault(name, value) != value:
            raise bad(f"{name[:64]}: dua nilai berbeda / two different values", name[:64], "given-twice")
    return fields


def attributes(form: Form) -> dict[str, str]:
    """The answers to a service's questions, `attribute[code]`, by code."""
    return {found[1]: value for name, value in form.items() if (found := _ATTRIBUTE.fullmatch(name))}


def _gather(pairs: Iterable[tuple[str, str]]) -> Form:
    lists: dict[str, list[str]] = {}
    others: list[tuple[str, str]] = []
    for name, value in pairs:
        if name.endswith("[]") and value.strip():
            lists.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            others.append((name, value))
    return single([*others, *((name, ";".join(values)) for name, values in lists.items())])


def _multipart(content_type: str, body: bytes) -> list[tuple[str, str]]:
    fields = multipart.fields(content_type, body, _FIELDS)
    if not fields:
        raise bad("multipart/form-data tidak terbaca / cannot be read")
    try:
        pairs = [(field.name.decode(), field.value.decode() if not field.is_file else "") for field in fields]
    except UnicodeDecodeError:
        raise _not_utf8() from None
    for (name, _), field in zip(pairs, fields, strict=True):
        if field.is_file and field.value:
            # Nothing here keeps files: silence would lose it.
            raise bad("Berkas tidak diterima; kirim tautan media_url / send a link instead of a file", name, "no-files")
    return pairs


def _not_utf8() -> Refused:
    return bad("Bukan UTF-8 / not UTF-8", None, "not-utf-8")
