"""The agency of a report and why, on the pack of the first deployment and on texts invented for it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.decision import Decision, Evidence, Question
from services.router.routing import Routes, route
from shared.pack import load_pack

PACK = load_pack(Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan")
ROUTES = Routes.of(PACK)
KARANGKETUG = {"region_code": "35.75.01.1001", "jurisdiction": "inside"}


def ask(text: str = "halo", **known: str) -> Decision:
    question = Question(text)
    for name, value in known.items():
        question = replace(question, **{name: value})  # type: ignore[arg-type]  # one of several fields, all text
    return route(question, ROUTES)


def tried(decision: Decision) -> dict[str, str]:
    return {step.rule: step.result for step in decision.tried}


def test_the_words_of_a_text_choose_its_agency() -> None:
    decision = ask("Jalan berlubang di depan pasar, aspal rusak")
    assert (decision.agency, decision.topic, decision.method) == ("pupr", "jalan-rusak", "rule")
    assert decision.auto
    assert decision.reason is None
    assert decision.evidence[:2] == (
        Evidence("keyword", "aspal rusak", 3.0),
        Evidence("keyword", "jalan berlubang", 3.0),
    )


def test_every_rule_is_recorded_also_behind_the_one_that_decided() -> None:
    decision = ask("jalan berlubang", topic="pju", agency="dinas-x", **KARANGKETUG)
    assert [step.rule for step in decision.tried] == ["explicit-topic", "explicit-agency", "words", "place"]
    assert tried(decision)["explicit-agency"] == "unknown: dinas-x"
    assert tried(decision)["words"].startswith("jalan-rusak (pupr): 0.9")
    assert tried(decision)["place"] == "inside 35.75.01.1001"


def test_the_more_is_said_for_an_agency_the_surer_it_is() -> None:
    shares = [ask(text).confidence for text in ("lubang", "jalan berlubang", "jalan berlubang, aspal rusak")]
    assert shares == sorted(set(shares))


APART = [
    ("Jalan di depan rumah saya sudah lama rusak", "jalan-rusak"),  # words of a phrase with others between
    ("lampu penerangan di jln hasanudin mti smua", "pju"),  # vowels left out
    ("mohon pemangkasn pohon", "pemangkasan-pohon"),  # a letter lost
    ("Min tulung dipangkas wit-witane", "pemangkasan-pohon"),  # another form of the word
    ("BUKAN SOAL JALAN RUSAK, tapi lampu jalannya mati", "pju"),
    ("dudu masalah sampah, nanging banyu pdam mati", "pdam-air-mati"),
    ("Mau tanya bantuan PKH, KTP dan KK saya Pasuruan", "bansos"),  # named in passing
    ("guru SMA merokok di kelas", "sma-smk-provinsi"),  # whose matter it is
    ("TPS dekat stasiun Bangil penuh, sampah masuk rel", "wilayah-kabupaten"),
]


@pytest.mark.parametrize(("text", "topic"), APART)
def test_a_text_is_understood_as_people_write_it(text: str, topic: str) -> None:
    assert ask(text).topic == topic


def test_how_often_a_topic_comes_decides_where_the_words_do_not() -> None:
    # One keyword each: trees come forty times as often as the bus station.
    assert ask("pohon di terminal").topic == "pemangkasan-pohon"


def test_two_matters_that_are_as_clear_go_to_the_desk() -> None:
    decision = ask("jalan berlubang dan air pdam mati")
    assert decision.reason == "unclear"
    assert {"pupr", "perumdam-tirta-umbulan"} <= {other.agency for other in decision.alternatives}


DESK = [
    ("halo", {}, "no-match", None),
    ("jalan", {}, "unclear", "pupr"),
    ("trotoar pju", {}, "unclear", "dishub"),
    ("ngurus surat pengantar di kelurahan", {}, "place-unknown", "by-kelurahan"),
    ("kantor kecamatan tutup", {}, "place-unknown", "by-kecamatan"),
    ("kantor kecamatan tutup", {"region_code": "35.75", "jurisdiction": "inside"}, "place-unknown", "by-kecamatan"),
    ("jalan berlubang", {"jurisdiction": "outside"}, "outside-city", "kementerian-panrb"),
    ("kebakaran!!", {"region_code": "35.14", "jurisdiction": "outside"}, "outside-city", "kab-pasuruan"),
    (
        "tolong",
        {"topic": "kebakaran", "region_code": "35.14", "jurisdiction": "outside"},
        "outside-city",
        "kab-pasuruan",
    ),
    ("halo", {"topic": "pju", "agency": "dinkes"}, "contradiction", "dinkes"),
    ("air pdam mati, air keruh, pipa bocor", {"topic": "pju"}, "contradiction", "dishub"),
    ("halo", {"topic": "tidak-ada"}, "no-match", None),
]


@pytest.mark.parametrize(("text", "known", "reason", "guess"), DESK)
def test_the_desk_gets_what_is_not_clear_with_a_reason_and_the_best_guess(
    text: str, known: dict[str, str], reason: str, guess: str | None
) -> None:
    decision = ask(text, **known)
    assert (decision.agency, decision.method, decision.reason) == (None, "desk", reason)
    assert not decision.auto
    assert decision.guess == guess
    assert [other.agency for other in decision.alternatives[:1]] == [guess] * (guess is not None)


OUTSIDE = [
    ("jalan berlubang", "35.14.16.2014", "kab-pasuruan"),
    ("jalan berlubang", "35.14", "kab-pasuruan"),
    ("jalan berlubang", "35.78", "kota-surabaya"),
    ("jalan berlubang", "35.09", "pemprov-jatim"),
    ("halo", "31.71", "kementerian-panrb"),
]


@pytest.mark.parametrize(("text", "region", "body"), OUTSIDE)
def test_what_lies_outside_the_city_is_referred_to_the_body_that_has_it(text: str, region: str, body: str) -> None:
    decision = ask(text, region_code=region, jurisdiction="outside")
    assert (decision.agency, decision.method, decision.reason) == (body, "place", "outside-city")
    assert decision.referred
    assert decision.auto


def test_a_point_near_the_border_is_a_guess_and_no_ground_to_send_it_out() -> None:
    decision = ask("ngurus surat pengantar", region_code="35.75.01.1001", jurisdiction="unknown")
    assert (decision.agency, decision.reason, decision.guess) == (None, "place-unknown", "kel-karangketug")


PLACED = [
    ("surat-keterangan", "35.75.01.1001", "kel-karangketug"),
    ("pelayanan-kecamatan", "35.75.01.1001", "kec-gadingrejo"),
    ("pelayanan-kecamatan", "35.75.04", "kec-panggungrejo"),
]


@pytest.mark.parametrize(("topic", "region", "office"), PLACED)
def test_the_place_decides_between_kelurahan_and_kecamatan(topic: str, region: str, office: str) -> None:
    decision = ask(topic=topic, region_code=region, jurisdiction="inside")
    assert decision.agency == office
    assert Evidence("place", region, 1.0) in decision.evidence


def test_words_and_place_together_are_the_method_place() -> None:
    decision = ask("surat pengantar nikah tidak dilayani loket kelurahan", **KARANGKETUG)
    assert (decision.agency, decision.method) == ("kel-karangketug", "place")


@pytest.mark.parametrize("topic", PACK.topics.values(), ids=PACK.topics.keys())
def test_an_explicit_topic_goes_to_its_agency(topic: object) -> None:
    code, agency = getattr(topic, "code", ""), getattr(topic, "agency_code", "")
    offices = {"by-kelurahan": "kel-karangketug", "by-kecamatan": "kec-gadingrejo"}
    decision = ask(topic=code, **KARANGKETUG)
    assert (decision.agency, decision.topic, decision.method) == (offices.get(agency, agency), code, "explicit")
    assert decision.evidence[0] == Evidence("topic", code, 1.0)


def test_an_explicit_agency_is_taken_with_the_topic_that_the_words_give_it() -> None:
    decision = ask("jalan berlubang, trotoar", agency="pupr")
    assert decision.agency == "pupr"
    assert decision.method == "explicit"
    assert decision.topic is not None
    assert PACK.topics[decision.topic].agency_code == "pupr"
    assert ask(agency="pupr").topic is None


FITTING = [
    ("paving-jalan-lingkungan", "pupr"),  # the other agency of the topic
    ("kebakaran", "bpbd"),  # the body of which the topic's agency is a unit
    ("surat-keterangan", "kel-karangketug"),  # one of the offices that the place decides
]


@pytest.mark.parametrize(("topic", "agency"), FITTING)
def test_a_topic_and_an_agency_that_fit_are_no_contradiction(topic: str, agency: str) -> None:
    decision = ask(topic=topic, agency=agency)
    assert (decision.agency, decision.topic) == (agency, topic)


def test_a_choice_that_the_text_speaks_for_at_all_stands() -> None:
    text = "air pdam mati, air keruh, pipa bocor"
    assert ask(text, topic="pju").reason == "contradiction"
    assert ask(f"{text}, lampu jalan", topic="pju").agency == "dishub"


DISOWNED = [
    ("Bukan lampu jalan, tapi listrik rumah: padam tiga kali sehari sejak Senin", "pju"),
    ("Guru SMA merokok di kelas", "masalah-sekolah"),
    ("Jalan provinsi berlubang di banyak titik", "jalan-rusak"),
    ("TPS dekat stasiun Bangil penuh", "sampah-tps-pengangkutan"),
]


@pytest.mark.parametrize(("text", "topic"), DISOWNED)
def test_a_choice_that_the_text_disowns_goes_to_the_desk(text: str, topic: str) -> None:
    assert ask(text, topic=topic).reason == "contradiction"


def test_a_topic_that_fits_the_text_with_its_other_agency_stands() -> None:
    text = "rumah retak, jalan rusak, jalan berlubang"
    assert ask(text, topic="paving-jalan-lingkungan").agency == "disperkim"


def test_topics_of_one_agency_do_not_compete() -> None:
    together, alone = ask("jalan rusak dan trotoar rusak"), ask("jalan rusak dan air pdam mati")
    assert together.guess == "pupr"
    assert together.confidence > alone.confidence


def test_the_other_agency_of_a_topic_is_an_alternative() -> None:
    decision = ask("paving rusak, paving ambles", topic="paving-jalan-lingkungan")
    assert "pupr" in {other.agency for other in decision.alternatives}


def test_at_most_three_alternatives_best_first_and_never_the_chosen_one() -> None:
    decision = ask("jalan berlubang, aspal rusak, jalan ambles, air pdam mati, pju, trotoar, ktp, puskesmas, pohon")
    assert decision.agency == "pupr"
    assert len(decision.alternatives) == 3
    assert "pupr" not in {other.agency for other in decision.alternatives}
    shares = [other.confidence for other in decision.alternatives]
    assert shares == sorted(shares, reverse=True)


def test_an_emergency_goes_out_on_one_word_and_is_flagged() -> None:
    decision = ask("kebakaran!!")
    assert (decision.agency, decision.flags) == ("damkar", ("emergency",))
    assert Evidence("emergency", "kebakaran", 0.0) in decision.evidence


def test_a_chosen_topic_raises_the_alarm_as_a_word_does() -> None:
    decision = ask("tolong", topic="kebakaran")
    assert (decision.agency, decision.flags) == ("damkar", ("emergency",))
    assert Evidence("emergency", "kebakaran", 0.0) in decision.evidence
    assert ask("tolong", topic="pju").flags == ()


def test_the_desk_reads_for_each_of_the_best_three_what_speaks_for_it() -> None:
    first, second, *_ = ask("jalan berlubang dan air pdam mati").alternatives
    assert first.evidence == (Evidence("keyword", "air pdam mati", 4.0),)
    assert second.evidence == (Evidence("keyword", "jalan berlubang", 3.0),)
    text = "aspal rusak, jalan ambles, jalan berlubang, rusak parah, air pdam mati, air keruh, pipa bocor, air mati"
    for other in route(Question(text, held=True), ROUTES).alternatives[:2]:
        weights = [one.weight for one in other.evidence]
        assert len(weights) == 4
        assert weights == sorted(weights, reverse=True)


def test_what_goes_out_by_itself_carries_no_reasons_of_others() -> None:
    decision = ask("jalan berlubang, aspal rusak, jalan ambles, pju")
    assert decision.auto
    assert {other.evidence for other in decision.alternatives} == {()}


def test_what_is_held_goes_to_the_desk_with_its_best_guess() -> None:
    for question in (
        Question("jalan berlubang, aspal rusak"),
        Question("jalan berlubang", region_code="35.14", jurisdiction="outside"),
    ):
        free, held = route(question, ROUTES), route(replace(question, held=True), ROUTES)
        assert free.auto
        assert (held.agency, held.method, held.referred) == (None, "desk", False)
        assert [held.guess, held.alternatives[0].agency] == [free.agency, free.agency]


def test_maladministration_is_flagged_with_its_form() -> None:
    decision = ask("Ngurus KTP dipersulit, orangnya judes")
    assert decision.topic == "ktp-el"
    assert "maladministration" in decision.flags
    assert Evidence("maladministration", "TIDAK_PATUT", 0.0) in decision.evidence
    proposed = {one.kind: one.value for one in decision.evidence if one.kind.startswith("proposed-")}
    assert proposed == {"proposed-agency": PACK.deployment.offices.inspectorate, "proposed-class": "60wd"}


SETTLED = [
    ("jalan berlubang", "pengaduan", "14wd", "settle-tidak-berkadar"),
    ("jalan berlubang, petugasnya judes", "pengaduan", "14wd", "settle-tidak-berkadar"),
    ("rumah terbakar, petugas judes", "pengaduan", "5wd", "settle-normatif"),
    ("halo apa kabar", "pengaduan", "14wd", "settle-tidak-berkadar"),
    ("jalan berlubang, petugasnya judes", "aspirasi", "14wd", "settle-aspirasi"),
    ("jalan berlubang", "permintaan_informasi", "14wd", "settle-informasi"),
]


@pytest.mark.parametrize(("text", "report_class", "sla_class", "rule"), SETTLED)
def test_the_settlement_clock_is_that_of_the_class_then_of_the_topic_and_no_cue_lengthens_it(
    text: str, report_class: str, sla_class: str, rule: str
) -> None:
    decision = ask(text, report_class=report_class)
    assert (decision.sla_class, decision.sla_rule) == (sla_class, rule)


def test_an_agency_that_is_gone_is_replaced_by_its_successor_or_the_desk() -> None:
    gone = replace(PACK.agencies["dishub"], valid_until=date(2025, 12, 31))
    for successor, expected in (("pupr", ("pupr", None)), (None, (None, "agency-gone"))):
        agencies = {**PACK.agencies, "dishub": replace(gone, successor=successor)}
        routes = Routes.of(replace(PACK, agencies=agencies))
        decision = route(Question("halo", topic="pju", on=date(2026, 1, 2)), routes)
        assert (decision.agency, decision.reason) == expected
        assert route(Question("halo", topic="pju", on=date(2025, 12, 31)), routes).agency == "dishub"


CODES = st.none() | st.sampled_from([*PACK.topics, *PACK.agencies, *PACK.regions, "by-kelurahan", "x", ""])
TEXTS = st.lists(st.sampled_from(sorted({w for t in PACK.topics.values() for w in t.keywords})), max_size=8)


@given(
    said=TEXTS, topic=CODES, agency=CODES, region=CODES, jurisdiction=st.sampled_from(["inside", "outside", "unknown"])
)
def test_any_question_has_one_answer_with_its_reasons(
    said: list[str], topic: str | None, agency: str | None, region: str | None, jurisdiction: str
) -> None:
    question = Question(", ".join(said), None, topic, agency, region, jurisdiction)
    decision = route(question, ROUTES)
    assert decision == route(question, ROUTES)
    assert decision.agency is None or decision.agency in PACK.agencies
    assert (decision.agency is None) == (decision.method == "desk")
    assert (decision.agency is None or decision.referred) == (decision.reason is not None)
    assert 0 <= decision.confidence <= 1
    assert all(0 <= other.confidence <= 1 for other in decision.alternatives)
    assert [step.rule for step in decision.tried] == ["explicit-topic", "explicit-agency", "words", "place"]
    assert decision.sla_rule in PACK.sla_rules
    if jurisdiction == "outside":
        assert decision.reason == "outside-city"
        assert decision.referred == (decision.agency is not None)


def test_a_rule_that_fails_sends_the_report_to_the_desk_and_says_so() -> None:
    class Broken:
        def weigh(self, _reading: object, **_how: object) -> object:
            raise KeyError("pju")

    broken = replace(ROUTES, weights=Broken())  # type: ignore[arg-type]  # that is the fault
    decision = route(Question("jalan berlubang"), broken)
    assert (decision.agency, decision.reason) == (None, "rule-failed")
    assert tried(decision)["words"] == "failed: KeyError"
    assert route(Question("halo", topic="pju"), broken).agency == "dishub"
