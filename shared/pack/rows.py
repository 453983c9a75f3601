"""The tables of a pack, column by column: CSV rows to values."""

from dataclasses import replace
from datetime import date

from shared.pack.model import PLACE, Agency, Region, Slang, SlaRule, Topic
from shared.pack.problems import Findings
from shared.pack.tables import Row, Table, read_rows

_UNITS = {"minutes", "hours", "working_days", "calendar_days"}
AGENCIES = (
    "code", "name", "abbreviation", "kind", "parent", "duties", "region_code", "phone_or_channel", "valid_from",
    "valid_until", "successor", "certainty",
)  # fmt: skip
TOPICS = (
    "code", "name_id", "name_en", "group", "kind", "agency_code", "needs_location", "emergency", "keywords", "example",
    "sla_class", "alt_agency_code", "n_surabaya", "needs",
)  # fmt: skip
REGIONS = ("code", "level", "name", "parent_code", "postal_code", "lat", "lng")
SLANG = ("slang", "standard", "kind", "ambiguous")
SLA_RULES = (
    "rule_id", "class", "stage", "amount", "unit", "counts_from", "legal_basis", "valid_from", "certainty", "note",
)  # fmt: skip


def rows_of(files: dict[str, bytes], file: str, columns: tuple[str, ...], findings: Findings) -> list[Row]:
    """The rows of a file of the pack; none, and a problem noted, where it cannot be read."""
    text = findings.text(file, files.get(file))
    return [] if text is None else list(read_rows(file, text, columns, findings))


def read_regions(files: dict[str, bytes], findings: Findings) -> Table[Region]:
    """Areas by code."""
    table: Table[Region] = Table("regions.csv")
    for row in rows_of(files, table.file, REGIONS, findings):
        region = Region(
            code=row.region("code"),
            level=row.code("level"),
            name=row.text("name"),
            parent_code=row.optional("parent_code"),
            postal_code=row.optional("postal_code"),
            lat=row.degrees("lat", 90),
            lng=row.degrees("lng", 180),
        )
        if (region.lat is None) != (region.lng is None):
            row.note("lat and lng belong together")
        table.add(region.code, region, row.line, findings)
    return table


def read_agencies(files: dict[str, bytes], findings: Findings) -> Table[Agency]:
    """Agencies by code."""
    table: Table[Agency] = Table("agencies.csv")
    for row in rows_of(files, table.file, AGENCIES, findings):
        agency = Agency(
            code=row.code("code"),
            name=row.text("name"),
            abbreviation=row.optional("abbreviation"),
            kind=row.code("kind"),
            parent=row.optional("parent"),
            duties=row.text("duties"),
            region_code=row.optional("region_code"),
            phone_or_channel=row.optional("phone_or_channel"),
            valid_from=row.day("valid_from"),
            valid_until=row.day("valid_until"),
            successor=row.optional("successor"),
            certainty=row.text("certainty"),
        )
        if agency.valid_from and agency.valid_until and agency.valid_until < agency.valid_from:
            row.note("valid_until is before valid_from")
        table.add(agency.code, agency, row.line, findings)
    return table


def read_topics(files: dict[str, bytes], findings: Findings) -> Table[Topic]:
    """Topics by code; keywords are separated by semicolons."""
    table: Table[Topic] = Table("topics.csv")
    for row in rows_of(files, table.file, TOPICS, findings):
        keywords = tuple(word.strip().lower() for word in row.text("keywords").split(";"))
        for word in sorted({word for word in keywords if keywords.count(word) > 1 or not word}):
            row.note(f"keyword {word!r} appears twice" if word else "an empty keyword")
        topic = Topic(
            code=row.code("code"),
            name_id=row.text("name_id"),
            name_en=row.text("name_en"),
            group=row.text("group"),
            kind=row.text("kind"),
            agency_code=row.code("agency_code"),
            alt_agency_code=row.optional("alt_agency_code"),
            needs_location=row.flag("needs_location"),
            emergency=row.flag("emergency"),
            keywords=keywords,
            example=row.text("example"),
            sla_class=row.text("sla_class"),
            frequency=row.count("n_surabaya"),
            needed=_needed(row),
        )
        table.add(topic.code, topic, row.line, findings)
    return table


def _needed(row: Row) -> tuple[tuple[str, ...], ...]:
    """Needs of a topic: `a;b` are both needed, of `a|b` one is enough."""
    groups = tuple(tuple(code.strip() for code in group.split("|")) for group in row.words("needs"))
    placed = not row.flag("needs_location") or any(PLACE in group for group in groups)
    return groups if placed else ((PLACE,), *groups)


def read_sla_rules(files: dict[str, bytes], findings: Findings) -> Table[SlaRule]:
    """Clocks by rule id, each in its latest version with those before it."""
    table: Table[SlaRule] = Table("sla_rules.csv")
    versions: Table[SlaRule] = Table(table.file)
    for row in rows_of(files, table.file, SLA_RULES, findings):
        rule = SlaRule(
            rule_id=row.code("rule_id"),
            report_class=row.text("class"),
            stage=row.text("stage"),
            amount=row.count("amount", least=1),
            unit=row.text("unit"),
            counts_from=row.text("counts_from"),
            legal_basis=row.text("legal_basis"),
            valid_from=row.day("valid_from"),
            certainty=row.text("certainty"),
            note=row.optional("note") or "",
        )
        if rule.unit and rule.unit not in _UNITS:
            row.note(f"unit: {rule.unit!r} is none of {', '.join(sorted(_UNITS))}")
        since = f" from {rule.valid_from}" if rule.valid_from else ""
        versions.add(f"{rule.rule_id}{since}", rule, row.line, findings)
        table.lines.setdefault(rule.rule_id, row.line)
    for rule in sorted(versions.items.values(), key=lambda rule: rule.valid_from or date.min):
        older = table.items.get(rule.rule_id)
        table.items[rule.rule_id] = replace(rule, before=(older, *older.before)) if older else rule
    return table


def read_slang(files: dict[str, bytes], findings: Findings) -> tuple[Slang, ...]:
    """Words and phrases in the order of the file."""
    table: Table[Slang] = Table("slang.csv")
    for row in rows_of(files, table.file, SLANG, findings):
        word = Slang(row.text("slang").lower(), row.text("standard"), row.text("kind"), row.flag("ambiguous"))
        table.add(word.slang, word, row.line, findings)
    return tuple(table.items.values())
