"""The supervisor, with real children: they come back, a broken one is given up at the start, all end in order."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from crm_testkit import eventually
from crm_tools import supervisor
from crm_tools.child import Child
from crm_tools.installation import Installation
from crm_tools.supervisor import Backoff, Supervisor
from crm_tools.trouble import Trouble

SERVES = "import time; print('serving', flush=True); time.sleep(600)"
BREAKS = "import sys; sys.exit('contacts: CRM_SECRET is not set')"


def child(name: str, program: str, folder: Path) -> Child:
    async def ready() -> bool:
        return program == SERVES

    return Child(name, (sys.executable, "-c", program), dict(os.environ), folder, ready, port=1)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data")
    made.prepare()
    return made


class TestSupervisor:
    async def test_a_killed_child_comes_back_within_two_seconds_and_is_listed(self, installation: Installation) -> None:
        said: list[str] = []
        keeper = Supervisor(installation, said.append)
        await keeper.start([child("contacts", SERVES, installation.data)])
        (before,) = installation.read_processes()
        os.kill(before.pid, signal.SIGKILL)
        await eventually(lambda: installation.read_processes()[0].pid != before.pid, within_s=2)
        await eventually(lambda: said, has="contacts is back")
        assert any("was ended by SIGKILL; starting it again in 0.2 s" in line for line in said)
        await keeper.stop(["contacts"], within_s=5)

    async def test_one_that_can_not_start_is_given_up_with_its_own_words(self, installation: Installation) -> None:
        keeper = Supervisor(installation, lambda _: None)
        with pytest.raises(Trouble, match="contacts did not start: contacts: CRM_SECRET is not set"):
            await keeper.start([child("contacts", BREAKS, installation.data)])
        await keeper.stop(["contacts"], within_s=5)

    async def test_a_stopped_child_stays_stopped(self, installation: Installation) -> None:
        keeper = Supervisor(installation, lambda _: None)
        await keeper.start([child("contacts", SERVES, installation.data)])
        (entry,) = installation.read_processes()
        await keeper.stop(["contacts"], within_s=5)
        with pytest.raises(ProcessLookupError):
            os.kill(entry.pid, 0)
        assert installation.read_processes()[0].pid == entry.pid

    async def test_one_that_does_not_listen_is_ended_after_its_time(self, installation: Installation) -> None:
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        keeper = Supervisor(installation, lambda _: None)
        started = child("contacts", deaf, installation.data)
        keeping = asyncio.create_task(keeper.start([started]))
        (entry,) = await eventually(installation.read_processes)
        await keeper.stop(["contacts"], within_s=0.3)
        with pytest.raises(ProcessLookupError):
            os.kill(entry.pid, 0)
        await keeping


class TestBackoff:
    def test_doubles_up_to_half_a_minute(self) -> None:
        backoff = Backoff()
        assert [backoff.after(0.1) for _ in range(10)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]

    def test_is_forgotten_after_a_steady_run(self) -> None:
        backoff = Backoff()
        assert [backoff.after(ran_s) for ran_s in (0.1, 0.1, 60.0)] == [0.2, 0.4, 0.2]


class TestLogs:
    def test_a_large_log_is_cut_and_its_parts_are_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(supervisor, "LOG_MAX_BYTES", 10)
        log = tmp_path / "contacts.log"
        with log.open("ab", buffering=0) as open_all_along:
            for part in (b"first part.", b"second part", b"third part."):
                open_all_along.write(part)
                supervisor.rotate_large(tmp_path)
            open_all_along.write(b"rest")
        texts = [(tmp_path / name).read_text() for name in ("contacts.log", "contacts.log.1", "contacts.log.2")]
        assert texts == ["rest", "third part.", "second part"]
        assert (tmp_path / "contacts.log.3").read_text() == "first part."
