"""docs/cases.md names tests that exist."""

import re

from crm_testkit.repository import ROOT

NAMED = re.compile(r"`([^`\s]+\.py)::(\w+)`")


def missing(table: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in NAMED.findall(table)
        if not (ROOT / path).is_file() or not re.search(rf"def {name}\(", (ROOT / path).read_text())
    ]


def test_every_case_names_tests_that_exist() -> None:
    table = (ROOT / "docs" / "cases.md").read_text()
    cases = [line for line in table.splitlines() if re.match(r"\| [A-Z]+\d+ \|", line)]
    assert len(cases) > 20 and all(NAMED.search(line) for line in cases)
    assert missing(table) == []


def test_control_a_test_that_is_gone_is_seen() -> None:
    assert missing("`tests/faults/test_cases.py::test_of_yesterday` `tests/gone.py::test_it`") != []
