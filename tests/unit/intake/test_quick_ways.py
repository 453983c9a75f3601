"""Ways around work that most texts do not need: each says what the long way says."""

import hmac
import json
import re
import unicodedata
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import gazetteer, likeness, masking, outline
from services.intake.acceptance import Acceptor
from services.intake.doubled import doubled_names
from services.intake.gazetteer import Gazetteer
from services.intake.identity import ALPHABET, keyed_hash, tracking_code
from services.intake.masking import masker
from services.intake.place import Hints, Places
from services.intake.validation import examine
from shared import kinds
from shared import masking as shared_masking
from shared.envelope import NAMESPACE, announce, id_of
from shared.events import Reporter
from shared.masking import hide_numbers
from shared.phrases import STANDARD, WRITTEN, Phrases
from tests.builders import NOON, accepted, submission
from tests.unit.intake.pasuruan import PACK

PLACES = Places(PACK)
ACCEPTOR = Acceptor(PACK, PLACES, b"k" * 32)

NUMBERS = st.text("0123456789 .-/()+\u00a0abRp", max_size=60)
NAMES = [region.name for region in PACK.regions.values()] + ["Jl.", "Kel.", "Kec.", "desa", "arah", "Kab.", "di", "'"]
SIGNS = [" ", "", ", ", "'", "-"]


@given(NUMBERS)
def test_a_text_without_seven_digits_has_no_number(text: str) -> None:
    assert hide_numbers(text) == shared_masking._STRETCH.sub(shared_masking._hidden, text)


SITI = Reporter(name="Siti Rahma", nik="3575014107809001", phone="0812-0000-1234", email="siti.r@example.org")
PIECES = ["siti", "S.I.T.I", "R-a-h-m-a", "s i t i", "a b", "@", "(at)", "[at]", " dot ", "titik",
          "siti.r@example.org", "08120000", "０８１２", "ｓ．ｉ．ｔ．ｉ",
          "1234", "3575", "0141 0780 9001", "é", "＠", " ", " ", ".", "-", "_", "*", "rp", "\n"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=25).map("".join))
def test_an_outline_clears_no_text_that_a_rule_would_change(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masking, "outline", lambda _text: outline._EVERYTHING)
        thorough = masker(SITI)(text)
    assert masker(SITI)(text) == thorough


@given(st.lists(st.one_of(st.text(), st.integers(), st.uuids()), max_size=4))
def test_an_id_is_the_uuid5_of_its_cause(cause: list[object]) -> None:
    assert id_of(*cause) == uuid5(NAMESPACE, "\x1f".join(map(str, cause)))


@given(st.text("01 +.-(/x\u0661", max_size=40), st.text("01\u0661", min_size=1, max_size=4))
def test_a_number_that_was_given_is_found_as_a_pattern_made_for_it_finds_it(text: str, digits: str) -> None:
    pattern = rf"(?<!\d)\+?{'[ .()/-]{0,2}'.join(digits)}(?!\d)"
    assert masking._hide_number(text, digits, "[x]") == re.sub(pattern, "[x]", text)


@given(st.uuids(), st.lists(st.one_of(st.text(), st.integers(), st.uuids()), max_size=3))
def test_an_event_has_the_id_of_its_kind_and_cause(report: UUID, others: list[object]) -> None:
    event = announce(kinds.REPORT_ACCEPTED, report, (report, *others), accepted(), NOON, "0" * 32)
    headers = dict(event.headers)
    assert headers["ce_id"].decode() == str(id_of(kinds.REPORT_ACCEPTED.type, report, *others))
    assert headers["ce_subject"].decode() == str(report)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_keyed_hash_is_hmac_with_sha256(key: bytes, message: bytes) -> None:
    assert keyed_hash(key, message) == hmac.digest(key, message, "sha256")


@given(st.lists(st.text(min_size=1), min_size=1, max_size=40))
def test_each_bin_has_its_least_hash_or_that_of_the_next_one(words: list[str]) -> None:
    numbers = [crc32(word.encode("utf-8", "replace")) for word in words]
    bins: list[int] = []
    for at in range(8):
        mine = next(full for beyond in range(8) if (full := [n for n in numbers if n % 8 == (at + beyond) % 8]))
        bins.append(min(mine))
    assert likeness._bands(numbers) == [tuple(bins[:4]), tuple(bins[4:])]


NAMED = st.recursive(
    st.one_of(st.sampled_from(['"a":', '" :', "", 'x"']), st.integers()).map(json.dumps),
    lambda part: st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([":", " :", "\n: "]), part), max_size=4
    ).map(lambda pairs: "{" + ", ".join(f'"{name}"{colon}{value}' for name, colon, value in pairs) + "}"),
    max_leaves=6,
)


@given(NAMED)
def test_names_that_are_plainly_single_are_not_doubled(value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.intake.doubled.holds_only", lambda _value, _names: False)
        thorough = doubled_names(value.encode())
    assert doubled_names(value.encode()) == thorough


@given(st.text(st.one_of(st.sampled_from("aB1'’`ʼ-/ ."), st.characters()), max_size=40))
def test_an_address_is_cut_into_the_words_that_the_pattern_finds(address: str) -> None:
    plain = unicodedata.normalize("NFKC", address).lower().translate(gazetteer._APOSTROPHES)
    assert gazetteer._words(address) == gazetteer._WORD.findall(plain)


@given(st.sampled_from(sorted(PACK.regions)))
def test_of_one_place_named_once_there_is_nothing_to_agree_on(code: str) -> None:
    assert gazetteer._agreed([frozenset({code})]) == code


@given(st.uuids())
def test_a_code_made_two_characters_at_a_time_passes_the_check_made_one_at_a_time(report: UUID) -> None:
    digits = [ALPHABET.index(sign) for sign in tracking_code(b"k", report).replace("-", "")]
    doubled = [sum(divmod(2 * digit, 32)) for digit in digits[0:13:2]]
    assert (sum(doubled) + sum(digits[1:13:2]) + digits[13]) % 32 == 0


class Everything(frozenset[str]):
    """Holds whatever it is asked for."""

    def __contains__(self, _item: object) -> bool:
        return True


THOROUGH = Gazetteer(PACK)
THOROUGH._pieces = Everything()


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(SIGNS)), max_size=6))
def test_a_word_that_begins_no_name_is_passed_over(parts: list[tuple[str, str]]) -> None:
    address = "".join(name + sign for name, sign in parts)
    assert PLACES.gazetteer.find(address) == THOROUGH.find(address)


LATITUDES, LONGITUDES = st.floats(-7.75, -7.55), st.floats(112.8, 113.0)


@given(st.lists(st.one_of(st.just((None, None)), st.tuples(LATITUDES, LONGITUDES)), max_size=6))
def test_points_looked_up_together_lie_where_each_lies_alone(points: list[tuple[float | None, float | None]]) -> None:
    together = PLACES.resolve_all([Hints(lat, lng, None, None) for lat, lng in points])
    assert together == [PLACES.resolve(lat, lng, None, None) for lat, lng in points]


WORDS = st.sampled_from(["a", "anya", "b", "bne", "c", ""])


@given(
    st.lists(st.tuples(st.lists(WORDS.filter(bool), min_size=1, max_size=3), st.sampled_from([1, 2, 3])), max_size=6),
    st.lists(WORDS, max_size=8),
)
def test_one_walk_finds_what_two_would(phrases: list[tuple[list[str], int]], words: list[str]) -> None:
    tree = Phrases()
    for number, (phrase, forms) in enumerate(phrases):
        tree.plant(phrase, (str(number), " ".join(phrase), "label", len(phrase)), forms)
    two = dict.fromkeys(tree.find(words, None, WRITTEN) + tree.find(words, None, STANDARD))
    assert tree.find(words) == list(two)


@pytest.mark.parametrize("count", [1, 7])
def test_a_batch_is_accepted_as_each_alone(count: int) -> None:
    each: list[dict[str, Any]] = [
        {"text": "Jalan berlubang di Bugul Lor, hp 081200001234"},
        {"location": {"lat": -7.6451, "lng": 112.9081}, "reporter": {"name": "Siti", "nik": "1"}},
        {"location": {"region_code": "35.75.03.1003", "address": "Tapa'an"}, "attributes": {"a": "x@example.org"}},
        {"title": "Kebakaran", "text": "tolong ono kobongan", "topic": "kebakaran", "confidential": True},
        {"location": {"lat": 0.0, "lng": 0.0}, "occurred_on": "2020-01-01"},
        {"reply_to": [{"kind": "sms", "address": "0812 0000 1234"}], "reporter": None},
        {},
    ]
    batch = []
    for number, changed in enumerate(each[:count]):
        understood = examine(json.dumps(submission(external_id=str(number), **changed)).encode())
        batch.append((understood.report, NOON, ()))
    assert ACCEPTOR.accept_all(batch) == [ACCEPTOR.accept(*one) for one in batch]
