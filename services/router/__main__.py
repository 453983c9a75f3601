"""Router: gives each report to the right agency, with deadlines. `python -m services.router`."""

from collections.abc import Sequence

from services.router.handlers import Accepted
from services.router.routing import Routes
from shared import topics
from shared.service import Service
from shared.settings import RouterSettings, load
from shared.stream import Subscription


class Router(Service):
    """Routes accepted reports."""

    settings: RouterSettings

    def subscriptions(self) -> Sequence[Subscription]:
        """Accepted reports."""
        return (Subscription(topics.ACCEPTED, Accepted(Routes.of(self.pack), self.pool, self.outbox)),)


if __name__ == "__main__":
    Router("router", load(RouterSettings)).run()
