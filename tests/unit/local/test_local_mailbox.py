from email.message import EmailMessage
from pathlib import Path

import httpx

from deploy.local.mail_pages import reading_api
from deploy.local.mailbox import Mailbox


def written(subject: str = "Laporan Anda", text: str = "Sudah diteruskan.", html: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"] = "Tanggap <tanggap@pasuruan.example>"
    mail["To"] = "Sri <sri@warga.example>"
    mail["Subject"] = subject
    mail["Message-ID"] = "<one@tanggap.example>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def box(folder: Path, *mails: bytes, keep: int = 100) -> Mailbox:
    mailbox = Mailbox(folder, keep=keep)
    for mail in mails:
        mailbox.put("tanggap@pasuruan.example", ["sri@warga.example"], mail)
    return mailbox


async def read(mailbox: Mailbox, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(reading_api(mailbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://catcher") as client:
        return await client.get(path)


async def test_mails_are_listed_newest_first_with_their_number(tmp_path: Path) -> None:
    mailbox = box(tmp_path, *(written(f"mail {n}") for n in range(5)))
    answer = (await read(mailbox, "/api/v1/messages?start=1&limit=2")).json()
    assert (answer["total"], [one["Subject"] for one in answer["messages"]]) == (5, ["mail 3", "mail 2"])


async def test_a_listed_mail_names_sender_recipient_and_begins_its_text(tmp_path: Path) -> None:
    (mail,) = (await read(box(tmp_path, written()), "/api/v1/messages")).json()["messages"]
    assert mail["From"] == {"Name": "Tanggap", "Address": "tanggap@pasuruan.example"}
    assert mail["To"] == [{"Name": "Sri", "Address": "sri@warga.example"}]
    assert (mail["MessageID"], mail["Snippet"]) == ("one@tanggap.example", "Sudah diteruskan.")


async def test_one_mail_is_read_with_both_bodies_and_its_headers(tmp_path: Path) -> None:
    mailbox = box(tmp_path, written(html="<p>Sudah</p>"))
    mail = (await read(mailbox, "/api/v1/message/latest")).json()
    assert (mail["Text"].strip(), mail["HTML"].strip()) == ("Sudah diteruskan.", "<p>Sudah</p>")
    assert mail["Headers"]["Return-Path"] == ["<tanggap@pasuruan.example>"]


async def test_a_recipient_named_only_on_the_envelope_is_shown_as_hidden(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, keep=10)
    mailbox.put("a@tanggap.example", ["sri@warga.example", "boss@tanggap.example"], written())
    mail = (await read(mailbox, "/api/v1/message/latest")).json()
    assert [one["Address"] for one in mail["Bcc"]] == ["boss@tanggap.example"]


def test_the_box_survives_a_restart(tmp_path: Path) -> None:
    box(tmp_path, written("before"))
    again = box(tmp_path, written("after"))
    subjects = [line["Subject"] for line in again.listed(0, 10)]
    assert subjects == ["after", "before"]


def test_the_oldest_give_way_when_the_box_is_full(tmp_path: Path) -> None:
    mailbox = box(tmp_path, *(written(f"mail {n}") for n in range(5)), keep=2)
    assert [line["Subject"] for line in mailbox.listed(0, 10)] == ["mail 4", "mail 3"]
    assert len(list(tmp_path.iterdir())) == 2


async def test_markup_in_a_mail_is_shown_and_not_run(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    mailbox = box(tmp_path, written(subject=evil, text=evil))
    mail = mailbox.get("latest")
    assert mail is not None
    for path in ("/", f"/view/{mail.identity}"):
        page = (await read(mailbox, path)).text
        assert evil not in page
        assert "&lt;script&gt;" in page


async def test_an_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    mailbox = box(tmp_path / "mail")
    for identity in ("..%2Fsecret", "../secret", "latest", "0"):
        assert (await read(mailbox, f"/api/v1/message/{identity}")).status_code == 404


def test_an_address_with_line_breaks_adds_no_header(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, keep=10)
    mailbox.put("a@b.example\r\nX-Evil: yes", ["c@d.example"], written())
    mail = mailbox.get("latest")
    assert mail is not None
    assert mail.message["X-Evil"] is None


async def test_a_broken_mail_is_still_listed(tmp_path: Path) -> None:
    broken = b"From: <<>@,;\r\nContent-Type: text/plain; charset=no-such\r\nTo: \xff\xfe\r\n\r\n\xff text"
    answer = await read(box(tmp_path, broken, b"", b"no header at all"), "/api/v1/messages")
    assert answer.json()["count"] == 3
