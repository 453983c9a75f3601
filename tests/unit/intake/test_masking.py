"""Masking: identity out, everything else untouched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.masking import masker
from shared.events import Reporter

SITI = Reporter(
    name="Siti Rahmawati Bagus", nik="3575014107809001", phone="+62 812-0000-1234", email="siti.r@example.org"
)

HIDDEN = [
    ("NIK saya 3575014107809001 pak", "3575014107809001"),
    ("nik 3575 0141 0780 9001", "0780"),
    ("nik 3575.0141.0780.9001", "0780"),
    ("KK 3575-0101-0112-0003 belum jadi", "0112"),
    ("hub 081200001234", "081200001234"),
    ("WA 0812 0000 1234 ya", "0000"),
    ("wa +62 812-0000-1234", "0000"),
    ("wa 62812.0000.1234", "0000"),
    ("tlp 0343-421234", "421234"),
    ("tlp (0343) 421 234", "421"),
    ("email ke rahayu.p@example.co.id dong", "rahayu"),
    ("email rahayu (at) example.org", "rahayu"),
]


@pytest.mark.parametrize(("text", "secret"), HIDDEN)
def test_numbers_and_addresses_are_hidden_whoever_they_belong_to(text: str, secret: str) -> None:
    assert secret not in masker(None)(text)


@pytest.mark.parametrize(
    "text",
    [
        "Siti Rahmawati Bagus lapor",
        "siti rahmawati bagus",
        "SITI  RAHMAWATI BAGUS",
        "s.i.t.i rahmawati bagus",
        "siti-rahmawati-bagus",
        "SitiRahmawatiBagus",
        "dari Siti di Bugul",
        "saya rahmawati, warga Bugul",
        "a.n. siti",
        "Bu SITI sudah lapor",
        "hubungi siti.r@example.org",
        "hubungi 0812 0000 1234",
        "nik 35 75 01 41 07 80 90 01",
    ],
)
def test_what_the_reporter_gave_is_hidden_however_it_is_written(text: str) -> None:
    masked = masker(SITI)(text).lower()
    assert not any(secret in masked for secret in ("siti", "rahmawati", "0812", "3575", "35 75", "s.i.t.i"))


@pytest.mark.parametrize(
    "text",
    [
        "jalannya bagus tapi gelap",  # the reporter's name is Bagus
        "Jalan Veteran no 12 RT 03 RW 05, 67126",
        "buka 08.00-16.00, tutup jam 16.30",
        "bayar Rp 1.500.000 tanggal 05-11-2026",
        "sejak 2024 sampai 2026, 112 tidak diangkat",
        "nomor pelanggan 0012345",
        "plat N 1234 XX",
    ],
)
def test_what_is_no_identity_is_left(text: str) -> None:
    assert masker(SITI)(text) == text


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = masker(SITI)(text)
    assert masker(SITI)(once) == once


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["", " ", ".", "-"]))
def test_a_nik_between_other_words_is_never_left(before: str, after: str, gap: str) -> None:
    number = gap.join("3575014107809001")
    masked = masker(None)(f"{before} {number} {after}")
    assert number not in masked


@given(st.text(alphabet=" .-0123456789abc@", max_size=5000))
def test_no_text_takes_long(text: str) -> None:
    masker(SITI)(text)
