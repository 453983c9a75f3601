"""Offices: their contacts' file, who of them hears what, and that nothing tells them who reported."""

from dataclasses import replace
from typing import get_args

import pytest

from services.notifier.contacts.offices import Known, Office, read_offices
from services.notifier.messages import Letter
from services.notifier.news import News, of_deadline
from services.notifier.planning import Cause, Means, Message, plan, recipients
from services.notifier.table import KINDS
from services.notifier.webhooks.body import body_of
from shared.events import Audience, DeadlineReached
from tests.builders import NOON
from tests.unit.notifier.letters import known, letter, message, messages, news, pack

ALL = dict.fromkeys(KINDS, False)
OFFICES = {
    "pupr": Office({"email": "pupr@instansi.example.org"}),
    "dishub": Office({"webhook": "https://x.example"}, "en"),
}
KNOWN = Known({"pupr", "dishub"}, {"id", "en"}, {"dishub"}, trial=False)
HEAD = "agency,kind,address,language\n"


def told(offices: dict[str, Office] | None, **changes: object) -> list[Message]:
    changes.setdefault("news", news())
    cause = Cause(**{"known": known(), "reply_kinds": (), "trace": "1", "received_at": None, **changes})  # type: ignore[arg-type]
    return [one for one in plan(cause, messages(), Means(ALL, offices), NOON) if one.audience != "reporter"]


def reached(event: str, *notify: str, agency: str | None = "pupr") -> object:
    deadline = DeadlineReached(
        report_id=news().report_id, tracking_code="0000-0000-0000-00", clock="penyelesaian", threshold=1.0, level=2,
        notify=notify, due_at=NOON, agency=agency, at=NOON,
    )  # fmt: skip
    return of_deadline(event, deadline, 3)


def test_a_good_file_is_read() -> None:
    text = HEAD + "pupr,email,a@b.example,\npupr,sms,+6281200001234,\ndishub,webhook,https://x.example/in,en\n"
    offices, problems = read_offices("offices.csv", text, KNOWN)
    assert not problems
    assert offices["pupr"].addresses == {"email": "a@b.example", "sms": "+6281200001234"}
    assert offices["dishub"].language == "en"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nobody,email,a@b.example,", "agency 'nobody' is none of the pack"),
        ("pupr,fax,1,", "kind 'fax' is none of"),
        ("pupr,email,secret-person,", "is no e-mail address"),
        ("pupr,email,a@b.example\rX: y,", "is no e-mail address"),
        ("pupr,sms,0812,", "international form"),
        ("dishub,webhook,http://x.example,", "https://host/path"),
        ("dishub,webhook,https://u:p@x.example,", "https://host/path"),
        ("dishub,webhook,https://x.example:port/,", "https://host/path"),
        ("pupr,webhook,https://x.example,", "has no secret"),
        ("pupr,email,a@b.example,tlh", "language 'tlh'"),
        ("pupr,email", "more or fewer columns"),
    ],
)
def test_each_problem_is_named_with_its_line_and_without_the_address(row: str, said: str) -> None:
    offices, problems = (
        read_offices("offices.csv", HEAD + row.replace("\r", "") + "\n", KNOWN)
        if "\r" not in row
        else (read_offices("offices.csv", HEAD + '"pupr","email","a@b.example\nX: y",""\n', KNOWN))
    )
    assert not offices
    (problem,) = problems
    assert said in str(problem)
    assert problem.line >= 2
    assert "secret-person" not in str(problem)


def test_a_second_contact_of_a_kind_is_a_problem() -> None:
    text = HEAD + "pupr,email,a@b.example,\npupr,email,c@d.example,\n"
    offices, problems = read_offices("offices.csv", text, KNOWN)
    assert [problem.line for problem in problems] == [3]
    assert offices["pupr"].addresses["email"] == "a@b.example"


def test_a_file_with_other_columns_is_no_file_of_offices() -> None:
    assert [problem.line for problem in read_offices("x", "code,mail\n", KNOWN)[1]] == [1]


@pytest.mark.parametrize(
    ("agency", "notify", "handling", "supervising"),
    [
        ("pupr", (), ("pupr",), ()),
        (None, (), ("desk",), ()),
        ("pupr", ("pupr",), ("pupr",), ()),
        ("pupr", ("setda", "pupr"), ("pupr",), ("setda",)),
        ("pupr", ("inspektorat",), (), ("inspektorat",)),
        (None, ("desk", "setda"), ("desk",), ("setda",)),
    ],
)
def test_who_has_the_report_hears_as_agency_and_others_as_supervisors(
    agency: str | None, notify: tuple[str, ...], handling: tuple[str, ...], supervising: tuple[str, ...]
) -> None:
    told = news(agency=agency, notify=notify)
    assert (recipients(told, "agency", "desk"), recipients(told, "supervisor", "desk")) == (handling, supervising)


def test_an_agency_is_told_of_its_report_by_the_first_kind_that_it_has() -> None:
    (mail,) = told(OFFICES)
    assert (mail.recipient, mail.kind, mail.template, mail.language) == ("pupr", "email", "agency-assigned", "id")
    (hook,) = told(OFFICES, news=news(agency="dishub"))
    assert (hook.recipient, hook.kind, hook.language) == ("dishub", "webhook", "en")


def test_no_office_is_told_where_the_deployment_has_no_file_of_them() -> None:
    assert told(None) == []


def test_an_office_without_a_contact_is_a_message_that_is_not_sent_and_says_why() -> None:
    (message,) = told({})
    assert (message.kind, message.suppressed, message.recipient) == ("none", "no-contact", "pupr")


def test_two_supervisors_are_two_messages() -> None:
    escalated = told(OFFICES, news=reached("deadline_escalated", "setda", "inspektorat"))
    assert [one.recipient for one in escalated] == ["setda", "inspektorat"]
    assert len({one.notification_id for one in escalated}) == 2


def test_a_warning_waits_for_the_digest_and_that_of_an_emergency_goes_at_once() -> None:
    for emergency, together in ((False, True), (True, False)):
        (one,) = told(OFFICES, news=reached("deadline_warned", "pupr"), known=known(emergency=emergency))
        assert (one.digest_at is not None) is together
        assert (one.due is not None) is not together


def test_a_webhook_is_never_gathered() -> None:
    (one,) = told(OFFICES, news=reached("deadline_warned", "dishub", agency="dishub"))
    assert (one.kind, one.digest_at) == ("webhook", None)


OFFICE_RULES = [rule for rule in messages().rules if rule.audience != "reporter"]
NAME = "Wulandari Prameswari"


@pytest.mark.parametrize("rule", OFFICE_RULES, ids=lambda rule: f"{rule.event}-{rule.template}")
@pytest.mark.parametrize("language", ["id", "en"])
def test_an_agencys_copy_of_an_anonymous_report_says_so_and_holds_masked_words_only(
    rule: object, language: str
) -> None:
    """The notifier has nothing else to show: masked title and text are all that is kept of what a reporter wrote."""
    about = known(anonymous=True, text="Saya [nama disamarkan] melapor.", title="Lapor")
    for kind in rule.kinds:  # type: ignore[attr-defined]
        told = news(event=rule.event, due_at=NOON, level=1)  # type: ignore[attr-defined]
        words = messages().write(Letter(rule, kind, language, told, about, "pupr"))  # type: ignore[arg-type]
        body = body_of(replace(message(news=told, known=about), recipient="pupr"), words).decode()
        for shown in (words.text, words.html or "", body):
            assert NAME not in shown
            assert "example.org" not in shown.replace("laporan.example.org", "")
        if rule.event != "digest":  # type: ignore[attr-defined]
            assert {"id": "identitasnya dirahasiakan", "en": "asked to remain unknown"}[language] in " ".join(
                words.text.split()
            )


def test_the_agencys_copy_of_an_open_report_has_no_such_notice() -> None:
    assert "dirahasiakan" not in messages().write(letter("assigned", "agency")).text


def test_what_is_kept_of_a_report_has_no_place_for_an_identity() -> None:
    facts = {"language", "anonymous", "confidential", "emergency", "title", "text", "channel"}
    of_the_matter = {
        "address",
        "attributes",
        "attachments",
    }  # where it is, masked by intake; never where somebody lives
    assert set(known().__dataclass_fields__) == facts | of_the_matter
    assert not {"name", "nik", "email", "phone", "address"} & set(News.model_fields)


def test_a_webhook_of_a_confidential_report_shows_a_supervisor_no_words_of_it() -> None:
    about = known(confidential=True, title="Rahasia betul", text="Rahasia sekali")
    for audience, seen in (("agency", True), ("supervisor", False)):
        one = replace(message(known=about, news=news(event="deadline_breached", due_at=NOON)), audience=audience)
        words = messages().write(replace(letter("deadline_breached", audience), known=about))
        assert (b"Rahasia" in body_of(one, words)) is seen


def test_every_audience_of_the_contract_has_rows() -> None:
    assert {rule.audience for rule in messages().rules} == set(get_args(Audience))
    assert set(pack().agencies) >= {"pupr", "setda", "inspektorat"}
