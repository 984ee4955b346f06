"""system.toml tells the truth: who exists, who calls whom, which facts are stated."""

import json
import re
from pathlib import Path

import pytest

from crm_testkit import repository
from crm_testkit.repository import ROOT

SERVICES = repository.services()


def sources(name: str) -> list[Path]:
    return list((repository.folder(name) / "src").rglob("*.py"))


def test_every_service_of_the_repository_is_listed() -> None:
    assert set(SERVICES) == {file.parent.name for file in (ROOT / "services").glob("*/pyproject.toml")}


@pytest.mark.parametrize("name", SERVICES)
def test_calls_only_whom_it_says(name: str) -> None:
    """identity's address is given to all, because its key set is needed by all."""
    text = "\n".join(source.read_text() for source in sources(name))
    called = {other for other in SERVICES if other != name and re.search(rf"crm_{other}_url", text)}
    assert called - {"identity"} <= set(repository.calls(name))


@pytest.mark.parametrize("name", SERVICES)
def test_states_only_facts_that_it_lists_and_each_has_a_schema_with_an_example(name: str) -> None:
    stated = [pattern.removesuffix(".*") for pattern in repository.system()["services"][name]["states"]]
    files = sorted((ROOT / "contracts" / "facts" / name).glob("*.json"))
    assert files, f"contracts/facts/{name}"
    for file in files:
        assert file.name.split(".")[0] in stated, file.name
        content = json.loads(file.read_text())
        assert content["example"]["type"] == ".".join(file.name.split(".")[:2])
        assert content["schema"]["type"] == "object"


@pytest.mark.parametrize("name", SERVICES)
def test_publishes_no_internal_route_and_names_the_role_of_each_operation(name: str) -> None:
    document = json.loads((ROOT / "contracts" / "openapi" / f"{name}.json").read_text())
    for path, operations in document["paths"].items():
        assert path.startswith("/api/v1/"), path
        for method, operation in operations.items():
            assert "x-crm" in operation, (method, path)
