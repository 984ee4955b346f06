"""Every fact that is stated fits its schema, and the example that consumers test against is one of ours."""

import json
from collections.abc import AsyncIterator
from typing import Any

import jsonschema_rs
import nats
import pytest
import pytest_asyncio

from crm_testkit import Running, Servers, eventually, repository

CONTRACTS = sorted((repository.ROOT / "contracts" / "facts" / "service_name").glob("record_name.*.v1.json"))


@pytest_asyncio.fixture(loop_scope="session")
async def heard(servers: Servers, ada: Any, work: Running) -> AsyncIterator[list[dict[str, Any]]]:
    """What the broker carries of Ada's workspace, as it arrives."""
    connection = await nats.connect(servers.nats_url)
    facts: list[dict[str, Any]] = []

    async def hear(message: Any) -> None:
        facts.append(json.loads(message.data) | {"address": message.subject})

    await connection.subscribe(f"facts.v1.{ada.user.workspace_id}.>", cb=hear)
    yield facts
    await connection.close()


async def test_what_is_sent_fits_the_schema(ada: Any, heard: list[dict[str, Any]]) -> None:
    made = await ada.make("first")
    await ada("PATCH", f"/{made['id']}", {"text": "second"})
    await eventually(lambda: heard, has="record_name.changed", within_s=10)

    assert [fact["type"] for fact in heard] == ["record_name.created", "record_name.changed"]
    for fact, path in zip(heard, reversed(CONTRACTS), strict=True):
        schema = json.loads(path.read_text())["schema"]
        assert list(jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(fact)) == []
        assert fact["address"] == f"facts.v1.{ada.user.workspace_id}.service_name.{fact['type']}"
    assert heard[1]["data"]["before"] == {"text": "first"}
    assert heard[1]["data"]["after"] == {"text": "second"}


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_the_example_fits_and_a_wrong_one_does_not(path: Any) -> None:
    document = json.loads(path.read_text())
    validator = jsonschema_rs.validator_for(document["schema"], validate_formats=True)
    assert validator.is_valid(document["example"])
    assert not validator.is_valid(document["example"] | {"type": "record_name.exploded"})
    assert not validator.is_valid(document["example"] | {"data": {}})
