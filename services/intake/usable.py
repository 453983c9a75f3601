"""What of a submitted report can be used: people's contacts, links, dates, codes; the rest is left out. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.intake import contacts
from services.intake.links import is_public
from services.intake.notes import LeftOut
from shared.events import Attachment, ReplyTo, Reporter, ReportSubmitted
from shared.pack import Pack, Topic

# Over two years after the event the Ombudsman need not act (UU 37/2008, article 24): told, never refused.
_OMBUDSMAN_YEARS = 2
# Nobody reports what was before; a date like 0001-01-01 is a program's empty field.
_FIRST_YEAR = 1900
# A channel's clock farther off than this is wrong; every deadline counts from the broker's clock anyway.
_CLOCK_AHEAD, _CLOCK_BEHIND = timedelta(days=1), timedelta(days=366)
# What a file lacks after something was left out.
_LACKING = {
    "reporter.nik": "identity",
    "reporter.email": "contact",
    "reporter.phone": "contact",
    "reply_to": "contact",
    "attachments": "attachment",
    "occurred_on": "date",
}


class Usable(NamedTuple):
    """The parts of a report in the form in which they are kept, and what was left out."""

    topic: Topic | None
    agency: str | None
    reporter: Reporter | None
    reply_to: tuple[ReplyTo, ...]
    attachments: tuple[Attachment, ...]
    occurred_on: date | None
    old: bool
    left_out: tuple[LeftOut, ...]


def usable(submitted: ReportSubmitted, received_at: datetime, before: tuple[LeftOut, ...], pack: Pack) -> Usable:
    """What can be used of a report; `before` is what validation left out of it already."""
    out = list(before)
    today = received_at.astimezone(pack.calendar.zone).date()
    topic = pack.topics.get(_code(submitted.topic))
    agency = _code(submitted.agency)
    if submitted.topic and topic is None:
        out.append(LeftOut("topic", "unknown-code"))
    if submitted.agency and agency not in pack.agencies:
        out.append(LeftOut("agency", "unknown-code"))
        agency = ""
    if not -_CLOCK_BEHIND < submitted.submitted_at - received_at < _CLOCK_AHEAD:
        out.append(LeftOut("submitted_at", "wrong-clock"))
    occurred_on, old = _occurred(submitted.occurred_on, today, out)
    person = _person(submitted.reporter, today, out)
    return Usable(
        topic=topic,
        agency=agency or None,
        reporter=person,
        reply_to=_replies(submitted, person, out),
        attachments=_attachments(submitted, out),
        occurred_on=occurred_on,
        old=old,
        left_out=tuple(out),
    )


def lacking(left_out: tuple[LeftOut, ...], *, reachable: bool) -> tuple[str, ...]:
    """What a file lacks because what was given for it cannot be used; a contact only where no other is left."""
    codes: dict[str, None] = {}
    for item in left_out:
        code = _LACKING.get(item.field) or _LACKING.get(item.field.partition(".")[0])
        if code and (code != "contact" or not reachable):
            codes[code] = None
    return tuple(codes)


def _code(given: str | None) -> str:
    return (given or "").strip().lower()


def _occurred(given: date | None, today: date, out: list[LeftOut]) -> tuple[date | None, bool]:
    """The date of the event unless it is in the future or before living memory, and whether it is long past."""
    if given is None:
        return None, False
    if given > today or given.year < _FIRST_YEAR:
        out.append(LeftOut("occurred_on", "in-the-future" if given > today else "out-of-range"))
        return None, False
    return given, given < _years_before(today, _OMBUDSMAN_YEARS)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _person(given: Reporter | None, today: date, out: list[LeftOut]) -> Reporter | None:
    if given is None:
        return None
    kept, unusable = contacts.reporter(given, today)
    out += [LeftOut(f"reporter.{name}", "unusable") for name in unusable]
    return kept


def _replies(submitted: ReportSubmitted, person: Reporter | None, out: list[LeftOut]) -> tuple[ReplyTo, ...]:
    """The ways that were asked for, each once; where none of them can be used, those of the reporter."""
    ways: dict[tuple[str, str], ReplyTo] = {}
    for place, asked in enumerate(submitted.reply_to or ()):
        way = contacts.reply_address(asked)
        if way is None:
            out.append(LeftOut(f"reply_to.{place}", "unusable"))
        else:
            ways[way.kind, way.address] = way
    return tuple(ways.values()) or (contacts.derived(person) if person else ())


def _attachments(submitted: ReportSubmitted, out: list[LeftOut]) -> tuple[Attachment, ...]:
    """Those whose links lead to the public internet: an officer will open them."""
    kept = []
    for place, attachment in enumerate(submitted.attachments or ()):
        if is_public(attachment.url):
            kept.append(attachment)
        else:
            out.append(LeftOut(f"attachments.{place}", "unusable"))
    return tuple(kept)
