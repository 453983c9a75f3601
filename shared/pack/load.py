"""A pack from its folder: read once, checked as a whole, versioned by content."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Final

from shared.calendar import Calendar, CalendarError, parse_calendar
from shared.pack import deployment, polygons
from shared.pack.completeness import read_cues, read_flags, read_needs
from shared.pack.deployment import Deployment
from shared.pack.life_tables import read_life
from shared.pack.links import check_links, place_offices
from shared.pack.model import Pack, Polygon, Region
from shared.pack.problems import Findings, PackError, Problem
from shared.pack.rows import read_agencies, read_regions, read_sla_rules, read_slang, read_topics
from shared.pack.tables import Table

# What a city may leave as it is: a file of that name in its pack counts instead.
SHIPPED: Final = Path(__file__).resolve().parents[2] / "deploy" / "shipped"


def load_pack(folder: Path) -> Pack:
    """The pack in a folder.

    Raises PackError with every problem of every file; a pack that is returned has none. All files are read before
    any is looked at, so that a change half-way through shows as a problem or not at all.
    """
    return pack_of(read_files(folder))


def pack_of(files: dict[str, bytes]) -> Pack:
    """The pack in files by their names; PackError as of `load_pack`."""
    findings = Findings()
    regions = read_regions(files, findings)
    agencies = read_agencies(files, findings)
    topics = read_topics(files, findings)
    rules = read_sla_rules(files, findings)
    slang = read_slang(files, findings)
    needs = read_needs(files, topics, findings)
    flags = read_flags(files, topics, findings)
    cues = read_cues(files, topics, findings)
    areas = _polygons(files, regions, findings)
    facts = _deployment(files, findings)
    calendar = _calendar(files, findings)
    life = read_life(files, rules.items, agencies.items, findings)
    check_links(facts, agencies, topics, regions, rules, findings)
    if findings.problems or facts is None or calendar is None or life is None:
        raise PackError(findings.problems)
    return Pack(
        version=version_of(files),
        deployment=facts,
        agencies=agencies.items,
        topics=topics.items,
        regions=regions.items,
        polygons=areas,
        slang=slang,
        needs=needs.items,
        flags=flags,
        sla_rules=rules.items,
        life=life,
        calendar=calendar,
        offices=place_offices(agencies),
        cues=cues,
    )


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file of the pack by its name: those below its folder, and of those shipped the ones it has none for."""
    return _below(SHIPPED) | _below(folder)


def _below(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names below it; hidden ones are an editor's, not the pack's."""
    if not folder.is_dir():
        raise PackError([Problem(str(folder), 0, "there is no such folder")])
    try:
        names = {path: path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        return {
            name.as_posix(): path.read_bytes()
            for path, name in names.items()
            if not any(part.startswith(".") for part in name.parts)
        }
    except OSError as error:  # taken away while it was read
        raise PackError([Problem(str(folder), 0, f"cannot be read: {error.strerror}")]) from None


def version_of(files: dict[str, bytes]) -> str:
    """Twelve hexadecimal digits from names and contents, the same on every machine."""
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:12]


def _polygons(files: dict[str, bytes], regions: Table[Region], findings: Findings) -> dict[str, tuple[Polygon, ...]]:
    text = findings.text(polygons.FILE, files.get(polygons.FILE))
    return {} if text is None else polygons.read_polygons(text, regions, findings)


def _deployment(files: dict[str, bytes], findings: Findings) -> Deployment | None:
    text = findings.text(deployment.FILE, files.get(deployment.FILE))
    return None if text is None else deployment.read_deployment(text, findings)


def _calendar(files: dict[str, bytes], findings: Findings) -> Calendar | None:
    file = "calendar.toml"
    text = findings.text(file, files.get(file))
    if text is None:
        return None
    try:
        return parse_calendar(text)
    except CalendarError as error:
        for problem in error.problems:
            line = re.search(r"at line (\d+)", problem.message) if problem.code == "not-toml" else None
            if line:
                findings.note(file, int(line[1]), problem.message)
            else:
                findings.note_at(file, _path(problem.where), str(problem))
        return None


def _path(where: str) -> tuple[str, ...]:
    """closed[1].date, counted from 1 by the calendar, as the path of a key, counted from 0."""
    return tuple(str(int(part) - 1) if part.isdigit() else part for part in re.findall(r"[\w-]+", where))
