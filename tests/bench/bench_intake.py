"""How many reports intake handles: its decisions alone on one core, and the whole service beside broker and database.

Run: `python -m tests.bench.bench_intake [reports]`. Prints figures with their conditions; judges nothing. The stack has
its own folder and is stopped at the end. `python -m tests.bench.bench_intake 0` measures the decisions alone.
"""

import asyncio
import gc
import json
import os
import platform
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from pydantic import SecretBytes

from deploy.local.stack import PACK, Stack
from services.intake import identity, likeness
from services.intake.acceptance import Acceptance, Acceptor
from services.intake.arrivals import examined, told
from services.intake.handlers import row as store_row
from services.intake.masking import masker
from services.intake.place import Places
from services.intake.usable import usable
from services.intake.validation import NotAReport, examine
from shared import topics
from shared.envelope import Event
from shared.events import ReportSubmitted
from shared.pack import load_pack
from shared.publisher import Publisher
from shared.vault import Vault
from shared.words import Words
from tests.builders import Message

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "deploy" / "samples" / "reports.jsonl"
HOME = ROOT / ".tanggap" / "bench-intake"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
KEY = b"k" * 32
ROUNDS = 15
BATCH = 100  # reports that intake decides on at a stretch
REPORTS = 50_000
HANDLED = re.compile(r"^intake_reports_total\{.*?\} ([\d.e+]+)$", re.MULTILINE)


def good_samples() -> list[bytes]:
    """The sample reports that are reports."""
    good = []
    for line in SAMPLES.read_bytes().splitlines():
        try:
            examine(line)
        except NotAReport:
            continue
        good.append(line)
    return good


def show(name: str, one: Callable[[Any], object], cases: Sequence[Any]) -> float:
    """Microseconds of CPU a case: the best of a few rounds, so that a neighbour on the machine does not decide."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for case in cases:
            one(case)
        best = min(best, time.process_time() - begun)
    each = best / len(cases) * 1e6
    print(f"  {name:44} {each:8.1f} us")
    return each


def decisions() -> None:
    """The pure part: what each step costs, and all of them."""
    pack = load_pack(PACK)
    places, words, vault = Places(pack), Words(pack), Vault({"bench": SecretBytes(KEY)})
    acceptor = Acceptor(pack, places, KEY)
    lines = good_samples()
    reports = [examine(line).report for line in lines]
    accepted = [acceptor.accept(report, NOW) for report in reports]
    gc.freeze()  # this and the next as the service does
    gc.set_threshold(100_000, 20, 20)
    said = [words.read(report.title, report.text).words for report in reports]
    size = sum(map(len, lines)) / len(lines)
    print(f"decisions, CPU time of one core, {len(lines)} sample reports of {size:.0f} bytes, best of {ROUNDS} rounds")
    show("yardstick: json.loads and json.dumps", lambda line: json.dumps(json.loads(line)), lines)

    records = [Message(line, offset=number) for number, line in enumerate(lines)]
    arrivals = examined(records, acceptor, vault)

    def place(report: ReportSubmitted) -> object:
        where = report.location
        return where and places.resolve(where.lat, where.lng, where.region_code, where.address)

    def seal(one: Acceptance) -> object:
        return vault.seal(one.report.report_id, one.identity.model_dump_json().encode())

    def whole(batch: Sequence[Message]) -> object:
        events = [(arrival, told(arrival)) for arrival in examined(batch, acceptor, vault)]
        return [store_row(arrival, event) for arrival, event in events]

    show("validation", examine, lines)
    show("words: topics, flags, standard forms", lambda report: words.read(report.title, report.text), reports)
    show("masking", lambda report: masker(report.reporter)(report.text), reports)
    show("place, asked one by one", place, reports)
    show("contacts, links, dates", lambda report: usable(report, NOW, (), pack), reports)
    show("clues of one matter", lambda one: likeness.clues("pju", "35.75.01.1001", (-7.6, 112.9), one), said)
    show("id and tracking code", lambda one: identity.tracking_code(KEY, identity.report_id("web", str(one))), lines)
    show("fingerprint", lambda report: identity.fingerprint(KEY, report), reports)
    show("encryption under a key of its own", seal, accepted)
    show("the event", told, arrivals)
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    each = show("all, from bytes to rows and events", whole, batches) * len(batches) / len(records)
    print(f"  {f'  of which a report, {BATCH} at a time':44} {each:8.1f} us")
    print(f"  {'reports per second':44} {1e6 / each:8,.0f}")


def burst(count: int) -> list[Event]:
    """Reports made of the samples: each with an id and words of its own, the same on every run."""
    random.seed(3)
    originals = [json.loads(line) for line in good_samples()]
    events = []
    for number in range(count):
        report = dict(random.choice(originals))
        others = random.choice(originals)["text"].split()
        report["external_id"] = str(UUID(int=number))
        report["text"] = f"{report['text']} {' '.join(random.sample(others, min(5, len(others))))}"[:10_000]
        events.append(Event(topics.SUBMITTED.name, str(number).encode(), json.dumps(report).encode(), ()))
    return events


async def handled(client: httpx.AsyncClient) -> float:
    """Messages that the service says it has dealt with."""
    found = HANDLED.findall((await client.get("/metrics")).text)
    return sum(map(float, found))


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_all(pid: int) -> float:
    """CPU time of a process and of those it started, such as PostgreSQL's for each connection."""
    children = (
        int(child) for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()
    )
    return sum(map(cpu_seconds, [pid, *children]))


async def service(count: int) -> None:
    """The whole service: everything is on the topic when it starts; broker and database force their writes to disk."""
    shutil.rmtree(HOME, ignore_errors=True)
    async with Stack(HOME, settings={"TANGGAP_LOG_LEVEL": "info", "TANGGAP_OFFICES": ""}) as stack:
        await stack.start()
        await stack.prepare()
        addresses = stack.addresses()
        publisher = Publisher(addresses["TANGGAP_KAFKA_BOOTSTRAP_SERVERS"], "bench")
        await publisher.start()
        try:
            events = burst(count)
            for start in range(0, count, 2000):
                await publisher.publish(events[start : start + 2000])
        finally:
            await publisher.stop()
        await stack.members["intake"].start(lambda _line: None)
        await _watch(stack, count)
        await _check(addresses["TANGGAP_DATABASE_URL"], count)
    shutil.rmtree(HOME, ignore_errors=True)


async def _watch(stack: Stack, count: int) -> None:
    pids = stack.pids()
    pid = pids["intake"]
    before = {name: cpu_of_all(pids[name]) for name in ("postgres", "kafka")}
    points: list[tuple[float, float, float]] = []  # seconds, messages, CPU seconds
    async with httpx.AsyncClient(base_url=stack.addresses()["TANGGAP_INTAKE_URL"], timeout=30) as client:
        while not points or points[-1][1] < count:
            points.append((time.perf_counter(), await handled(client), cpu_seconds(pid)))
            await asyncio.sleep(0.25)
    first = next(point for point in points if point[1] > 0)
    last = points[-1]
    seconds, messages, cpu = (end - begin for end, begin in zip(last, first, strict=True))
    print(f"service, {count:,} reports, PostgreSQL and Kafka on the same {os.cpu_count()} cores, writes forced to disk")
    print(f"  {'reports per second':44} {messages / seconds:8,.0f}")
    print(
        f"  {'reports per second of its own CPU time':44} {messages / cpu:8,.0f}  ({cpu / messages * 1e6:.0f} us each)"
    )
    print(f"  {'share of one core':44} {cpu / seconds:8.2f}")
    for name, spent in before.items():
        print(f"  {f'CPU time of {name} for a report':44} {(cpu_of_all(pids[name]) - spent) / count * 1e6:8.0f} us")
    print(f"  {'resident memory':44} {_resident(pid):8.0f} MB")


def _resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _check(url: str, count: int) -> None:
    """The figures count only if the work was done."""
    con = await asyncpg.connect(url)
    try:
        rows = await con.fetchrow(
            """select (select count(*) from intake.report) as reports, (select count(*) from intake.vault) as sealed,
                      (select count(*) from intake.report
                        where accepted->>'possible_duplicate_of' is not null) as linked,
                      (select count(*) from intake.clue) as clues, (select count(*) from intake.outbox) as waiting"""
        )
    finally:
        await con.close()
    print(f"  stored: {dict(rows or {})}")
    assert rows is not None
    assert rows["reports"] == rows["sealed"] == count


def main() -> None:
    """Print the figures with their conditions."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load of the machine {load}")
    decisions()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    if count:
        asyncio.run(service(count))


if __name__ == "__main__":
    main()
