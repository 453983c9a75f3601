"""What the words of a report speak for: topics, and what makes it urgent or sensitive. Pure and explainable.

Every rule of topics here is the one with which the keyword lists were built and measured; its figures are in
`pack.toml`. What raises a flag, and what keeps it down, is in the pack's `flags.csv`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shared.pack import EMERGENCY, Pack
from shared.phrases import EITHER, STANDARD, WRITTEN, Match, Phrases, outermost
from shared.spelling import Place, Spelling, repair, tokens

# Label of phrases that are no keywords of a topic.
_FLAG = "flag:"


class Score(NamedTuple):
    """A topic with the distinct keywords that speak for it and the sum of their points."""

    topic: str
    points: int
    keywords: tuple[tuple[str, int], ...]


class Raised(NamedTuple):
    """A flag with the words that raise it, and the topic that they are a keyword of, if any."""

    flag: str
    words: str
    topic: str | None = None


class Reading(NamedTuple):
    """What was read: subjects best first, topics that flag maladministration, emergencies among all of them.

    `raised` are the flags of the pack with their words; `written` the words of the text and `words` their standard
    forms, each once. `standard` are the standard words in order, with an empty one behind each part; `found` the
    keywords that stand in no longer one, `places` where each of the standard words stood (None: where it stands).
    """

    subjects: tuple[Score, ...]
    maladministration: tuple[str, ...]
    emergencies: tuple[str, ...]
    raised: tuple[Raised, ...]
    written: frozenset[str]
    words: frozenset[str]
    standard: Sequence[str] = ()
    found: Sequence[Match] = ()
    places: Sequence[Place] | None = None


class Words:
    """The keywords, flags and slang of a pack, made ready once; reading a text changes nothing."""

    def __init__(self, pack: Pack) -> None:
        self._topics = pack.topics
        self._emergencies = frozenset([topic.code for topic in pack.topics.values() if topic.emergency])
        flags = pack.deployment.maladministration
        self._flags: Mapping[str, str] = flags.forms
        self._only_flags = frozenset(flags.forms) - frozenset(flags.destinations)
        self._spelling = Spelling(pack.slang)
        self._phrases = Phrases()
        self._denials = Phrases()
        self._quiet = frozenset(" ".join(tokens(repair(words))) for words in pack.flags.quiet)
        slang = {row.slang for row in pack.slang if " " not in row.slang}
        for topic in pack.topics.values():
            for keyword in topic.keywords:
                self._add(topic.code, tokens(repair(keyword)), keyword in slang)
        for flag, phrases in pack.flags.words.items():
            for phrase in phrases:
                self._add(_FLAG + flag, tokens(repair(phrase)), phrase in slang)
        for phrase in pack.flags.denials:
            self._denials.plant(self._standard(tokens(repair(phrase))), (phrase, phrase, "", 1))

    def read(self, *parts: str | None) -> Reading:
        """The reading of a report's parts, such as title and text; no phrase reaches from one into the next."""
        words: list[str] = []
        for part in parts:
            if part:
                words += tokens(repair(part))
                words.append("")
        normal, places = self._spelling.normalise(words)
        keywords: list[Match] = []
        flags: list[Match] = []
        if places is None:
            hits = self._phrases.find(words)
        else:
            hits = self._phrases.find(words, None, WRITTEN) + self._phrases.find(normal, places, STANDARD)
        for hit in hits:
            (flags if hit.label[:5] == _FLAG else keywords).append(hit)
        found = outermost(keywords) if keywords else keywords
        raised = self._raised(found, flags, normal, places)
        written = frozenset(words)
        scores = self._scores(found) if found else []
        topics = [score.topic for score in scores]
        subjects = [score for score in scores if score.topic not in self._only_flags]
        return Reading(
            subjects=tuple(subjects or scores),
            maladministration=tuple([topic for topic in topics if topic in self._flags]),
            emergencies=tuple([topic for topic in topics if topic in self._emergencies]),
            raised=raised,
            written=written,
            words=written if places is None else frozenset(normal),
            standard=normal,
            found=found,
            places=places,
        )

    def standard(self, text: str) -> list[str]:
        """The words of a text in their standard forms."""
        return self._standard(tokens(repair(text)))

    def _standard(self, words: list[str]) -> list[str]:
        return self._spelling.normalise(words)[0]

    def _add(self, label: str, words: list[str], raw_only: bool) -> None:
        """Learn a phrase as it is written and as it is normalised; both forms are one and count once.

        One that is a slang word itself is looked for as written only: bkn (an agency) would become bukan (not).
        """
        if not words:
            return
        normal = self._standard(words)
        end = (" ".join(normal), " ".join(words), label, len(words))
        if raw_only or normal != words:
            self._phrases.plant(words, end, WRITTEN)
        if not raw_only:
            self._phrases.plant(normal, end, STANDARD if normal != words else EITHER)

    def _scores(self, found: list[Match]) -> list[Score]:
        """Topics by the words that speak for them, best first."""
        spoken: dict[str, dict[str, tuple[str, int]]] = {}
        heard: set[tuple[str, float, float]] = set()
        for identity, keyword, label, points, start, end in found:
            # Two keywords of a topic in one place are one thing said: jalannya berlubang, dalane bolong.
            place = (label, start, end)
            if place not in heard:
                heard.add(place)
                spoken.setdefault(label, {}).setdefault(identity, (keyword, points))
        scores = [
            Score(topic, sum([points for _, points in said.values()]), tuple(said.values()))
            for topic, said in spoken.items()
        ]
        if len(scores) > 1:
            scores.sort(key=lambda score: (-score.points, -self._topics[score.topic].frequency, score.topic))
        return scores

    def _raised(
        self, found: Iterable[Match], flags: list[Match], normal: list[str], places: list[Place] | None
    ) -> tuple[Raised, ...]:
        """The flags, without what is denied right before it (bukan kebakaran) or says nothing by itself (damkar)."""
        emergencies, quiet = self._emergencies, self._quiet
        alarms = [hit for hit in found if hit.label in emergencies and hit.keyword not in quiet]
        if not alarms and not flags:
            return ()
        denied = {hit.end for hit in self._denials.find(normal, places)}
        raised = [Raised(EMERGENCY, hit.keyword, hit.label) for hit in alarms if hit.start not in denied]
        raised += [Raised(hit.label.removeprefix(_FLAG), hit.keyword) for hit in flags if hit.start not in denied]
        return tuple(dict.fromkeys(raised))
