"""Notifier: tells people what became of their report. `python -m services.notifier`."""

from collections.abc import Sequence

from services.notifier.handlers import Steps
from services.notifier.messages import Messages
from services.notifier.sending import Sender
from shared import topics
from shared.service import Service, Work
from shared.settings import NotifierSettings, load
from shared.stream import Subscription


class Notifier(Service):
    """Plans a message for each step that somebody should hear of, and sends it once."""

    settings: NotifierSettings

    def subscriptions(self) -> Sequence[Subscription]:
        """The steps in the lives of reports."""
        messages = Messages(self.settings.pack, self.pack, f"{self.settings.intake_url}/track/{{code}}.json")
        self._sender = Sender(self.settings, messages, self.pool, self.outbox)
        return (Subscription(topics.STATUS, Steps(messages, self._sender, self.pool, self.outbox)),)

    def chores(self) -> Sequence[tuple[float, Work]]:
        """Sending, and looking for what a dead instance left."""
        return (0.0, self._sender.send_due), (15.0, self._sender.give_up_on_the_dead), (5.0, self._sender.observe)


if __name__ == "__main__":
    Notifier("notifier", load(NotifierSettings)).run()
