"""From a submitted report to an accepted one: id, code, place, masked text, flags; and the identity apart. Pure."""

from dataclasses import dataclass
from datetime import datetime

from services.intake import identity
from services.intake.masking import masker
from services.intake.place import Places
from shared.events import Location, ReplyKind, ReplyTo, ReportAccepted, Reporter, ReportSubmitted, Submitted
from shared.pack import Pack


class Identity(Submitted):
    """What the vault keeps of a reporter."""

    reporter: Reporter | None
    reply_to: tuple[ReplyTo, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An accepted report and, apart from it, what must not leave the vault."""

    report: ReportAccepted
    identity: Identity
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Acceptor:
    """What acceptance depends on besides the report: the pack's places and topics, and the key of codes."""

    pack: Pack
    places: Places
    key: bytes

    def accept(self, submitted: ReportSubmitted, received_at: datetime) -> Acceptance:
        """A function of the report, the pack, the key and the instant of receipt: the same in, the same out."""
        report_id = identity.report_id(submitted.channel, submitted.external_id)
        mask = masker(submitted.reporter)
        location = self._locate(submitted)
        report = ReportAccepted.model_construct(
            report_id=report_id,
            tracking_code=identity.tracking_code(self.key, report_id),
            channel=submitted.channel,
            external_id=submitted.external_id,
            report_class=submitted.report_class,
            title=mask(submitted.title) if submitted.title else None,
            text=mask(submitted.text),
            language=submitted.language,
            topic=submitted.topic,
            agency=submitted.agency,
            location=location,
            occurred_on=submitted.occurred_on,
            anonymous=submitted.anonymous,
            confidential=submitted.confidential,
            sensitive=False,
            emergency=self._emergency(submitted),
            possible_duplicate_of=None,
            missing=self._missing(submitted, location),
            received_at=received_at,
        )
        kept = Identity(reporter=submitted.reporter, reply_to=reply_ways(submitted))
        return Acceptance(report, kept, identity.fingerprint(self.key, submitted))

    def _locate(self, submitted: ReportSubmitted) -> Location:
        given = submitted.location
        if given is None:
            return Location()
        place = self.places.resolve(given.lat, given.lng, given.region_code, given.address)
        return Location(lat=place.lat, lng=place.lng, region_code=place.region_code, jurisdiction=place.jurisdiction)

    def _emergency(self, submitted: ReportSubmitted) -> bool:
        topic = self.pack.topics.get(submitted.topic or "")
        return topic is not None and topic.emergency

    def _missing(self, submitted: ReportSubmitted, location: Location) -> tuple[str, ...]:
        topic = self.pack.topics.get(submitted.topic or "")
        known = location.region_code or location.lat is not None or (submitted.location and submitted.location.address)
        return ("place",) if topic is not None and topic.needs_location and not known else ()


def reply_ways(submitted: ReportSubmitted) -> tuple[ReplyTo, ...]:
    """How the reporter can be told: as asked for, else what the reporter gave about himself."""
    if submitted.reply_to:
        return submitted.reply_to
    reporter = submitted.reporter
    given: tuple[tuple[ReplyKind, str | None], ...] = (
        (("email", reporter.email), ("sms", reporter.phone)) if reporter else ()
    )
    return tuple(
        ReplyTo.model_construct(kind=kind, address=address.strip())
        for kind, address in given
        if address and address.strip()
    )
