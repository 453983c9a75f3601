"""What the pack's own words say, as a model hears it. Pure."""

from services.router.ranking import Ranking


def spoken(ranking: Ranking) -> dict[str, float]:
    """The destinations that the pack's words speak for, with their share of what was said."""
    total = 1 + sum(score.points for _, score in ranking.subjects)
    return {code: score.points / total for code, score in ranking.subjects}
