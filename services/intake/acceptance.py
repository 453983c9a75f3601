"""From a submitted report to an accepted one: id, code, place, masked text, flags; and the identity apart. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake import identity
from services.intake.completeness import Completeness, Given
from services.intake.flags import Flags, raise_flags
from services.intake.likeness import Clues, clues
from services.intake.masking import Mask, masker
from services.intake.notes import Details, LeftOut, Notes
from services.intake.place import Place, Places
from services.intake.usable import Usable, lacking, usable
from shared.events import ReplyTo, ReportAccepted, Reporter, ReportSubmitted, Submitted
from shared.pack import Pack, Topic
from shared.readable import readable
from shared.words import Reading, Words

_NOWHERE = Place(None, None, None, "unknown", "none")


class Identity(Submitted):
    """What the vault keeps of a reporter."""

    reporter: Reporter | None
    reply_to: tuple[ReplyTo, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An accepted report; what must not leave the vault; and what is kept beside the report to explain and link it."""

    report: ReportAccepted
    identity: Identity
    fingerprint: bytes
    clues: Clues
    notes: Notes
    details: Details


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found out about a report on the way."""

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
        title, text = submitted.title, submitted.text
        reading = self._words.read(title, text)
        parts = usable(submitted, received_at, self.pack, left_out)
        subject = parts.topic or self._subject(reading)
        place = self._place(submitted)
        judged = _Judged(reading, parts, subject, place, raise_flags(reading, parts.topic, subject, self.pack))
        mask = masker(submitted.reporter)
        report = self._report(submitted, received_at, judged, mask(title) if title else None, mask(text))
        point = (place.lat, place.lng) if place.lat is not None and place.lng is not None else None
        return Acceptance(
            report=report,
            identity=Identity(reporter=parts.reporter, reply_to=parts.reply_to),
            fingerprint=identity.fingerprint(self._key, submitted),
            clues=clues(
                subject.code if subject else None, self._area(place, title, text, reading), point, reading.words
            ),
            notes=_notes(judged),
            details=self._details(submitted, parts, mask),
        )

    def _report(
        self, submitted: ReportSubmitted, received_at: datetime, judged: _Judged, title: str | None, text: str
    ) -> ReportAccepted:
        report_id = identity.report_id(submitted.channel, submitted.external_id)
        place, parts, flags = judged.place, judged.parts, judged.flags
        return ReportAccepted.model_construct(
            report_id=report_id,
            tracking_code=identity.tracking_code(self._key, report_id),
            channel=submitted.channel,
            external_id=submitted.external_id,
            report_class=submitted.report_class,
            title=title,
            text=text,
            language=submitted.language,
            topic=parts.topic.code if parts.topic else None,
            agency=parts.agency,
            location=place.location,
            occurred_on=parts.occurred_on,
            anonymous=submitted.anonymous,
            confidential=submitted.confidential,
            sensitive=flags.sensitive,
            emergency=flags.emergency,
            possible_duplicate_of=None,
            missing=self._missing(submitted, judged),
            received_at=received_at,
        )

    def _subject(self, reading: Reading) -> Topic | None:
        """The topic that the text is plainly about; none where two are as near."""
        best, *others = reading.subjects[:2] or (None,)
        if best is None or (others and others[0].points == best.points):
            return None
        return self.pack.topics[best.topic]

    def _place(self, submitted: ReportSubmitted) -> Place:
        given = submitted.location
        if given is None:
            return _NOWHERE
        return self._places.resolve(given.lat, given.lng, given.region_code, given.address)

    def _area(self, place: Place, title: str | None, text: str, reading: Reading) -> str | None:
        """The kelurahan, for want of another one that the text names: good enough to look for the same matter."""
        if place.region_code and place.region_code.count(".") > 2:
            return place.region_code
        named = self._places.gazetteer.named_in(f"{title or ''}\n{text}", reading.written)
        return named.region_code if named and named.jurisdiction == "inside" else place.region_code

    def _missing(self, submitted: ReportSubmitted, judged: _Judged) -> tuple[str, ...]:
        parts, reading = judged.parts, judged.reading
        given = Given(submitted, judged.place, parts.reporter, parts.occurred_on, reading.written | reading.words)
        needed = self._completeness.missing(given, judged.subject)
        return tuple(dict.fromkeys((*needed, *lacking(parts.left_out, reachable=bool(parts.reply_to)))))

    def _details(self, submitted: ReportSubmitted, parts: Usable, mask: Mask) -> Details:
        address = submitted.location.address if submitted.location else None
        return Details(
            address=mask(address.strip()) if address else None,
            attachments=parts.attachments,
            attributes=self._masked(submitted.attributes or {}, mask),
        )

    def _masked(self, attributes: Mapping[str, str], mask: Mask) -> dict[str, str]:
        return {
            mask(readable(name)): value if name in self._own_numbers else mask(value)
            for name, value in attributes.items()
        }


def _notes(judged: _Judged) -> Notes:
    subject, parts = judged.subject, judged.parts
    by = ("given" if parts.topic else "text") if subject else None
    code = subject.code if subject else None
    return Notes(judged.place.decided_by, code, by, judged.flags.because, parts.left_out, parts.old)
