"""PostgreSQL on the loopback address, with passwords for everyone."""

import asyncio
import os
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

import asyncpg

from deploy.local.child import Child, Recipe, User
from deploy.local.failure import StackError
from deploy.local.part import Told, plain_environment
from deploy.local.ports import LOOPBACK
from deploy.local.postgres_programs import Programs, find_programs
from deploy.local.privilege import unprivileged_user

DATABASE = "tanggap"
SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # one door, with a password
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "jit": "off",  # costs more than it saves on short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# For tests that make a database for minutes: a crash of the machine would lose it.
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The server below `home`; its data survives a restart, also on another port."""

    name = "postgres"

    def __init__(self, home: Path, port: int, password: str, *, fast: bool) -> None:
        self._folder = home / "postgres"
        self._log = home / "log" / "postgres.log"
        self._port = port
        self._password = password
        self._fast = fast
        self._programs: Programs | None = None
        self._user: User | None = None

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self._port}"

    def url(self, role: str = SUPERUSER, password: str | None = None) -> str:
        """Where a role finds the project's database."""
        secret = quote(self._password if password is None else password, safe="")
        return f"postgresql://{role}:{secret}@{self.address}/{DATABASE}"

    async def prepare(self, told: Told) -> None:
        """Find the programs and make the cluster once.

        Raises:
            StackError: no programs fit, root can become nobody else, or initdb failed.
        """
        made_by = self._data / "PG_VERSION"
        release = int(made_by.read_text()) if made_by.exists() else None
        self._programs = await asyncio.to_thread(find_programs, release)
        self._user = unprivileged_user(self._folder, self._programs.folder / "postgres")
        if release is None:
            told("making the database cluster")
            await self._initialise()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    async def _initialise(self) -> None:
        secret = self._furnish()
        # The stamp PG_VERSION appears early: only a finished cluster gets the name that counts.
        unfinished = self._folder / "unfinished"
        identity = (f"--username={SUPERUSER}", f"--pwfile={secret}", "--auth=scram-sha-256")
        options = ("--encoding=UTF8", "--no-locale", *(("--no-sync",) if self._fast else ()))
        initdb = Child(self._run("initdb", f"--pgdata={unfinished}", *identity, *options))
        finished = await initdb.finished(within=120)
        if finished != 0:
            await initdb.kill()
            raise StackError(
                "postgres-not-initialised",
                "PostgreSQL's initdb could not make the database cluster.",
                f"Remove {self._folder} and try again.",
                self._log,
                initdb.logged_from,
            )
        secret.unlink()
        unfinished.rename(self._data)

    def _furnish(self) -> Path:
        shutil.rmtree(self._folder / "unfinished", ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = self._folder / "superuser-password"
        secret.touch(mode=0o600)
        secret.write_text(self._password, encoding="ascii")
        if self._user:
            for path in (self._folder, secret):
                os.chown(path, self._user.uid, self._user.gid)
        return secret

    def recipe(self) -> Recipe:
        """How the server is run."""
        settings = {**_SETTINGS, "port": str(self._port), **(_FORGETFUL if self._fast else {})}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._run("postgres", "-D", str(self._data), *options)

    def _run(self, program: str, *arguments: str) -> Recipe:
        if self._programs is None:
            message = "prepare() comes first"
            raise RuntimeError(message)
        return Recipe(
            command=(str(self._programs.folder / program), *arguments),
            log=self._log,
            environment={**plain_environment(), "LC_ALL": "C", "TZ": "UTC"},
            folder=self._folder,
            user=self._user,
            stop_signal=signal.SIGINT,  # fast shutdown: ends the sessions, finishes the write-ahead log
            orphan_signal=signal.SIGQUIT,  # immediate shutdown: its children end too, the next start recovers
            patience=30.0,
        )

    async def is_ready(self) -> bool:
        """Whether the superuser can open a session."""
        try:
            connection = await self._connect()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        await connection.close()
        return True

    async def ensure_database(self) -> None:
        """Make the project's database where it is absent; the server must be ready."""
        connection = await self._connect()
        try:
            await connection.execute(f"create database {DATABASE}")
        except asyncpg.DuplicateDatabaseError:
            pass
        finally:
            await connection.close()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=LOOPBACK,
            port=self._port,
            user=SUPERUSER,
            password=self._password,
            database="postgres",
            timeout=3,
            ssl=False,
        )
