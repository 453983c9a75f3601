"""What the page for channels shows is run."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from deploy.local.addresses import write_env_file
from deploy.local.catcher import CHECKOUT
from services.intake.identity import report_id
from shared.events import NotificationRequested, ReporterReplied
from tests.integration.conftest import System, until
from tests.integration.open311.client import Client

PAGE = (CHECKOUT / "docs" / "channels.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def ran(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    surroundings = {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def arrived(system: System, filed: list[UUID]) -> bool:
    rows = await system.rows("select report_id from intake.report where report_id = any($1::uuid[])", filed)
    return len(rows) == len(filed)


async def test_the_snippets_of_the_page_file_reports(system: System, client: Client, tmp_path: Path) -> None:
    (tmp_path / ".tanggap").mkdir()
    write_env_file(tmp_path / ".tanggap" / "stack.env", system.addresses)
    key = {**system.addresses, "TANGGAP_OPEN311_KEY": client.key}
    _, curl = snippets("sh")  # curl is on every machine that the stack runs on
    send, name = snippets("python")
    filed = [report_id("whatsapp-bot", "wa-0012"), report_id("open311", "app-0013")]
    assert "taken" in ran([sys.executable, "-c", send], tmp_path, system.addresses)
    assert ran([sys.executable, "-c", name], tmp_path, {}).strip() == str(filed[0])
    assert json.loads(ran(["sh", "-c", curl], tmp_path, key))[0]["service_request_id"] == str(filed[1])
    reports, (replied, asked, *_) = snippets("json")[:10], snippets("json")[10:]
    ReporterReplied.model_validate_json(replied)
    NotificationRequested.model_validate_json(asked)
    for example in reports:
        report = json.loads(example)
        await system.publish(report)
        filed.append(report_id(report["channel"], report["external_id"]))

    await until(partial(arrived, system, filed))


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
async def test_the_snippet_for_kcat_files_a_report(system: System, tmp_path: Path) -> None:
    (tmp_path / ".tanggap").mkdir()
    write_env_file(tmp_path / ".tanggap" / "stack.env", system.addresses)
    kcat, _ = snippets("sh")
    ran(["sh", "-c", kcat], tmp_path, {})
    await until(partial(arrived, system, [report_id("sms-1708", "1708-0011")]))
