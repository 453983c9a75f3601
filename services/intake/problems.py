"""What can be wrong with a submitted report: stable codes, and sentences in Indonesian and English. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.intake.masking import masker
from shared.events import Problem
from shared.readable import readable

WHOLE: Final = "$"  # the message itself, as in JSONPath
_masked: Final = masker(None)

# code: (Indonesian, English); {braces} are filled from the rule that was broken.
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "empty-message": ("Pesan kosong.", "The message is empty."),
    "too-large": ("Pesan lebih besar dari {limit} byte.", "The message is larger than {limit} bytes."),
    "not-json": ("Pesan bukan JSON yang sah.", "The message is not valid JSON."),
    "not-an-object": ("Harus berupa objek JSON.", "Must be a JSON object."),
    "missing": ("Wajib diisi.", "Is required."),
    "wrong-type": ("Jenis nilai salah: harus {expected}.", "Wrong type of value: must be {expected}."),
    "empty": ("Tidak boleh kosong.", "Must not be empty."),
    "too-long": ("Paling panjang {limit} karakter.", "At most {limit} characters."),
    "too-many": ("Paling banyak {limit} butir.", "At most {limit} items."),
    "out-of-range": ("Di luar rentang: {expected}.", "Out of range: {expected}."),
    "not-in-list": ("Harus salah satu dari {expected}.", "Must be one of {expected}."),
    "bad-format": ("Format salah.", "Wrong format."),
    "bad-time": ("Bukan waktu RFC 3339 yang sah.", "Not a valid RFC 3339 time."),
    "no-offset": ("Waktu tanpa zona; tulis misalnya +07:00.", "A time without an offset; write +07:00, say."),
    "incomplete-pair": ("lat dan lng harus diisi bersama.", "lat and lng must be given together."),
    "swapped-coordinates": (
        "lat dan lng tampaknya tertukar; lat adalah lintang (-90 sampai 90).",
        "lat and lng look swapped; lat is the latitude (-90 to 90).",
    ),
    "duplicate-name": (
        "Nama ini ada dua kali dengan nilai berbeda.",
        "This name is there twice, with different values.",
    ),
    "conflict": (
        "external_id ini sudah dipakai untuk laporan dengan isi lain.",
        "This external_id is already used for a report with other content.",
    ),
}

# pydantic's error types, by what a channel builder would call them
_TYPES: Final = {
    "string_type": "string",
    "bool_type": "boolean",
    "int_type": "integer",
    "float_type": "number",
    "tuple_type": "array",
    "list_type": "array",
    "dict_type": "object",
    "date_type": "string (YYYY-MM-DD)",
    "datetime_type": "string (RFC 3339)",
}
_CODES: Final = {
    "json_invalid": "not-json",
    "missing": "missing",
    "string_too_short": "empty",
    "string_too_long": "too-long",
    "too_long": "too-many",
    "literal_error": "not-in-list",
    "timezone_aware": "no-offset",
    "string_pattern_mismatch": "bad-format",
    "date_parsing": "bad-format",
    "date_from_datetime_parsing": "bad-format",
    "datetime_parsing": "bad-time",
    "datetime_from_date_parsing": "bad-time",
    "datetime_object_invalid": "bad-time",
    "finite_number": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem with the path to it in the message."""

    path: tuple[str | int, ...]
    problem: Problem


def problem(code: str, field: str = WHOLE, **facts: object) -> Problem:
    """A problem by its code; `facts` fill the braces of its sentences."""
    indonesian, english = SENTENCES[code]
    # A field may be called as its sender pleases: by what no table takes, or by somebody's number.
    field = _masked(readable(field))
    return Problem(field=field, code=code, message_id=indonesian.format(**facts), message_en=english.format(**facts))


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Every problem that validation found, in the order of the fields."""
    return tuple(Fault(item["loc"], _translate(item)) for item in error.errors(include_url=False, include_input=False))


def _translate(item: ErrorDetails) -> Problem:
    field = ".".join(str(part) for part in item["loc"]) or WHOLE
    kind = item["type"]
    facts: dict[str, Any] = item.get("ctx", {})
    if kind == "model_type" or (kind == "dict_type" and field == WHOLE):
        return problem("not-an-object", field)
    if kind in _TYPES:
        return problem("wrong-type", field, expected=_TYPES[kind])
    if kind == "value_error":
        return problem(str(facts["error"]), field)
    limit = facts.get("max_length")
    if kind in {"greater_than_equal", "less_than_equal"}:
        return problem("out-of-range", field, expected=f">= {facts['ge']}" if "ge" in facts else f"<= {facts['le']}")
    if kind == "finite_number":
        return problem("out-of-range", field, expected="finite")
    return problem(_CODES.get(kind, "bad-format"), field, limit=limit, expected=facts.get("expected", ""))
