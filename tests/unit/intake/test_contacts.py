"""Numbers and addresses of people: what somebody could have, in one form, and nothing else."""

from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from services.intake.contacts import birth_date, derived, email, is_mobile, nik, phone, reply_address, reporter
from shared.events import ReplyKind, ReplyTo, Reporter

TODAY = date(2026, 11, 23)

NIKS = [
    ("3575014107809001", "3575014107809001"),
    ("3575 0141 0780 9001", "3575014107809001"),
    ("35.75.01.410780.9001", "3575014107809001"),
    ("3575-0141-0780-9001", "3575014107809001"),
    ("3575010107150001", "3575010107150001"),  # a child born in 2015
    ("3575014107150001", "3575014107150001"),  # a girl
    ("3575012311260001", "3575012311260001"),  # born today
    ("3514120508920003", "3514120508920003"),  # first issued in the regency around the city
    ("3275010107900001", "3275010107900001"),  # somewhere else
    ("6501010107900001", "6501010107900001"),  # Kalimantan Utara, a province since 2012
    ("9601010107900001", "9601010107900001"),  # Papua Barat Daya, since 2022
    ("3575012902000001", "3575012902000001"),  # 29 February 2000; 1900 had none
    ("3575012902960001", "3575012902960001"),
    ("3575012902010001", None),
    ("3575013102900001", None),  # 31 February
    ("3575013201900001", None),  # day 32
    ("3575014001900001", None),  # day 40
    ("3575017201900001", None),  # day 72
    ("3575019101900001", None),  # day 91, which python-stdnum reads as 11
    ("3575010113900001", None),  # month 13
    ("3575010100900001", None),
    ("3575010101900000", None),  # serial 0000
    ("3575012411260001", "3575012411260001"),  # tomorrow a hundred years ago
    ("0075010101900001", None),  # no province
    ("1075010101900001", None),
    ("9775010101900001", None),
    ("357501410780900", None),
    ("35750141078090011", None),
    ("357501410780900X", None),
    ("٣٥٧٥٠١٤١٠٧٨٠٩٠٠١", None),
    ("", None),
    ("tidak punya", None),
]


@pytest.mark.parametrize(("typed", "kept"), NIKS)
def test_a_nik_is_one_that_somebody_alive_can_have(typed: str, kept: str | None) -> None:
    assert nik(typed, TODAY) == kept


def test_the_century_is_the_later_one_that_makes_a_sensible_age() -> None:
    assert birth_date("3575010107150001", TODAY) == date(2015, 7, 1)
    assert birth_date("3575010107800001", TODAY) == date(1980, 7, 1)
    assert birth_date("3575012411260001", TODAY) == date(1926, 11, 24)
    assert birth_date("3575012411260001", date(2037, 1, 1)) == date(2026, 11, 24)


@given(st.dates(date(1917, 1, 1), TODAY), st.booleans(), st.integers(1, 9999))
def test_everybody_between_0_and_109_has_a_nik(born: date, woman: bool, serial: int) -> None:
    typed = f"357501{born.day + (40 if woman else 0):02}{born:%m%y}{serial:04}"
    assert nik(typed, TODAY) == typed
    assert birth_date(typed, TODAY) in {born, born.replace(year=born.year + 100 if born.year < 1927 else born.year)}


PHONES = [
    ("081200001234", "+6281200001234"),
    ("6281200001234", "+6281200001234"),
    ("+6281200001234", "+6281200001234"),
    ("+62 812-0000-1234", "+6281200001234"),
    ("+62 0812 0000 1234", "+6281200001234"),
    ("+62 (0) 812 0000 1234", "+6281200001234"),
    ("0062 812 0000 1234", "+6281200001234"),
    ("0812.0000.1234", "+6281200001234"),
    ("(0812) 0000 1234", "+6281200001234"),
    ("81200001234", "+6281200001234"),
    ("０８１２００００１２３４", "+6281200001234"),
    ("wa 0812-0000-1234 (istri)", "+6281200001234"),
    ("081200001234 / 082200001234", "+6281200001234"),
    ("0343-421234", "+62343421234"),
    ("(0343) 421 234", "+62343421234"),
    ("+1 202 555 0142", "+12025550142"),
    ("+65 6123 4567", "+6561234567"),
    ("08123", None),  # possible, not valid
    ("08123456789012", None),  # 14 digits
    ("112", None),
    ("1708", None),
    ("137", None),
    ("0000000000", None),
    ("123456", None),
    ("tidak punya", None),
    ("rahayu@example.org", None),
    ("-", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "kept"), PHONES)
def test_a_telephone_number_is_kept_in_e_164(typed: str, kept: str | None) -> None:
    assert phone(typed) == kept


@given(st.from_regex(r"(\+?62|0)8[0-9]{6,13}", fullmatch=True))
def test_the_quick_way_for_mobile_numbers_says_what_the_library_says(typed: str) -> None:
    number = phonenumbers.parse(typed if typed[0] in "+0" else f"+{typed}", "ID")
    valid = phonenumbers.is_valid_number(number)
    assert phone(typed) == (phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(typed: str) -> None:
    kept = phone(typed)
    assert kept is None or phone(kept) == kept


def test_a_landline_gets_no_text_message() -> None:
    assert is_mobile("+6281200001234")
    assert not is_mobile("+62343421234")
    assert is_mobile("+12025550142")


EMAILS = [
    ("rahayu@example.org", "rahayu@example.org"),
    (" Rahayu.P+lapor@Example.ORG. ", "Rahayu.P+lapor@example.org"),
    ("<rahayu@example.org>", "rahayu@example.org"),
    ("mailto:rahayu@example.org", "rahayu@example.org"),
    ("rahayu@surat.pasuruankota.example", "rahayu@surat.pasuruankota.example"),
    ("rahayu@bücher.example", "rahayu@xn--bcher-kva.example"),
    ("o'brien@example.org", "o'brien@example.org"),
    ("rahayu@example", None),
    ("rahayu@localhost", None),
    ("rahayu@127.0.0.1", None),
    ("rahayu@[127.0.0.1]", None),
    ("rahayu@example,com", None),
    ("rahayu@-example.org", None),
    ("rahayu@example..org", None),
    ("rah ayu@example.org", None),
    ("rahayu..p@example.org", None),
    ("rahayu.@example.org", None),
    ("räh@example.org", None),
    ("a@b@example.org", None),
    ("rahayu@example.org\nBcc: a@example.org", None),
    (f"{'a' * 65}@example.org", None),
    (f"a@{'b' * 64}.org", None),
    (f"a@{'b.' * 120}org", None),
    ("rahayu", None),
    ("@", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "kept"), EMAILS)
def test_an_e_mail_address_is_one_that_mail_can_be_sent_to(typed: str, kept: str | None) -> None:
    assert email(typed) == kept


@given(st.text(max_size=60))
def test_no_address_brings_a_line_break_or_a_blank_into_a_mail(typed: str) -> None:
    kept = email(typed) or ""
    assert not set(kept) & set('\r\n\t <>,;"()')
    assert kept.isascii()


def test_what_cannot_be_used_of_a_reporter_is_left_out_by_name() -> None:
    given = Reporter(name="  Rahayu ", nik="1", email="x", phone="08123", address="Jl. Kenanga 12")
    assert reporter(given, TODAY) == (Reporter(name="Rahayu", address="Jl. Kenanga 12"), ("nik", "email", "phone"))
    assert reporter(Reporter(nik=" ", email="", phone=None), TODAY) == (Reporter(), ())


WAYS: list[tuple[ReplyKind, str, str | None]] = [
    ("sms", "0812 0000 1234", "+6281200001234"),
    ("whatsapp", "62812-0000-1234", "+6281200001234"),
    ("whatsapp", "rahayu", None),
    ("sms", "1708", None),
    ("email", "Rahayu@Example.org", "Rahayu@example.org"),
    ("email", "081200001234", None),
    ("channel", " session-17 ", "session-17"),
]


@pytest.mark.parametrize(("kind", "address", "kept"), WAYS)
def test_a_way_of_reply_has_the_form_of_its_kind(kind: ReplyKind, address: str, kept: str | None) -> None:
    way = reply_address(ReplyTo(kind=kind, address=address))
    assert (way.address if way else None) == kept


def test_ways_of_reply_follow_from_the_reporter() -> None:
    assert derived(Reporter(email="a@example.org", phone="+6281200001234")) == (
        ReplyTo(kind="email", address="a@example.org"),
        ReplyTo(kind="sms", address="+6281200001234"),
    )
    assert derived(Reporter(phone="+62343421234")) == ()
    assert derived(Reporter()) == ()
