"""Counting: nothing that went wrong, or did not run at all, may look like success."""

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
