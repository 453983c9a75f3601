"""The words of one language that are no template: days, months, labels; and instants in words. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from shared.calendar import day_and_hour

Moment = Callable[[datetime], str]
_Words = Annotated[str, Field(min_length=1)]


class Frame(BaseModel):
    """Sentences that stand in every message: Jinja, with the same variables as the templates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: _Words
    follow: _Words
    danger: _Words
    regards: _Words
    automatic: _Words
    office_greeting: _Words
    office_follow: _Words
    office_automatic: _Words
    office_anonymous: _Words
    office_confidential: _Words
    stop: _Words


class Language(BaseModel):
    """`language.toml`. `reviewed_by` is empty until a speaker has read the texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Words
    reviewed_by: str
    days: Annotated[tuple[_Words, ...], Field(min_length=7, max_length=7)]  # Monday first
    months: Annotated[tuple[_Words, ...], Field(min_length=12, max_length=12)]
    moment: _Words
    zones: dict[str, str]
    labels: dict[str, _Words]
    frame: Frame

    def moment_in(self, zone: ZoneInfo) -> Moment:
        """An instant in words, in the city's zone: `Senin, 30 November 2026 pukul 16.00 WIB`."""
        zone_name = self.zones.get(zone.key, zone.key)

        def moment(at: datetime) -> str:
            local = at.astimezone(zone)
            on, hour = day_and_hour(local)
            return self.moment.format(
                day=self.days[on.weekday()],
                d=on.day,
                month=self.months[on.month - 1],
                year=on.year,
                hour=hour,
                minute=local.minute,
                zone=zone_name,
            )

        return moment
