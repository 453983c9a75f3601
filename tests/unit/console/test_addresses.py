"""How commands read the addresses that they are given."""

from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from console.deployment import on_this_machine
from console.migrate import password_of
from console.track import track

app = typer.Typer()
app.command()(track)


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://intake:plain@127.0.0.1:5432/tanggap", "plain"),
        ("postgresql://intake:p%40ss%2Fw%25rd%3A@127.0.0.1/tanggap", "p@ss/w%rd:"),
        ("postgresql://intake:a+b@127.0.0.1/tanggap", "a+b"),  # a plus is no blank here
        ("postgresql://intake@127.0.0.1/tanggap", ""),
    ],
)
def test_a_role_gets_the_password_with_which_it_logs_in(url: str, password: str) -> None:
    assert password_of(url) == password


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8001", True),
        ("http://127.8.8.8", True),
        ("http://localhost:8001/track", True),
        ("http://[::1]:8001", True),
        ("http://intake:8001", False),
        ("https://laporan.example.org", False),
        ("http://10.0.0.1", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert on_this_machine(url) is here


@pytest.mark.parametrize(("url", "asked"), [("http://127.0.0.1:8001", False), ("https://laporan.example.org", True)])
def test_track_asks_the_proxy_of_the_environment_for_other_machines_only(
    monkeypatch: pytest.MonkeyPatch, url: str, asked: bool
) -> None:
    seen: list[Any] = []

    def get(_url: str, **options: Any) -> httpx.Response:
        seen.append(options["trust_env"])
        return httpx.Response(404)

    monkeypatch.setattr(httpx, "get", get)
    done = CliRunner().invoke(app, ["0000-0000-0000-00"], env={"TANGGAP_INTAKE_URL": url})
    assert (done.exit_code, seen) == (1, [asked])
