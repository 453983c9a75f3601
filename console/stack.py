"""`tanggap up`, `down` and `status`: the local stack."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from console.deployment import Json

_TANGGAP = Path(__file__).resolve().parents[1] / ".tanggap"
HOME = _TANGGAP / "stack"
ENV_FILE = _TANGGAP / "stack.env"
_STOP_WITHIN = 60.0  # seconds: the servers' own limits added up, and some


def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when all are ready; they run on.")] = False,
    as_json: Json = False,
) -> None:
    """Start Kafka, PostgreSQL, the mail catcher and the three services; addresses go to .tanggap/stack.env."""
    from deploy.local.failure import StackError

    try:
        if detach:
            _start_in_background(as_json)
        else:
            _run_here(as_json)
    except StackError as failure:
        _fail(failure, as_json)


def down(as_json: Json = False) -> None:
    """Stop the local stack; its data stays for the next `tanggap up`."""
    from deploy.local.claim import holder_of

    pid = holder_of(HOME)
    if pid is None:
        _say("no stack is running", as_json, running=False)
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_WITHIN
    while holder_of(HOME) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)  # its members go with it
        time.sleep(0.1)
    ENV_FILE.unlink(missing_ok=True)
    _say("stopped", as_json, running=False)


def status(as_json: Json = False) -> None:
    """Show each member, where it is and whether it is ready. Exit status 1 where not all are."""
    import asyncio
    from dataclasses import asdict

    from deploy.local.look import look

    seen = asyncio.run(look(HOME))
    if not seen:
        _say("no stack is ready; start one with: tanggap up --detach", as_json, running=False)
    for one in seen:
        word = "ready" if one.ready else "not ready"
        typer.echo(
            json.dumps(asdict(one)) if as_json else f"{one.member:10}{word:11}{one.pid or '-'!s:>9}  {one.address}"
        )
    if not seen or not all(one.ready for one in seen):
        raise typer.Exit(1)


def _run_here(as_json: bool) -> None:
    from deploy.local.supervise import READY, run

    def told(line: str) -> None:
        _say(line, as_json)
        if line == READY:
            _show_addresses(as_json)
            _say("press Ctrl-C to stop", as_json)

    run(HOME, ENV_FILE, told)
    _say("stopped", as_json, running=False)


def _start_in_background(as_json: bool) -> None:
    from deploy.local.claim import holder_of

    running = holder_of(HOME)
    if running is not None:
        _await_ready(running, None, 0, as_json)
        _say(f"the stack already runs (process {running})", as_json)
        _show_addresses(as_json)
        return
    log = HOME / "log" / "stack.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, "-m", "deploy.local.supervise", str(HOME), str(ENV_FILE))
    with log.open("ab") as output:
        since = output.tell()
        supervisor = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=_TANGGAP.parent,
            start_new_session=True,
        )
    _await_ready(supervisor.pid, supervisor, since, as_json)
    _show_addresses(as_json)
    # Not waited for: it outlives this command.
    supervisor.returncode = 0


def _await_ready(pid: int, supervisor: "subprocess.Popen[bytes] | None", since: int, as_json: bool) -> None:
    """Pass on the supervisor's progress until its stack is ready; exit 1 where it ends instead."""
    from deploy.local.claim import holder_of
    from deploy.local.layout import read_state

    log = HOME / "log" / "stack.log"
    while True:
        ended = supervisor.poll() is not None if supervisor else holder_of(HOME) != pid
        ready = not ended and read_state(HOME, pid) is not None and ENV_FILE.exists()
        if supervisor:
            since = _pass_on(log, since, as_json)
        if ready:
            return
        if ended:
            raise typer.Exit(1)
        time.sleep(0.1)


def _pass_on(log: Path, since: int, as_json: bool) -> int:
    with log.open("rb") as file:
        file.seek(since)
        written = file.read()
    complete = written[: written.rfind(b"\n") + 1]
    for line in complete.decode(errors="replace").splitlines():
        _say(line, as_json)
    return since + len(complete)


def _show_addresses(as_json: bool) -> None:
    from deploy.local.addresses import read_env_file

    shown = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "MAIL_URL", "INTAKE_URL", "ROUTER_URL", "NOTIFIER_URL")
    settings = read_env_file(ENV_FILE)
    if as_json:
        typer.echo(json.dumps({"ready": True, "env_file": str(ENV_FILE)}))
        return
    for name in shown:
        typer.echo(f"  {name:26}{settings[f'TANGGAP_{name}']}")
    typer.echo(f"all addresses: {ENV_FILE}")


def _say(line: str, as_json: bool, **facts: object) -> None:
    typer.echo(json.dumps({"message": line, **facts}) if as_json else line)


def _fail(failure: Exception, as_json: bool) -> None:
    code = getattr(failure, "code", "failed")
    typer.echo(json.dumps({"error": code, "message": str(failure)}) if as_json else str(failure), err=not as_json)
    raise typer.Exit(1)
