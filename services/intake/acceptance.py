"""From a submitted report to an accepted one: id, code, place, masked text, flags; and the identity apart. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from services.intake import identity
from services.intake.completeness import Completeness, Given
from services.intake.flags import Flags, raise_flags
from services.intake.likeness import Clues, clues
from services.intake.masking import Mask, masker
from services.intake.notes import Details, LeftOut, Notes
from services.intake.place import Hints, Place, Places
from services.intake.usable import Usable, lacking, usable
from shared.events import ReplyTo, ReportAccepted, Reporter, ReportSubmitted, Submitted
from shared.pack import Pack, Topic
from shared.readable import readable
from shared.words import Reading, Words

_NO_HINTS = Hints(None, None, None, None)


class Identity(Submitted):
    """What the vault keeps of a reporter."""

    reporter: Reporter | None
    reply_to: tuple[ReplyTo, ...]


# What `model_validate` calls, without what it asks first.
_ACCEPTED: Final = ReportAccepted.__pydantic_validator__
_IDENTITY: Final = Identity.__pydantic_validator__


class Acceptance(NamedTuple):
    """An accepted report; what must not leave the vault; and what is kept beside the report to explain and link it."""

    report: ReportAccepted
    identity: Identity
    fingerprint: bytes
    clues: Clues
    notes: Notes
    details: Details


# A report with the instant of its receipt and what validation left out of its message.
Incoming: TypeAlias = tuple[ReportSubmitted, datetime, tuple[LeftOut, ...]]


class _Judged(NamedTuple):
    """What was found out about a report on the way."""

    submitted: ReportSubmitted
    received_at: datetime
    reading: Reading
    parts: Usable
    subject: Topic | None
    place: Place
    flags: Flags


class Acceptor:
    """What acceptance depends on besides the report: the pack's places, words and topics, and the key of codes."""

    def __init__(self, pack: Pack, places: Places, key: bytes) -> None:
        self.pack = pack
        self._places = places
        self._key = key
        self._words = Words(pack)
        self._completeness = Completeness(pack, places.gazetteer)
        # Numbers of customers and plots look like those of people and are none.
        self._own_numbers = frozenset(
            name for need in pack.needs.values() for name in (need.attribute or "").split(";")
        )

    def accept(
        self, submitted: ReportSubmitted, received_at: datetime, left_out: tuple[LeftOut, ...] = ()
    ) -> Acceptance:
        """A function of the report, the pack, the key and the instant of receipt: the same in, the same out.

        `left_out` is what validation left out of the message.
        """
        (accepted,) = self.accept_all([(submitted, received_at, left_out)])
        return accepted

    def accept_all(self, batch: Sequence[Incoming]) -> list[Acceptance]:
        """As `accept`, each for itself.

        One step for all before the next step, not one report after the other: points are looked up together, and what
        a step needs stays in the processor's caches. That saves a third of the time.
        """
        submitted = [report for report, _, _ in batch]
        readings = [self._words.read(report.title, report.text) for report in submitted]
        parts = [usable(*incoming, self.pack) for incoming in batch]
        places = self._places.resolve_all([_hints(report) for report in submitted])
        judged = [self._judged(*facts) for facts in zip(batch, readings, parts, places, strict=True)]
        masks = [masker(report.reporter) for report in submitted]
        reports = [self._report(case, mask) for case, mask in zip(judged, masks, strict=True)]
        identities = [_identity(part) for part in parts]
        fingerprints = [identity.fingerprint(self._key, report) for report in submitted]
        found = [self._clues(case) for case in judged]
        notes = [_notes(case) for case in judged]
        details = [self._details(case, mask) for case, mask in zip(judged, masks, strict=True)]
        return list(map(Acceptance, reports, identities, fingerprints, found, notes, details))

    def _judged(self, incoming: Incoming, reading: Reading, parts: Usable, place: Place) -> _Judged:
        subject = parts.topic or self._subject(reading)
        flags = raise_flags(reading, parts.topic, subject, self.pack)
        return _Judged(incoming[0], incoming[1], reading, parts, subject, place, flags)

    def _report(self, judged: _Judged, mask: Mask) -> ReportAccepted:
        submitted = judged.submitted
        report_id = identity.report_id(submitted.channel, submitted.external_id)
        place, parts, flags = judged.place, judged.parts, judged.flags
        facts = {
            "report_id": report_id,
            "tracking_code": identity.tracking_code(self._key, report_id),
            "channel": submitted.channel,
            "external_id": submitted.external_id,
            "class": submitted.report_class,
            "title": mask(submitted.title) if submitted.title else None,
            "text": mask(submitted.text),
            "language": submitted.language,
            "topic": parts.topic.code if parts.topic else None,
            "agency": parts.agency,
            "location": place._asdict(),
            "occurred_on": parts.occurred_on,
            "anonymous": submitted.anonymous,
            "confidential": submitted.confidential,
            "sensitive": flags.sensitive,
            "emergency": flags.emergency,
            "possible_duplicate_of": None,
            "missing": self._missing(judged),
            "received_at": judged.received_at,
        }
        accepted: ReportAccepted = _ACCEPTED.validate_python(facts)
        return accepted

    def _subject(self, reading: Reading) -> Topic | None:
        """The topic that the text is plainly about; none where two are as near."""
        subjects = reading.subjects
        if not subjects or (len(subjects) > 1 and subjects[1].points == subjects[0].points):
            return None
        return self.pack.topics[subjects[0].topic]

    def _clues(self, judged: _Judged) -> Clues:
        place, subject = judged.place, judged.subject
        point = (place.lat, place.lng) if place.lat is not None and place.lng is not None else None
        return clues(subject.code if subject else None, self._area(judged), point, judged.reading.words)

    def _area(self, judged: _Judged) -> str | None:
        """The kelurahan, for want of another one that the text names: good enough to look for the same matter."""
        code, submitted = judged.place.region_code, judged.submitted
        if code and code.count(".") > 2:
            return code
        text = f"{submitted.title or ''}\n{submitted.text}"
        named = self._places.gazetteer.named_in(text, judged.reading.written)
        return named.region_code if named and named.jurisdiction == "inside" else code

    def _missing(self, judged: _Judged) -> tuple[str, ...]:
        parts, reading = judged.parts, judged.reading
        given = Given(judged.submitted, judged.place, parts.reporter, parts.occurred_on, reading.written, reading.words)
        needed = self._completeness.missing(given, judged.subject)
        if parts.left_out:
            needed += lacking(parts.left_out, reachable=bool(parts.reply_to))
        return tuple(dict.fromkeys(needed))

    def _details(self, judged: _Judged, mask: Mask) -> Details:
        submitted = judged.submitted
        address = submitted.location.address if submitted.location else None
        return Details(
            address=mask(address.strip()) if address else None,
            attachments=judged.parts.attachments,
            attributes=self._masked(submitted.attributes or {}, mask),
        )

    def _masked(self, attributes: Mapping[str, str], mask: Mask) -> dict[str, str]:
        return {
            mask(readable(name)): value if name in self._own_numbers else mask(value)
            for name, value in attributes.items()
        }


def _hints(submitted: ReportSubmitted) -> Hints:
    given = submitted.location
    return Hints(given.lat, given.lng, given.region_code, given.address) if given else _NO_HINTS


def _identity(parts: Usable) -> Identity:
    kept: Identity = _IDENTITY.validate_python({"reporter": parts.reporter, "reply_to": parts.reply_to})
    return kept


def _notes(judged: _Judged) -> Notes:
    subject, parts = judged.subject, judged.parts
    by = ("given" if parts.topic else "text") if subject else None
    code = subject.code if subject else None
    return Notes(judged.place.decided_by, code, by, judged.flags.because, parts.left_out, parts.old)
