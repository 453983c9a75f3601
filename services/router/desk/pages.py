"""What officers are shown, as JSON values. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.router.rules import Rules
from shared.pack import BY_PLACE, Pack

Row = Mapping[str, Any]


def listed(rows: Sequence[Row], most: int, pack: Pack) -> dict[str, Any]:
    """A page of reports, and `next`: the place from which the next page goes on, null on the last one."""
    last = rows[-1] if len(rows) == most else None
    place = f"{int(last['since'].timestamp() * 1_000_000)}_{last['report_id']}" if last else None
    return {"reports": [_summary(row, pack) for row in rows], "next": place}


def shown(found: Mapping[str, Sequence[Row]], rules: Rules) -> dict[str, Any]:
    """A report with everything that explains where it is; each clock with the law that sets it."""
    report = found["report"][0]
    latest = found["decisions"][-1]["decision"]
    return {
        **_plain(report),
        **_details(found["details"], anonymous=report["accepted"]["anonymous"]),
        "replies": [_plain(row) for row in found["replies"]],
        "best": _best(latest, report["accepted"], rules.pack),
        "decisions": [_plain(row) for row in found["decisions"]],
        "steps": [_plain(row) for row in found["steps"]],
        "clocks": [{**_plain(row), **_basis(row, rules)} for row in found["clocks"]],
    }


def _details(rows: Sequence[Row], *, anonymous: bool) -> dict[str, Any]:
    """Address, attachments and attributes, as intake masked and checked them; a customer's number is a name."""
    kept = rows[0]["details"] if rows else {}
    return {
        "address": kept.get("address"),
        "attachments": kept.get("attachments", []),
        "attributes": {} if anonymous else kept.get("attributes", {}),
    }


def _summary(row: Row, pack: Pack) -> dict[str, Any]:
    accepted = row["accepted"]
    report = {name: value for name, value in _plain(row).items() if name not in {"accepted", "decision"}}
    return {
        **report,
        "class": accepted["class"],
        "title": accepted["title"],
        "text": accepted["text"][:280],
        "emergency": accepted["emergency"],
        "sensitive": accepted["sensitive"],
        "missing": accepted["missing"],
        "best": _best(row["decision"], accepted, pack),
    }


def _best(decision: Row, accepted: Row, pack: Pack) -> dict[str, Any]:
    """The three best agencies, each with its confidence and its reasons, and all that spoke for the first.

    Where the place decides and is not known there is no agency to choose: these are in `place_needed`.
    """
    # Decisions of before have no reasons of each.
    best = [{"evidence": [], **one} for one in decision["alternatives"][:3]]
    region = accepted["location"]["region_code"]
    for one in best:
        office = pack.office(one["agency"], region) if one["agency"] in BY_PLACE else None
        one["agency"] = office.code if office else one["agency"]
    return {
        "agencies": [one for one in best if one["agency"] not in BY_PLACE],
        "place_needed": [one for one in best if one["agency"] in BY_PLACE],
        "evidence": decision["evidence"],
        "tried": decision["tried"],
    }


def _basis(clock: Row, rules: Rules) -> dict[str, str | None]:
    """On what a clock rests, and whether that is sure: the row of the pack that held when it began."""
    rule = rules.basis(clock["rule_id"], clock["started_at"])
    return {"legal_basis": rule.legal_basis if rule else None, "certainty": rule.certainty if rule else None}


def _plain(row: Row) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
