"""Counting: nothing that went wrong, or did not run at all, may look like success."""

import sys
from pathlib import Path

import pytest

from crm_tools import suites
from crm_tools.suites import Result, Suite

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>
<testcase name="d"><skipped/></testcase><testcase name="e"/></testsuite></testsuites>"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.setattr(suites, "REPORTS", tmp_path)
    return Suite("contacts", (), tmp_path)


class TestResult:
    def test_counts_what_the_report_says(self, suite: Suite) -> None:
        suite.report.write_text(REPORT)
        assert suites.result_of(suite, 1, 2.0) == Result("contacts", 2, 2, 1, 2.0)

    def test_a_suite_that_crashed_after_its_tests_is_a_failure(self, suite: Suite) -> None:
        suite.report.write_text("<testsuite><testcase name='a'/></testsuite>")
        assert suites.result_of(suite, 139, 1.0).failed == 1

    def test_a_suite_that_ran_nothing_is_a_failure(self, suite: Suite) -> None:
        assert suites.result_of(suite, 0, 1.0).failed == 1

    def test_the_closing_line_adds_up(self) -> None:
        results = [Result("a", 3, 0, 0, 1.0), Result("b", 4, 1, 2, 1.0)]
        assert suites.count(results) == "7 passed, 1 failed, 2 skipped"


class TestFind:
    def test_every_folder_with_tests_is_a_suite(self) -> None:
        names = {suite.name for suite in suites.find()}
        assert {"tools", "packages", "gateway", "identity", "contacts", "events", "web"} <= names


class TestSecondTry:
    AGAIN = """
import pathlib

def test_again():
    seen = pathlib.Path("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
    NEVER = "def test_never():\n    assert False\n"

    @pytest.mark.parametrize(("source", "failed"), [(AGAIN, 0), (AGAIN + NEVER, 1)])
    async def test_what_passes_alone_is_named_and_what_fails_again_fails(
        self, source: str, failed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suites, "REPORTS", tmp_path)
        monkeypatch.setattr(suites, "ROOT", tmp_path)
        (tmp_path / "test_it.py").write_text(source + "\n\ndef test_fine():\n    pass\n")
        command = (sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={tmp_path}/cache", "--junit-xml={report}")
        suite = Suite("it", (*command, "test_it.py"), tmp_path, only_failed=("--last-failed",))
        said: list[str] = []
        first = await suites._run_one(suite, (), {}, said.append)
        assert first.failed == 1 + failed
        second = await suites._second_try(suite, first, (), {}, said.append)
        assert (second.passed, second.failed) == (2, failed)
        assert ("it: passed at the second try only: test_again" in said) is (failed == 0)
