"""Preparing environments: known failures are said in one sentence, and nothing is done twice."""

import errno
from pathlib import Path

import pytest

from crm_tools import environments
from crm_tools.trouble import Trouble, guarded


class TestExplain:
    @pytest.mark.parametrize(
        ("output", "mend"),
        [
            ("error: Failed to fetch: dns error: failed to lookup address information", "connect, and run"),
            ("npm error code EAI_AGAIN", "connect, and run"),
            ("ERROR: Could not find a version that satisfies uv (from versions: none)", "connect, and run"),
            ("error: failed to write: No space left on device (os error 28)", "free about 1 GB"),
            ("npm error ENOSPC: no space left on device, write", "free about 1 GB"),
            ("error: Hash mismatch for `x==1.0`", "on a network you trust"),
        ],
    )
    def test_names_the_mend(self, output: str, mend: str) -> None:
        assert mend in environments.explain(output, what="the environment of contacts")

    def test_what_is_not_known_is_shown(self) -> None:
        assert "SyntaxError in setup" in environments.explain("SyntaxError in setup", what="contacts")


class TestEnsure:
    def test_an_unknown_deployable_is_named_with_those_there_are(self) -> None:
        with pytest.raises(Trouble, match=r"called 'contact': the repository has .*contacts"):
            environments.ensure(["contact"])

    def test_a_current_environment_is_left_alone(self) -> None:
        tools = environments.deployables()["tools"]
        before = (tools.venv / ".stamp").stat().st_mtime_ns
        environments.ensure(["tools"], dev=True)
        assert (tools.venv / ".stamp").stat().st_mtime_ns == before
        assert environments.is_current(tools)


class TestGuarded:
    def test_a_trouble_is_one_sentence_and_no_trace(self, capsys: pytest.CaptureFixture[str]) -> None:
        def command() -> int:
            raise Trouble("Port 8000 is taken: choose another.")

        assert guarded(command) == 1
        assert capsys.readouterr().err == "Mini-CRM: Port 8000 is taken: choose another.\n"

    def test_so_is_a_full_disk(self, capsys: pytest.CaptureFixture[str]) -> None:
        def command() -> int:
            raise OSError(errno.ENOSPC, "No space left on device", "/data/run/processes.json")

        assert guarded(command) == 1
        assert capsys.readouterr().err.startswith("Mini-CRM: The disk is full while writing /data/run/processes.json")

    def test_what_nobody_foresaw_is_not_hidden(self) -> None:
        def command() -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        with pytest.raises(PermissionError):
            guarded(command)


class TestBootstrap:
    def test_a_python_without_pip_is_told_the_package(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(environments, "UV_HOME", tmp_path / "uv")
        monkeypatch.setattr(environments.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(Trouble, match=r"apt-get install python3\.\d+-venv"):
            environments.uv()
