"""What ties the files of a pack together: every code that one names has to stand in another."""

from collections.abc import Mapping

from shared.pack import deployment
from shared.pack.deployment import Deployment
from shared.pack.model import BY_PLACE, Agency, Region, SlaRule, Topic
from shared.pack.problems import Findings
from shared.pack.tables import Table

# A complaint is settled by the class of its topic unless the pack says otherwise.
_CLASSES = {"pengaduan", "aspirasi", "permintaan_informasi"}


def check_links(
    facts: Deployment | None,
    agencies: Table[Agency],
    topics: Table[Topic],
    regions: Table[Region],
    rules: Table[SlaRule],
    findings: Findings,
) -> None:
    """Note every reference that leads nowhere or in a circle."""
    _check_regions(regions, findings)
    _check_agencies(agencies, regions, findings)
    _check_topics(topics, agencies, findings)
    _check_offices(topics, agencies, regions, facts, findings)
    if facts is not None:
        _check_facts(facts, agencies, topics, regions, rules, findings)
        known = facts.settlement.by_sla_class
        for topic in topics.items.values():
            if topic.sla_class and topic.sla_class not in known:
                message = f"sla_class {topic.sla_class!r} has no rule in pack.toml [settlement.by_sla_class]"
                findings.note(topics.file, topics.lines[topic.code], message)


def place_offices(agencies: Table[Agency]) -> dict[tuple[str, str], str]:
    """Offices that serve one area each, by kind and region code."""
    kinds = {code.removeprefix("by-") for code in BY_PLACE}
    return {
        (agency.kind, agency.region_code): agency.code
        for agency in agencies.items.values()
        if agency.kind in kinds and agency.region_code and not agency.valid_until
    }


def _check_regions(regions: Table[Region], findings: Findings) -> None:
    for region in regions.items.values():
        line, parent = regions.lines[region.code], region.code.rpartition(".")[0]
        if region.parent_code is None and parent:
            findings.note(regions.file, line, f"{region.code}: parent_code is empty")
        elif region.parent_code is not None and region.parent_code != parent:
            findings.note(
                regions.file, line, f"{region.code}: parent_code {region.parent_code} is not the code above it"
            )
        elif parent and parent not in regions.items:
            findings.note(regions.file, line, f"{region.code}: unknown parent {parent}")


def _check_agencies(agencies: Table[Agency], regions: Table[Region], findings: Findings) -> None:
    codes = agencies.items
    for agency in codes.values():
        line = agencies.lines[agency.code]
        if agency.code in BY_PLACE:
            findings.note(
                agencies.file, line, f"{agency.code} stands for the office of the place and cannot be an agency"
            )
        for column, code in (("parent", agency.parent), ("successor", agency.successor)):
            if code is not None and code not in codes:
                findings.note(agencies.file, line, f"{agency.code}: unknown {column} {code}")
        if agency.region_code is not None and agency.region_code not in regions.items:
            findings.note(agencies.file, line, f"{agency.code}: region {agency.region_code} is not in {regions.file}")
    _check_circles("parent", {code: agency.parent for code, agency in codes.items()}, agencies, findings)
    _check_circles("successor", {code: agency.successor for code, agency in codes.items()}, agencies, findings)


def _check_circles(column: str, above: Mapping[str, str | None], agencies: Table[Agency], findings: Findings) -> None:
    told: set[str] = set()
    for code in above:
        way: list[str] = []
        step: str | None = code
        while step is not None and step not in way:
            way.append(step)
            step = above.get(step)
        if step is not None and step not in told:
            circle = way[way.index(step) :]
            told.update(circle)
            findings.note(
                agencies.file, agencies.lines[step], f"{column} goes in a circle: {' -> '.join([*circle, step])}"
            )


def _check_topics(topics: Table[Topic], agencies: Table[Agency], findings: Findings) -> None:
    known = {*agencies.items, *BY_PLACE}
    for topic in topics.items.values():
        line = topics.lines[topic.code]
        if topic.agency_code and topic.agency_code not in known:
            findings.note(topics.file, line, f"{topic.code}: unknown agency {topic.agency_code}")
        if topic.alt_agency_code is not None and topic.alt_agency_code not in known:
            findings.note(topics.file, line, f"{topic.code}: unknown alternative agency {topic.alt_agency_code}")


def _check_offices(
    topics: Table[Topic],
    agencies: Table[Agency],
    regions: Table[Region],
    facts: Deployment | None,
    findings: Findings,
) -> None:
    """One office per area, and one in each area of the city whose kind a topic needs."""
    seen: dict[tuple[str, str | None], str] = {}
    kinds = {code.removeprefix("by-") for code in BY_PLACE}
    for agency in agencies.items.values():
        if agency.kind in kinds and not agency.valid_until:
            first = seen.setdefault((agency.kind, agency.region_code), agency.code)
            if first != agency.code or agency.region_code is None:
                reason = (
                    f"region {agency.region_code} is served by {first}" if agency.region_code else "needs a region_code"
                )
                findings.note(agencies.file, agencies.lines[agency.code], f"{agency.code}: {reason}")
    if facts is None:
        return
    needed = {topic.agency_code.removeprefix("by-") for topic in topics.items.values() if topic.agency_code in BY_PLACE}
    for region in regions.items.values():
        in_city = region.code.startswith(f"{facts.place.city}.")
        if in_city and region.level in needed and (region.level, region.code) not in seen:
            findings.note(
                regions.file, regions.lines[region.code], f"{region.code}: no {region.level} agency serves it"
            )


def _check_facts(
    facts: Deployment,
    agencies: Table[Agency],
    topics: Table[Topic],
    regions: Table[Region],
    rules: Table[SlaRule],
    findings: Findings,
) -> None:
    """Codes that `pack.toml` names."""
    settlement, flags = facts.settlement, facts.maladministration
    named: list[tuple[tuple[str, ...], str, Mapping[str, object]]] = [
        (("offices", "desk"), facts.offices.desk, agencies.items),
        (("offices", "inspectorate"), facts.offices.inspectorate, agencies.items),
        (("place", "city"), facts.place.city, regions.items),
        (("settlement", "unknown_topic"), settlement.unknown_topic, settlement.by_sla_class),
        (("maladministration", "sla_class"), flags.sla_class, settlement.by_sla_class),
    ]
    for index, body in enumerate(facts.surrounding):
        named += [
            (("surrounding", str(index), "region"), body.region, regions.items),
            (("surrounding", str(index), "agency"), body.agency, agencies.items),
        ]
    named.append((("outside", "otherwise"), facts.outside.otherwise, agencies.items))
    named += [(("outside", "by_region", key), body, agencies.items) for key, body in facts.outside.by_region.items()]
    named += [(("settlement", "by_class", key), rule, rules.items) for key, rule in settlement.by_class.items()]
    named += [(("settlement", "by_sla_class", key), rule, rules.items) for key, rule in settlement.by_sla_class.items()]
    named += [(("maladministration", "forms", code), code, topics.items) for code in flags.forms]
    named += [(("maladministration", "destinations"), code, flags.forms) for code in flags.destinations]
    for path, code, known in named:
        if code not in known:
            findings.note_at(deployment.FILE, path, f"{'.'.join(path)}: {code!r} is unknown")
    for rule in {*settlement.by_class.values(), *settlement.by_sla_class.values()} & rules.items.keys():
        oldest = (rules.items[rule], *rules.items[rule].before)[-1]
        if oldest.valid_from is not None:  # what comes before it would have no deadline at all
            findings.note(
                rules.file, rules.lines[rule], f"{rule}: settles reports, so it needs a row without valid_from"
            )
    for report_class in _CLASSES - {"pengaduan"} - settlement.by_class.keys():
        findings.note_at(deployment.FILE, ("settlement", "by_class"), f"no rule for class {report_class}")
    for report_class in settlement.by_class.keys() - _CLASSES:
        findings.note_at(deployment.FILE, ("settlement", "by_class", report_class), f"unknown class {report_class}")
