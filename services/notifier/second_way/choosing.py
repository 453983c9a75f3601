"""What could not be delivered by one kind is tried once by the reporter's next. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.notifier.messages import Messages
from services.notifier.planning import Message, identity


def second_way(
    message: Message, ways: Sequence[str], messages: Messages, kinds: Collection[str], reason: str | None, now: datetime
) -> Message | None:
    """The same message by the next kind of the table that the reporter gave and that is set up; None where none is.

    Only reporters have ways of their own. Whoever stopped messages at the provider gets by another kind only what
    cannot be stopped.
    """
    rule = messages.rule_of(message.news, message.audience, message.template)
    if rule is None or message.audience != "reporter" or (reason == "stopped" and rule.stoppable):
        return None
    kind = next((one for one in rule.kinds if one != message.kind and one in ways and one in kinds), None)
    if kind is None:
        return None
    return replace(
        message,
        notification_id=identity(message.news, message.audience, message.recipient, kind, message.template),
        kind=kind,
        due=messages.not_before(rule, kind, now),
        attempt=0,
    )
