"""What makes a report urgent or sensitive, and which words or topics say so. Pure."""

from typing import NamedTuple

from shared.pack import EMERGENCY, Pack, Topic
from shared.words import Raised, Reading


class Flags(NamedTuple):
    """`emergency`: answered at once with 112 and routed first. `sensitive`: health, children, crime or money.

    `because` are the words and topics that raised them.
    """

    emergency: bool
    sensitive: bool
    because: tuple[Raised, ...]


def raise_flags(reading: Reading, given: Topic | None, subject: Topic | None, pack: Pack) -> Flags:
    """The flags of a report: from its words, the topic that was `given`, and the one that it is plainly about."""
    because = list(reading.raised)
    if given is not None and given.emergency:
        because.append(Raised(EMERGENCY, "", given.code))
    about = sorted({topic.code for topic in (given, subject) if topic is not None})
    if about:
        because += [
            Raised(flag, "", code) for flag, topics in pack.flags.topics.items() for code in about if code in topics
        ]
    flags = {raised.flag for raised in because}
    return Flags(EMERGENCY in flags, bool(flags - {EMERGENCY}), tuple(because))
