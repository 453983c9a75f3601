"""Invented people, each unlike all others, who write about themselves in every way that people do; and the search."""

import re
from dataclasses import dataclass
from typing import Any, Final

from tests.builders import submission

# Words that no Indonesian text holds, so that a name found is a name that got out.
_SYLLABLES: Final = [first + vowel + last for first in "bdgkmnprstvz" for vowel in "aeiou" for last in "xqrnkl"]
_WORDS: Final = len(_SYLLABLES) ** 3
_JOINED: Final = re.compile(r"(?<=\d)[ .\-/()\u00a0]{1,3}(?=\d)")
_DIGITS: Final = re.compile(r"\d{11,}")
_SPELLED: Final = re.compile(r"(?<![a-z])(?:[a-z][ .]){8,}[a-z](?![a-z])")
_WORD: Final = re.compile(r"[a-z]{9}")


@dataclass(frozen=True, slots=True)
class Person:
    """What must not leave the vault; `phone` is the national number without its zero."""

    first: str
    last: str
    nik: str
    phone: str
    email: str
    street: str


def person(number: int) -> Person:
    """The same on every run; no part of one is a part of another."""
    first, last, mailbox, street = (_word(4 * number + part) for part in range(4))
    born = f"{number % 28 + 1:02}{number % 12 + 1:02}{70 + number % 30}"
    return Person(
        first=first.capitalize(),
        last=last.capitalize(),
        nik=f"3575{number // 9000 % 4 + 1:02}{born}{1000 + number % 9000}",
        phone=f"812{20_000_000 + 7 * number}",
        email=f"{mailbox}.{number}+lapor@example.org" if number % 3 else f"{mailbox}{number}@mail.example.com",
        street=f"Jl. {street.capitalize()} {number % 90}",
    )


def _word(number: int) -> str:
    """Nine letters, a different word for each number."""
    number = number * 7919 % _WORDS
    base = len(_SYLLABLES)
    return _SYLLABLES[number % base] + _SYLLABLES[number // base % base] + _SYLLABLES[number // base**2]


def _phones(one: Person) -> list[str]:
    n = one.phone
    return [
        f"0{n}", f"+62{n}", f"62{n}", f"0{n[:3]}-{n[3:7]}-{n[7:]}", f"+62 {n[:3]} {n[3:7]} {n[7:]}",
        f"(0{n[:3]}) {n[3:7]} {n[7:]}", f"0{n[:3]}.{n[3:7]}.{n[7:]}", f"https://wa.me/62{n}", " ".join(f"0{n}"),
        f"+62 ({n[:3]}) {n[3:7]}-{n[7:]}",
    ]  # fmt: skip


def _niks(one: Person) -> list[str]:
    n = one.nik
    return [
        n, f"{n[:4]} {n[4:8]} {n[8:12]} {n[12:]}", f"{n[:6]}.{n[6:12]}.{n[12:]}", f"{n[:6]}-{n[6:12]}-{n[12:]}",
        f"NIK:{n}", f"{n[:8]} {n[8:]}", " ".join(n),
    ]  # fmt: skip


def _names(one: Person) -> list[str]:
    first, last = one.first, one.last
    return [
        f"{first} {last}", f"{first} {last}".upper(), f"{first} {last}".lower(), f"{first}-{last}", f"{first}.{last}",
        f"{first}{last}", f"Bu {first}", f"{last}, {first}", ".".join(first), " ".join(f"{first}{last}"),
        f"{first}\n{last}", f"pak {last.lower()}", f"{first}_{last}",
    ]  # fmt: skip


def _emails(one: Person) -> list[str]:
    box, domain = one.email.split("@")
    return [
        one.email, one.email.upper(), f"mailto:{one.email}", f"<{one.email}>",
        f"{box} [at] {domain.replace('.', ' [dot] ')}", f"{box}(at){domain}", f"{box} @ {domain}",
    ]  # fmt: skip


def reports(count: int) -> list[dict[str, Any]]:
    """One report of each person, who says who he is in title, text, address and attributes, each in another way."""
    found = []
    for number in range(count):
        one = person(number)
        name, phone, nik, email = _names(one), _phones(one), _niks(one), _emails(one)

        def at(forms: list[str], step: int, number: int = number) -> str:
            return forms[(number + step) % len(forms)]

        found.append(
            submission(
                title=f"Lampu jalan mati, {at(name, 3)}",
                text=(
                    f"Saya {at(name, 0)}, NIK {at(nik, 0)}, HP {at(phone, 0)}, surel {at(email, 0)}: lampu jalan mati."
                    f" Kabari {at(phone, 4)} atau {at(email, 2)}. Tertanda {at(name, 5)} ({at(nik, 3)})"
                ),
                location={"address": f"depan rumah {at(name, 1)}, hp {at(phone, 2)}, Gadingrejo"},
                attributes={"catatan": f"{at(name, 7)} {at(phone, 6)}", "surat": f"{at(email, 1)} {at(nik, 5)}"},
                reporter={
                    "name": f"{one.first} {one.last}",
                    "nik": at(nik, 1) if number % 2 else one.nik,
                    "phone": at(phone, 1),
                    "email": one.email,
                    "address": one.street,
                },
            )
        )
    return found


class Search:
    """Looks for every one of the first `count` people at once, in a text of any length."""

    def __init__(self, count: int) -> None:
        self._words: set[str] = set()
        self._numbers: set[str] = set()
        for one in map(person, range(count)):
            self._words |= {word for part in (one.first, one.last, one.email, one.street) for word in _words(part)}
            self._numbers |= {one.nik, one.phone}

    def found_in(self, text: str) -> set[str]:
        """Parts of names, mailboxes, streets and numbers, however their digits are set apart."""
        found = self._words & _words(text)
        for digits in _DIGITS.findall(_JOINED.sub("", text)):
            for length in (11, 16):
                found |= {digits[at : at + length] for at in range(len(digits) - length + 1)} & self._numbers
        return found


def _words(text: str) -> set[str]:
    """Words of nine letters, also those spelled letter by letter."""
    small = text.lower()
    spelled = [re.sub("[ .]", "", letters) for letters in _SPELLED.findall(small)]
    return {*_WORD.findall(small), *(letters[at : at + 9] for letters in spelled for at in range(len(letters) - 8))}
