"""Numbers and addresses of people, in the one form in which they are kept; what cannot be used is None. Pure."""

import re
import unicodedata
from datetime import date
from typing import Any, Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat
from stdnum.id import nik as dukcapil

from shared.events import ReplyKind, ReplyTo, Reporter

_COUNTRY: Final = "ID"
_LONGEST_LIFE: Final = 110
_NAME_LENGTH, _ADDRESS_LENGTH = 200, 500

# Codes of provinces run from 11 to 96 (Kemendagri).
_NIK: Final = re.compile(r"(?:1[1-9]|[2-8]\d|9[1-6])\d{14}", re.ASCII)

# Most numbers are plain mobile ones: the library's own pattern for them, without its general and slow way.
_METADATA: Final[Any] = PhoneMetadata.metadata_for_region(_COUNTRY)
_MOBILE_PATTERN: Final[str] = _METADATA.mobile.national_number_pattern
_MOBILE: Final = re.compile(_MOBILE_PATTERN)
_PLAIN_MOBILE: Final = re.compile(rf"(?:\+?62|0)({_MOBILE_PATTERN})", re.ASCII)
_SEPARATORS: Final = str.maketrans("", "", " .-()/\u00a0\u2010\u2011\u2012\u2013\t")
# A number among words: "wa 0812-0000-1234 (istri)".
_NUMBER: Final = re.compile(r"\+?\(?\+?\d[\d ().\-\u2010-\u2013\t]{5,30}")

# RFC 5322, section 3.4.1, without quoted strings and comments, which no provider gives to people.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*", re.ASCII)
# RFC 1123, section 2.1; the last label is a name, never a number.
_DOMAIN: Final = re.compile(
    r"(?=.{4,190}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})",
    re.ASCII,
)


def nik(typed: str, on: date) -> str | None:
    """A NIK as its 16 digits; None where it can be none: 16 digits PPKKCC DDMMYY XXXX of Dukcapil.

    Not as `stdnum` judges it: the day is 1-31, or 41-71 for a woman, the serial is not 0000; the century is the one
    that makes its bearer between 0 and 110 years old on the day `on`, so that children have one, too; every province
    counts (stdnum 2.2 knows neither Kalimantan Utara nor the younger ones of Papua), and none is required.
    """
    digits = typed if typed.isdecimal() else dukcapil.compact(typed)
    if _NIK.fullmatch(digits) is None or digits.endswith("0000"):
        return None
    return digits if birth_date(digits, on) else None


def birth_date(digits: str, on: date) -> date | None:
    """The date of birth in a NIK, in the later century that makes an age of 0 to 110 on the day `on`; None if none."""
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    day -= 40 if day > 40 else 0
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= on and on.year - born.year <= _LONGEST_LIFE:
            return born
    return None


def phone(typed: str) -> str | None:
    """A telephone number in E.164 (ITU-T), such as +6281200001234; None where it is none that anybody could have.

    Without a country it is one of Indonesia. Short codes (112, 1708) are services, not numbers of people.
    """
    plain = _PLAIN_MOBILE.fullmatch(typed.translate(_SEPARATORS))
    if plain is not None:
        return f"+62{plain[1]}"
    found = _NUMBER.search(unicodedata.normalize("NFKC", typed))
    if found is None:
        return None
    written = found[0].strip(" .-(")
    digits = re.sub(r"\D", "", written)
    if not written.startswith("+") and digits.startswith(("62", "0062")):
        written = f"+{digits.lstrip('0')}"
    try:
        number = phonenumbers.parse(written, _COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Whether a number in E.164 can receive a text message; of other countries nobody can tell a landline from it."""
    return not number.startswith("+62") or _MOBILE.fullmatch(number, 3) is not None


def email(typed: str) -> str | None:
    """An e-mail address that mail can be sent to, its domain in small letters; None where it is none."""
    address = typed.strip(" \t\r\n.,;:<>\"'()")
    address = address.removeprefix("mailto:")
    local, at, domain = address.rpartition("@")
    if not at or _LOCAL.fullmatch(local) is None:
        return None
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return f"{local}@{domain.lower()}" if _DOMAIN.fullmatch(domain) else None


def reporter(given: Reporter, on: date) -> tuple[Reporter, tuple[str, ...]]:
    """The reporter as kept, and the names of the fields that were given and cannot be used."""
    parts = {
        "name": _words(given.name, _NAME_LENGTH),
        "nik": nik(given.nik, on) if given.nik else None,
        "email": email(given.email) if given.email else None,
        "phone": phone(given.phone) if given.phone else None,
        "address": _words(given.address, _ADDRESS_LENGTH),
    }
    if parts == given.__dict__:
        return given, ()
    kept = Reporter(**parts)
    pairs = (("nik", given.nik, kept.nik), ("email", given.email, kept.email), ("phone", given.phone, kept.phone))
    return kept, tuple([name for name, typed, usable in pairs if usable is None and typed and typed.strip()])


def reply_address(way: ReplyTo) -> ReplyTo | None:
    """A way of reply with its address in the form of its kind; None where it cannot be used."""
    address: str | None = way.address.strip()
    if way.kind == "email":
        address = email(way.address)
    elif way.kind in {"sms", "whatsapp"}:
        address = phone(way.address)
    if address == way.address:
        return way
    return ReplyTo(kind=way.kind, address=address) if address else None


def derived(kept: Reporter) -> tuple[ReplyTo, ...]:
    """The ways of reply of a reporter who named none: e-mail, and a text message where the number can get one."""
    ways: list[tuple[ReplyKind, str]] = []
    if kept.email:
        ways.append(("email", kept.email))
    if kept.phone and is_mobile(kept.phone):
        ways.append(("sms", kept.phone))
    return tuple([ReplyTo(kind=kind, address=address) for kind, address in ways])


def _words(given: str | None, most: int) -> str | None:
    return (given.strip()[:most] or None) if given else None
