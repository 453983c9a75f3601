"""Intake: decides what a report is. `python -m services.intake`."""

from collections.abc import Sequence
from functools import cached_property

from starlette.routing import Route

from services.intake import tracking
from services.intake.acceptance import Acceptor
from services.intake.handlers import Forgetting, Submissions, Timeline
from services.intake.open311.asking import misses
from services.intake.open311.door import routes
from services.intake.open311.handlers import Topics
from services.intake.place import Places
from services.intake.replies.handlers import Replies
from shared import topics
from shared.service import Service, Work
from shared.settings import IntakeSettings, load
from shared.stream import Subscription
from shared.vault import Vault


class Intake(Service):
    """Reads new reports, keeps what reporters answer and the public timeline."""

    settings: IntakeSettings

    def subscriptions(self) -> Sequence[Subscription]:
        """New reports, what their reporters answer, and the steps of their lives."""
        vault = Vault(self.settings.vault_keys)
        return (
            Subscription(
                topics.SUBMITTED,
                Submissions(self._acceptor, vault, self.pool, self.outbox),
                dated_by_arrival=True,
                readers=2,
            ),
            Subscription(topics.REPLIES, Replies(vault, self.pool), dated_by_arrival=True),
            Subscription(topics.STATUS, Timeline(self.pool, self.outbox)),
            Subscription(topics.ROUTED, Topics(self.pool, self.outbox)),
        )

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Once an hour, what links reports of one matter is forgotten where it is too old."""
        return ((3600.0, Forgetting(self.pool).forget_old_clues),)

    def paths(self) -> Sequence[Route]:
        """The Open311 door and the timeline of a report; both count failed look-ups together."""
        missed = misses()
        return (*tracking.routes(self, missed), *routes(self, self._acceptor, missed))

    @cached_property
    def _acceptor(self) -> Acceptor:
        return Acceptor(self.pack, Places(self.pack), self.settings.tracking_key.get_secret_value())


if __name__ == "__main__":
    Intake("intake", load(IntakeSettings)).run()
