"""The words of the first deployment: every row, kind and language, long and short, as its readers see them."""

import pytest

from services.notifier.checking import check_messages, longest, shortest
from services.notifier.messages import Letter
from services.notifier.segments import segments
from services.notifier.table import Rule
from shared.pack import read_files
from tests.unit.notifier.letters import PACK, TRACK_URL, letter, messages, pack

LANGUAGES = ("en", "id", "jv", "mad")
CASES = [
    pytest.param(rule, kind, language, id=f"{rule.event}-{rule.template}-{kind}-{language}")
    for rule in messages().rules
    for kind in rule.kinds
    for language in (LANGUAGES if rule.audience == "reporter" else ("id", "en"))
]


def both(rule: Rule, kind: str, language: str) -> list[Letter]:
    events = (shortest(rule), longest(rule, pack(), messages().languages[language]))
    return [Letter(rule, kind, language, news, known) for news, known in events]


@pytest.mark.parametrize(("rule", "kind", "language"), CASES)
def test_every_message_can_be_written_long_and_short(rule: Rule, kind: str, language: str) -> None:
    for one in both(rule, kind, language):
        words = messages().write(one)
        shown = words.text if kind == "sms" else f"{words.subject}\n{words.text}"
        assert one.news.tracking_code in shown
        assert not [trace for trace in ("{{", "{%", "None", "  \n") if trace in shown]
        assert "\n" not in words.subject
        assert "\n\n\n" not in words.text


@pytest.mark.parametrize(("rule", "kind", "language"), [case for case in CASES if case.values[1] == "sms"])
def test_a_text_message_has_two_parts_at_most(rule: Rule, kind: str, language: str) -> None:
    for one in both(rule, kind, language):
        assert 1 <= segments(messages().write(one).text) <= 2


def test_there_is_something_to_say_about_every_status_but_the_first_and_every_deadline() -> None:
    events = {rule.event for rule in messages().rules if rule.audience == "reporter"}
    assert events == {
        "at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "closed", "reopened",
        "referred", "rejected", "withdrawn", "date_moved", "deadline_warned", "deadline_breached", "deadline_escalated",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_is_in_the_words_of_the_language_and_in_the_citys_zone(language: str) -> None:
    day = {"en": "Monday, 23 November 2026 at 12:00 WIB", "id": "Senin, 23 November 2026 pukul 12.00 WIB"}
    own = {"jv": "Senèn, 23 November 2026 tabuh 12.00 WIB", "mad": "Sennen, 23 November 2026 pokol 12.00 WIB"}
    words = messages().write(letter(language=language))
    assert (day | own)[language] in words.text
    assert words.html is not None
    assert (day | own)[language] in words.html


@pytest.mark.parametrize("language", ["jv", "mad"])
def test_a_language_that_no_speaker_has_read_says_so(language: str) -> None:
    assert not messages().languages[language].reviewed_by
    assert "to be reviewed by" in read_files(PACK)[f"messages/{language}/reporter.toml"].decode()


def test_a_plain_mail_reads_like_a_letter() -> None:
    assert (
        messages().write(letter()).text
        == """\
Yth. Bapak/Ibu,

Terima kasih atas laporan Anda. Laporan sudah kami terima dan kami teruskan
kepada instansi yang berwenang.

Anda akan kami beri tahu setiap kali ada perkembangan.

  Kode laporan          : 0000-0000-0000-00
  Instansi              : Dinas Pekerjaan Umum dan Penataan Ruang
  Tanggal               : Senin, 23 November 2026 pukul 12.00 WIB
  Paling lambat selesai : Senin, 23 November 2026 pukul 12.00 WIB

Simpan kode laporan ini. Perkembangannya dapat dilihat kapan saja di
https://laporan.example.org/track/0000-0000-0000-00

Bila keadaan membahayakan keselamatan, hubungi 112 sekarang juga.

Hormat kami,
Layanan Pengaduan Kota Pasuruan (Diskominfotik)

--\x20
Pesan ini dikirim otomatis tentang laporan 0000-0000-0000-00. Petugas tidak
pernah meminta kata sandi, kode OTP, atau uang.
"""
    )


def test_an_emergency_is_told_the_number_before_anything_else_and_by_phone_first() -> None:
    for event in ("assigned", "at_desk"):
        one = letter(event, emergency=True)
        assert one.rule.template == "emergency"
        assert one.rule.kinds[0] == "sms"
        assert not one.rule.waits
        assert one.rule.resend
        assert messages().write(one).subject.startswith("Hubungi 112 sekarang")


def test_the_words_of_the_agency_reach_the_reporter_and_cannot_be_markup() -> None:
    words = messages().write(letter("answered", note="Sudah <b>ditambal</b> & dicek.\nTerima kasih."))
    assert "  Sudah <b>ditambal</b> & dicek.\n  Terima kasih." in words.text
    assert words.html is not None
    assert "Sudah &lt;b&gt;ditambal&lt;/b&gt; &amp; dicek." in words.html


def test_a_template_cannot_be_put_in_by_who_writes_a_note() -> None:
    assert "{{ 7 * 7 }}" in messages().write(letter("answered", note="{{ 7 * 7 }}")).text


def test_a_confidential_report_is_shown_to_its_agency_and_not_to_its_supervisors() -> None:
    agency = messages().write(letter("assigned", "agency", title="Rahasia betul", confidential=True))
    assert "Rahasia betul" in agency.text
    for event in ("deadline_breached", "deadline_escalated"):
        for confidential, seen in ((False, True), (True, False)):
            one = letter(event, "supervisor", title="Rahasia betul", confidential=confidential)
            words = messages().write(one)
            assert ("Rahasia betul" in words.text) is seen
            assert ("Rahasia betul" in (words.html or "")) is seen


BREAKS = {
    "a variable that does not exist": ("messages/id/reporter.toml", "{{ agency }}", "{{ agenzy }}", "'agenzy'"),
    "a sentence that does not end": ("messages/en/reporter.toml", "{{ agency }}", "{{ agency", "expected token"),
    "a template that is not there": ("messages/jv/reporter.toml", "[closed]", "[clozed]", "closed in jv"),
    "a text message in three parts": (
        "messages/mad/reporter.toml",
        'sms = "',
        'sms = "' + 160 * "wâ",
        "parts, at most",
    ),
    "a label that is not there": ("messages/id/language.toml", "due_at =", "due_on =", "labels.due_at is missing"),
    "a day too few": ("messages/id/language.toml", '"Senin", ', "", "at least 7 items"),
    "an event that does not exist": ("messages.csv", "in_progress,reporter", "in_progres,reporter", "'in_progres'"),
    "a kind that does not exist": ("messages.csv", "email whatsapp", "email fax", "'fax'"),
    "a choice that does not exist": ("messages.csv", ",day,", ",sometimes,", "'sometimes'"),
    "a condition that does not exist": ("messages.csv", "emergency,emergency", "urgent,emergency", "'urgent'"),
    "a condition without a value": ("messages.csv", "reason:acknowledged", "reason:", "'reason:'"),
    "a status before that does not exist": (
        "messages.csv",
        "previous:needs_information",
        "previous:asked",
        "no status",
    ),
    "a digest that nobody wrote": (
        "messages.csv",
        "digest,agency,,agency-digest",
        "withdrawn,agency,,agency-digest",
        "digest",
    ),
    "a digest of reporters": (
        "messages.csv",
        "reporter,,closed,email whatsapp sms channel,day",
        "reporter,,closed,email whatsapp sms channel,digest",
        "offices only",
    ),
    "no time for digests": ("messages/rules.toml", 'at = "07:30"', "", "one of at, minutes"),
    "no hours of silence": ("messages/rules.toml", "[quiet]", "[loud]", "needs [quiet]"),
    "a layout that breaks": ("messages/mail.html", "{% endif %}", "", "messages/mail.html"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_what_cannot_be_written_is_a_failure_of_the_pack(what: str) -> None:
    file, good, bad, said = BREAKS[what]
    files = read_files(PACK)
    text = files[file].decode()
    assert good in text
    broken = files | {file: text.replace(good, bad).encode()}
    found = [str(problem) for problem in check_messages(broken, pack(), TRACK_URL)]
    assert [problem for problem in found if said in problem], found


def test_a_language_that_is_missing_is_a_failure_of_the_pack() -> None:
    files = {name: content for name, content in read_files(PACK).items() if not name.startswith("messages/mad/")}
    (problem,) = check_messages(files, pack(), TRACK_URL)
    assert str(problem) == "messages/mad/language.toml:0: a language of the contract has no words"


def test_the_packs_own_messages_have_no_problem_at_the_longest_address() -> None:
    assert check_messages(read_files(PACK), pack()) == []
