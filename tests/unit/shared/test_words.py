"""What is read from a text, by the rules with which the keyword lists were measured."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pack import load_pack
from shared.spelling import repair, tokens
from shared.words import Reading, Words

PACK = load_pack(Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan")
WORDS = Words(PACK)


def subjects(reading: Reading) -> dict[str, int]:
    return {score.topic: score.points for score in reading.subjects}


def keywords(text: str, topic: str) -> set[str]:
    return {word for score in WORDS.read(text).subjects if score.topic == topic for word, _ in score.keywords}


MISREAD = [
    ("terima kasih ðŸ™\x8f", "terima kasih 🙏"),  # a whole sign, encoded twice
    ("tolong ðŸ™", "tolong  "),  # cut off: NFKC would make a word "tm" of its last byte
    ("jalan â€œrusakâ€\x9d", "jalan “rusak”"),
    ("CafÃ© Pasuruan", "café pasuruan"),
    ("café”", "café”"),  # letters that only look like a lead byte stay
    ("jalan\\nrusak", "jalan rusak"),
    ("ＪＡＬＡＮ ﬁsik", "jalan fisik"),
]


@pytest.mark.parametrize(("typed", "meant"), MISREAD)
def test_signs_are_repaired_before_words_are_cut(typed: str, meant: str) -> None:
    assert repair(typed) == meant


def test_words_hold_together_at_apostrophe_hyphen_and_slash() -> None:
    assert tokens("opo'o bolong-bolong s/d RT.3 -- 'x'".lower()) == ["opo'o", "bolong-bolong", "s/d", "rt", "3", "x"]


FOUND = [
    ("jalan berlubang", "jalan-rusak", "jalan berlubang"),
    ("JALAN   BERLUBANG!!", "jalan-rusak", "jalan berlubang"),
    ("jalannya berlubangnya parah", "jalan-rusak", "jalan berlubang"),  # a word may carry an ending
    ("trotoare remuk", "trotoar", "trotoar"),
    ("jln berlubang", "jalan-rusak", "jalan berlubang"),  # an abbreviation
    ("dalan berlubang", "jalan-rusak", "jalan berlubang"),  # Javanese
    ("dalan bolong", "jalan-rusak", "dalan bolong"),
    ("pohon tumbang", "pohon-tumbang", "pohon tumbang"),
]


@pytest.mark.parametrize(("text", "topic", "keyword"), FOUND)
def test_a_keyword_is_found_as_people_type_it(text: str, topic: str, keyword: str) -> None:
    assert keyword in keywords(text, topic)


def test_a_keyword_inside_another_word_is_none() -> None:
    assert subjects(WORDS.read("pertrotoaran robek gotik")) == {}


def test_a_match_inside_a_longer_one_is_dropped() -> None:
    assert "paving" in keywords("paving", "paving-jalan-lingkungan")
    assert keywords("paving rusak", "paving-jalan-lingkungan") == {"paving rusak"}


def test_the_score_is_the_words_of_the_distinct_keywords() -> None:
    assert subjects(WORDS.read("aspal rusak"))["jalan-rusak"] == 2
    assert subjects(WORDS.read("aspal rusak, sekali lagi: aspal rusak"))["jalan-rusak"] == 2
    assert subjects(WORDS.read("aspal rusak, jalan ambles"))["jalan-rusak"] == 4


def test_spellings_of_one_keyword_count_once() -> None:
    assert subjects(WORDS.read("jalan berlubang, dalan bolong, jln bolong"))["jalan-rusak"] == 2
    assert subjects(WORDS.read("jalannya berlubang"))["jalan-rusak"] == 2


def test_a_keyword_that_is_slang_is_looked_for_as_written_only() -> None:
    """Bkn is an agency among the keywords and "not" in chat; suket is a certificate and, in Javanese, grass."""
    standard = {row.slang: row.standard for row in PACK.slang if not row.ambiguous and " " not in row.slang}
    slang = [(topic, word) for topic in PACK.topics.values() for word in topic.keywords if word in standard]
    for topic, word in slang:
        assert word in keywords(word, topic.code)
        assert word not in keywords(standard[word], topic.code)
    assert slang


def test_a_tie_goes_to_the_more_frequent_topic() -> None:
    reading = WORDS.read("trotoar pju")
    assert subjects(reading) == {"pju": 1, "trotoar": 1}
    assert reading.subjects[0].topic == "pju"


def test_no_keyword_reaches_from_the_title_into_the_text() -> None:
    assert "jalan berlubang" not in keywords("jalan", "jalan-rusak")
    assert {word for score in WORDS.read("jalan", "berlubang").subjects for word, _ in score.keywords} == {"berlubang"}


def test_maladministration_is_a_flag_and_the_subject_decides() -> None:
    reading = WORDS.read("Ngurus KTP dipersulit, petugas judes dan marah-marah, tidak sopan")
    assert reading.subjects[0].topic == "ktp-el"
    assert not set(subjects(reading)) & {"mal-tidak-patut", "mal-penyimpangan-prosedur"}
    assert set(reading.maladministration) == {"mal-tidak-patut", "mal-penyimpangan-prosedur"}


def test_maladministration_is_the_subject_where_nothing_else_is_said() -> None:
    assert [score.topic for score in WORDS.read("orangnya judes sekali").subjects] == ["mal-tidak-patut"]


def test_pungli_is_a_subject_as_any_other_and_a_flag() -> None:
    reading = WORDS.read("dimintai uang pelicin waktu urus KTP")
    assert {"mal-pungli", "ktp-el"} <= set(subjects(reading))
    assert reading.maladministration == ("mal-pungli",)


def test_an_emergency_is_seen_behind_another_subject() -> None:
    reading = WORDS.read("jalan rusak, jalan berlubang, aspal mengelupas, lalu ada kecelakaan")
    assert reading.subjects[0].topic == "jalan-rusak"
    assert reading.emergencies == ("gawat-darurat-medis",)


@pytest.mark.parametrize("topic", [t for t in PACK.topics.values() if t.code not in {"mal-berpihak", "telekomunikasi"}])
def test_the_example_of_a_topic_reads_as_that_topic(topic: object) -> None:
    example, code = getattr(topic, "example", ""), getattr(topic, "code", "")
    assert WORDS.read(example).subjects[0].topic == code


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    reading = WORDS.read(text, text)
    assert all(score.points > 0 for score in reading.subjects)


@given(st.permutations(sorted(keyword for topic in PACK.topics.values() for keyword in topic.keywords)[::97]))
def test_the_order_of_what_is_said_does_not_matter(said: list[str]) -> None:
    assert subjects(WORDS.read(*said)) == subjects(WORDS.read(*sorted(said)))
