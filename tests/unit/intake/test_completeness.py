"""What a complete file still lacks."""

import json
from typing import Any

import pytest

from services.intake.acceptance import Acceptor
from services.intake.place import Places
from services.intake.validation import understand
from shared.events import ReportAccepted
from tests.builders import NOON, submission
from tests.unit.intake.pasuruan import PACK

ACCEPTOR = Acceptor(PACK, Places(PACK), b"k" * 32)


def accepted(text: str, **changes: Any) -> ReportAccepted:
    report = understand(json.dumps(submission(external_id="1", text=text, **changes)).encode())
    return ACCEPTOR.accept(report, NOON).report


NEEDS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    # A hole in the road has a place; the topic may be given or plain from the text.
    ("Berlubang parah", {"topic": "jalan-rusak"}, ("place",)),
    ("jalan rusak parah", {}, ("place",)),
    ("jalan rusak parah", {"location": {"lat": -7.63, "lng": 112.89}}, ()),
    ("jalan rusak parah", {"location": {"region_code": "3575011001"}}, ()),
    ("jalan rusak parah", {"location": {"address": "depan rumah saya"}}, ()),
    ("jalan rusak parah", {"location": {"region_code": "3575"}}, ("place",)),
    ("jalan rusak parah", {"location": {"address": "  "}}, ("place",)),
    # What the text says need not be asked again.
    ("jalan rusak parah di Karangketug", {}, ()),
    ("jalan rusak parah depan masjid", {}, ()),
    ("jalan rusak parah di jl halmahera", {}, ()),
    ("jalan rusak parah di Pohjentrek", {}, ()),
    ("lampu jln mati", {"topic": "pju"}, ("place",)),
    ("jalan rusak parah di kota pasuruan", {}, ("place",)),
    # Water is found by the place or by the customer.
    ("air mati", {"topic": "pdam-air-mati"}, ("place", "customer-number")),
    ("air mati", {"topic": "pdam-air-mati", "location": {"region_code": "3575011001"}}, ()),
    ("air mati", {"topic": "pdam-air-mati", "attributes": {"customer_number": "0204118890"}}, ()),
    ("no pelanggan 0204118890. air mati", {"topic": "pdam-air-mati"}, ()),
    ("tagihan naik", {"topic": "pdam-pelayanan-tagihan"}, ("customer-number",)),
    ("tagihan naik, nomor pelanggan saya 0204118890", {"topic": "pdam-pelayanan-tagihan"}, ()),
    ("tagihan naik, nomor pelanggan lupa", {"topic": "pdam-pelayanan-tagihan"}, ("customer-number",)),
    ("tagihan naik", {"topic": "pdam-pelayanan-tagihan", "attributes": {"customer_number": " "}}, ("customer-number",)),
    ("token gagal", {"topic": "pln-tagihan-sambungan", "attributes": {"pln_id": "512300099871"}}, ()),
    # A date.
    ("petugas judes", {"topic": "mal-tidak-patut"}, ("date",)),
    ("petugas judes", {"topic": "mal-tidak-patut", "occurred_on": "2026-11-20"}, ()),
    ("petugas judes", {"topic": "mal-tidak-patut", "occurred_on": "2026-11-24"}, ("date",)),
    ("petugas judes kemarin", {"topic": "mal-tidak-patut"}, ()),
    # Who it is about, in the field that is protected.
    ("NIK tidak ditemukan", {"topic": "nik-tidak-sinkron"}, ("identity",)),
    ("NIK tidak ditemukan", {"topic": "nik-tidak-sinkron", "reporter": {"nik": "3575014107809001"}}, ()),
    ("NIK saya 3575014107809001", {"topic": "nik-tidak-sinkron"}, ("identity",)),
    # Nothing is asked of a question, and nothing where nobody knows what it is about.
    ("jalan rusak lapor ke mana?", {"topic": "jalan-rusak", "class": "permintaan_informasi"}, ()),
    ("tolong ditindaklanjuti", {}, ()),
]


@pytest.mark.parametrize(("text", "changes", "missing"), NEEDS)
def test_a_file_lacks_what_its_topic_needs(text: str, changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert accepted(text, **changes).missing == missing


def test_every_need_of_the_pack_can_be_asked_for_in_both_languages() -> None:
    for topic in PACK.topics.values():
        for code in topic.needs:
            assert PACK.needs[code].name_id
            assert PACK.needs[code].name_en
