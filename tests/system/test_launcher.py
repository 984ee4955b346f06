"""`make up`: restarts, leftovers, two beside each other, and refusals with their mend."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from crm_testkit import Installation, eventually, installation
from crm_testkit.repository import ROOT, TOOLS_PYTHON

NAMES = {"gateway", "identity", "contacts", "events", "postgres", "nats", "valkey"}
WORKERS = {"identity-worker", "contacts-worker", "events-worker"}


def up(data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to be refused."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    environ = own | {"CRM_DATA_DIR": str(data), "CRM_PORT": "0"} | settings
    command = [str(TOOLS_PYTHON), "-m", "crm_tools", "up"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def own() -> Installation:
    with installation() as started:
        yield started


class TestRunning:
    def test_every_process_is_listed_with_the_pid_of_the_server_itself(self, own: Installation) -> None:
        listed = own.processes()
        assert set(listed) == NAMES | WORKERS
        for name, entry in listed.items():
            owners = {connection.laddr.port for connection in psutil.Process(entry["pid"]).net_connections("tcp")}
            assert entry["port"] in owners, name

    def test_secrets_are_readable_by_their_owner_only_and_stand_in_no_command_line(self, own: Installation) -> None:
        secrets = list((own.data / "secrets").iterdir())
        assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
        values = {value for file in secrets for value in file.read_text().split()}
        for entry in own.processes().values():
            command = " ".join(psutil.Process(entry["pid"]).cmdline())
            assert not [value for value in values if value in command]

    @pytest.mark.parametrize("name", sorted(NAMES | WORKERS))
    async def test_a_killed_process_comes_back_by_itself(self, own: Installation, name: str) -> None:
        before = own.pid(name)
        own.signal(name)
        await eventually(lambda: own.pid(name) != before, within_s=3)
        await eventually(lambda: httpx2.get(f"{own.url}/health").json()["status"], has="ok", within_s=20)

    def test_a_second_start_on_the_same_folder_is_refused(self, own: Installation) -> None:
        refused = up(own.data)
        assert refused.returncode == 1
        assert f"already runs Mini-CRM on {own.data}" in refused.stderr
        assert httpx2.get(f"{own.url}/health").status_code == 200


class TestRestarts:
    async def test_data_survives_and_a_later_start_is_quick(self) -> None:
        with installation() as one:
            client = one.client()
            contact = client.post("/api/v1/contacts", json={"last_name": "Noether"}).json()
            assert one.stop(signal.SIGINT) == 0
            assert one.processes() == {}
            one.settings["CRM_PORT"] = str(urlsplit(one.url).port)  # the address stands in the tokens
            began = time.monotonic()
            one.start()
            seconds = time.monotonic() - began
            found = httpx2.get(f"{one.url}/api/v1/contacts/{contact['id']}", headers=dict(client.headers))
            assert (found.status_code, found.json()["last_name"]) == (200, "Noether")
            assert seconds < 15, "5 s on a quiet machine; more here, because other suites run beside"

    async def test_what_a_killed_launcher_left_is_ended_by_the_next_start(self) -> None:
        with installation() as one:
            # Held back, so that they can't follow the launcher by themselves.
            left = {name: one.pid(name) for name in ("contacts", "events-worker")}
            for name in left:
                one.signal(name, signal.SIGSTOP)
            one.kill_launcher()
            one.start()
            assert any("ended what an earlier start had left" in line for line in one.said)
            assert not [pid for pid in left.values() if psutil.pid_exists(pid)]
            assert one.client().get("/api/v1/me").status_code == 200

    def test_two_run_beside_each_other_and_share_nothing(self) -> None:
        with installation() as one, installation() as other:
            client = one.client()
            ports = [{entry["port"] for entry in each.processes().values()} for each in (one, other)]
            assert not ports[0] & ports[1]
            foreign = httpx2.get(f"{other.url}/api/v1/me", headers=dict(client.headers))
            assert foreign.status_code == 401


class TestRefusals:
    """Each is one sentence with its mend, exit code 1, and no trace."""

    def refused(self, result: subprocess.CompletedProcess[str], words: str) -> None:
        assert result.returncode == 1, result.stdout
        assert words in result.stderr
        assert "Traceback" not in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1

    def test_a_port_that_is_taken(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.refused(up(tmp_path / "data", CRM_PORT=str(port)), f"choose another port (CRM_PORT={port + 1}")

    def test_a_wrong_setting(self, tmp_path: Path) -> None:
        self.refused(up(tmp_path / "data", CRM_SIGNUP="perhaps"), "set it to open or invite or closed")

    def test_a_setting_that_a_service_refuses(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o711)
        with pytest.raises(AssertionError, match="identity did not start"):
            Installation(_reachable(tmp_path), {"CRM_AUTH_CODE_LENGTH": "many"}).start()

    def test_a_server_that_is_not_there(self, tmp_path: Path) -> None:
        address = "postgres://postgres:x@127.0.0.1:1/postgres"
        self.refused(up(_reachable(tmp_path), POSTGRES_URL=address), "look at POSTGRES_URL")

    def test_data_of_a_newer_version(self) -> None:
        with installation() as one:
            admin = (one.data / "secrets" / "postgres").read_text().strip()
            port = one.processes()["postgres"]["port"]
            _execute(
                f"postgres://postgres:{admin}@127.0.0.1:{port}/contacts",
                "insert into schema_migrations values ('9999')",
            )
            one.stop()
            self.refused(up(one.data), "is of a newer version of Mini-CRM (migration 9999 is unknown here)")


def _execute(url: str, statement: str) -> None:
    import asyncio

    import asyncpg

    async def execute() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute())


def _reachable(folder: Path) -> Path:
    """A data folder that the database's account reaches: pytest closes its own to everybody else."""
    for parent in (folder, folder.parent, folder.parent.parent):
        if parent.name.startswith(("pytest-", "test_")):
            parent.chmod(0o711)
    return folder / "data"
