"""The data folder: secrets, the list of processes, one launcher at a time, and what an earlier one left."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm_tools import leftovers
from crm_tools.installation import Entry, Installation
from crm_tools.trouble import Trouble


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data")
    made.prepare()
    return made


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def entry_of(process: subprocess.Popen[bytes], *, started_earlier_by_s: float = 0) -> Entry:
    started = psutil.Process(process.pid).create_time() - started_earlier_by_s
    return Entry("contacts", process.pid, port=1, metrics_port=2, log="log", started=started)


class TestSecrets:
    def test_are_made_once_and_only_the_owner_may_read_them(self, installation: Installation) -> None:
        first = installation.secret("internal-key-gateway")
        file = installation.data / "secrets" / "internal-key-gateway"
        assert (installation.secret("internal-key-gateway"), stat.S_IMODE(file.stat().st_mode)) == (first, 0o600)
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert installation.secret("internal-key-events") != first

    def test_two_count_while_a_key_is_changed(self, installation: Installation) -> None:
        (installation.data / "secrets" / "internal-key-events").write_text("new\nold\n")
        assert installation.secrets_of("internal-key-events") == ["new", "old"]
        assert installation.secret("internal-key-events") == "new"


class TestLock:
    def test_a_second_launcher_is_refused_and_told_who_runs(self, installation: Installation) -> None:
        refused = pytest.raises(Trouble, match=f"Process {os.getpid()} already runs")
        with installation.locked(), refused, Installation(installation.data).locked():
            pass

    def test_it_is_free_again_afterwards(self, installation: Installation) -> None:
        with installation.locked():
            pass
        with installation.locked():
            pass

    def test_a_folder_that_may_not_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Trouble, match="set CRM_DATA_DIR"):
            Installation(tmp_path / "file").prepare()


class TestProcesses:
    def test_are_read_as_they_were_written(self, installation: Installation) -> None:
        entry = Entry("contacts", 1, 2, None, "log", 3.0)
        installation.write_processes([entry])
        assert installation.read_processes() == [entry]

    def test_a_file_that_was_cut_short_counts_as_none(self, installation: Installation) -> None:
        installation.processes.write_text('[{"name": "conta')
        assert installation.read_processes() == []


class TestLeftovers:
    def test_are_ended(self, sleeper: subprocess.Popen[bytes]) -> None:
        assert leftovers.end([entry_of(sleeper)]) == ["contacts"]
        assert not psutil.pid_exists(sleeper.pid)

    def test_a_frozen_one_is_ended_too(self, sleeper: subprocess.Popen[bytes]) -> None:
        sleeper.send_signal(signal.SIGSTOP)
        assert leftovers.end([entry_of(sleeper)]) == ["contacts"]
        assert not psutil.pid_exists(sleeper.pid)

    def test_another_process_that_got_the_same_pid_is_left_alone(self, sleeper: subprocess.Popen[bytes]) -> None:
        stranger = entry_of(sleeper, started_earlier_by_s=60)
        assert leftovers.end([stranger]) == []
        assert sleeper.poll() is None
