"""What the pack's own words say, as a model hears it. Pure."""

from services.router.ranking import Ranking


def spoken(ranking: Ranking) -> dict[str, float]:
    """The destinations that the pack's words speak for, with their shares."""
    return {subject.destination: subject.share for subject in ranking.subjects}
