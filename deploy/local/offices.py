"""Invented contacts of a pack's offices, so that the local stack shows what agencies are told. Nobody's address."""

import csv
from pathlib import Path
from typing import Final

DOMAIN: Final = "instansi.example.org"


def write_offices(pack: Path, file: Path) -> None:
    """A file of contacts as the notifier reads it: each agency of the pack at example.org (RFC 2606)."""
    table = pack / "agencies.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()) if table.exists() else ()
    lines = [f"{row['code']},email,{row['code']}@{DOMAIN}" for row in rows if row.get("code")]
    file.write_text("\n".join(["agency,kind,address", *lines]) + "\n", encoding="utf-8")
