"""Intake: decides what a report is. `python -m services.intake`."""

from collections.abc import Sequence

from starlette.routing import Route

from services.intake import tracking
from services.intake.acceptance import Acceptor
from services.intake.handlers import Submissions, Timeline
from services.intake.place import Places
from shared import topics
from shared.service import Service
from shared.settings import IntakeSettings, load
from shared.stream import Subscription
from shared.vault import Vault


class Intake(Service):
    """Reads new reports and keeps the public timeline."""

    settings: IntakeSettings

    def subscriptions(self) -> Sequence[Subscription]:
        """New reports, and the steps of their lives."""
        key = self.settings.tracking_key.get_secret_value()
        acceptor = Acceptor(self.pack, Places(self.pack), key)
        vault = Vault(self.settings.vault_keys)
        return (
            Subscription(topics.SUBMITTED, Submissions(acceptor, vault, self.pool, self.outbox)),
            Subscription(topics.STATUS, Timeline(self.pool, self.outbox)),
        )

    def paths(self) -> Sequence[Route]:
        """The timeline of a report."""
        return tracking.routes(self)


if __name__ == "__main__":
    Intake("intake", load(IntakeSettings)).run()
