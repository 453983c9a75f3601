"""Router: gives each report to the right agency, with deadlines. `python -m services.router`."""

from collections.abc import Sequence
from functools import cached_property

from starlette.routing import Route

from services.router.accounts.handlers import Accounts
from services.router.calendars.store import Rulebook
from services.router.desk.door import Desk
from services.router.doors.handlers import replies, updates
from services.router.handlers import Accepted
from services.router.packs.handlers import Packs
from services.router.rules import Rules
from services.router.watch.handlers import Watch
from services.router.watch.tracking import Backlog
from shared import topics
from shared.service import Service, Work
from shared.settings import RouterSettings, load
from shared.stream import Subscription


class Router(Service):
    """Routes accepted reports and keeps their lives and deadlines."""

    settings: RouterSettings

    def subscriptions(self) -> Sequence[Subscription]:
        """Accepted reports, and what agencies and reporters do with them."""
        rest = self.book, self.pool, self.outbox
        return (
            Subscription(topics.ACCEPTED, Accepted(*rest)),
            Subscription(topics.UPDATES, updates(*rest)),
            Subscription(topics.REPLIES, replies(*rest)),
        )

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Each second, what has fallen due; each other, whether the pack has changed; each minute, all accounts."""
        servers = self.settings.kafka_bootstrap_servers
        backlog = Backlog(servers, (topics.UPDATES, topics.REPLIES))
        return (
            (1.0, Watch(self.book, self.pool, self.outbox, backlog).take_due_steps),
            (2.0, Packs(self.settings.pack, self.book, self.pool).take_new_pack),
            (60.0, Accounts(self.book, self.pool, servers).observe_lives),
        )

    def paths(self) -> Sequence[Route]:
        """The desk."""
        return Desk(self, self.book).routes()

    @cached_property
    def book(self) -> Rulebook:
        """What decides here: the pack, by the calendar that was applied last."""
        written = (self.settings.pack / "calendar.toml").read_text("utf-8-sig")
        return Rulebook(Rules.of(self.pack), written)


if __name__ == "__main__":
    Router("router", load(RouterSettings)).run()
