"""Links to stop: they name nobody, cannot be made up, and stop with one POST."""

import base64

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from services.notifier.contacts.door import Door
from services.notifier.contacts.stopping import Stops
from services.notifier.email import compose
from services.notifier.messages import Words
from tests.unit.notifier.letters import letter, message, messages

STOPS = Stops(bytes(range(32)), "https://notifier.example.org/")
CONTACT = STOPS.contact("email", "warga@example.org")


def token(link: str) -> str:
    return link.removeprefix("https://notifier.example.org/stop/")


@given(st.text(min_size=1, max_size=60))
def test_a_link_leads_back_to_its_contact(address: str) -> None:
    contact = STOPS.contact("sms", address)
    assert STOPS.read(token(STOPS.link(contact))) == contact


def test_the_same_mailbox_however_written_is_the_same_contact_and_others_are_others() -> None:
    assert STOPS.contact("email", " Warga@Example.org") == CONTACT
    others = [STOPS.contact("sms", "warga@example.org"), STOPS.contact("email", "x@example.org")]
    handles = [STOPS.contact("channel", "chat-1", channel) for channel in ("wa-bot", "line-bot")]
    assert len({CONTACT, *others, *handles}) == 5


def test_the_address_cannot_be_read_from_a_link_nor_looked_up_without_the_key() -> None:
    link = STOPS.link(CONTACT)
    assert b"warga" not in base64.urlsafe_b64decode(token(link))
    assert Stops(bytes(32), "https://notifier.example.org").contact("email", "warga@example.org") != CONTACT


@pytest.mark.parametrize("change", ["", "x", "A" * 64, "é", "../stop"])
def test_a_link_that_was_made_up_is_none(change: str) -> None:
    assert STOPS.read(change) is None
    assert Stops(bytes(32), "x").read(token(STOPS.link(CONTACT))) is None
    good = token(STOPS.link(CONTACT))
    assert STOPS.read(("B" if good[0] == "A" else "A") + good[1:]) is None


async def test_a_look_at_the_page_stops_nothing_and_shows_a_button() -> None:
    transport = httpx.ASGITransport(Starlette(routes=Door(STOPS).paths()))
    async with httpx.AsyncClient(transport=transport, base_url="https://notifier.example.org") as client:
        page = await client.get("/stop/" + token(STOPS.link(CONTACT)))
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        assert 'method="post"' in page.text
        assert (await client.get("/stop/made-up")).status_code == 404
        assert (await client.post("/stop/made-up")).status_code == 404
        # Before the database is there nobody is told that it was done.
        clicked = await client.post("/stop/" + token(STOPS.link(CONTACT)), data={"List-Unsubscribe": "One-Click"})
        assert clicked.status_code == 503


def test_a_mail_that_can_be_stopped_says_how_to_its_program_and_to_its_reader() -> None:
    link = STOPS.link(CONTACT)
    one = letter()
    words = messages().write(type(one)(one.rule, one.kind, "id", one.news, one.known, stop_url=link))
    assert link in words.text
    assert link in (words.html or "")
    raw = compose(message(), words, "tanggap@example.org", "warga@example.org", words.stop_url).decode()
    assert f"List-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_mail_that_cannot_be_stopped_offers_no_click() -> None:
    raw = compose(message(), Words("s", "t"), "tanggap@example.org", "warga@example.org").decode()
    assert "List-Unsubscribe" not in raw
