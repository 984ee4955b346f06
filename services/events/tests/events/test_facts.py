"""Every fact that is stated fits its schema, and the example that consumers test against is one of ours."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import nats
import pytest
import pytest_asyncio
from support import Client

from crm_testkit import Running, Servers, eventually, repository

CONTRACTS = sorted((repository.ROOT / "contracts" / "facts" / "events").glob("event.*.v1.json"))


def contract(type_: str) -> dict[str, Any]:
    path: Path = repository.ROOT / "contracts" / "facts" / "events" / f"{type_}.v1.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document


@pytest_asyncio.fixture(loop_scope="session")
async def heard(servers: Servers, ada: Client, work: Running) -> AsyncIterator[list[dict[str, Any]]]:
    """What the broker carries of Ada's workspace, as it arrives."""
    connection = await nats.connect(servers.nats_url)
    facts: list[dict[str, Any]] = []

    async def hear(message: Any) -> None:
        facts.append(json.loads(message.data) | {"address": message.subject})

    await connection.subscribe(f"facts.v1.{ada.user.workspace_id}.>", cb=hear)
    yield facts
    await connection.close()


async def test_what_is_sent_fits_the_schema(ada: Client, heard: list[dict[str, Any]]) -> None:
    contact = await ada.contact()
    note = await ada.make(title="First", contact_ids=[contact])
    path = f"/events/{note['id']}"
    await ada("PATCH", path, {"title": "Second"})
    await ada("DELETE", path)
    await ada("POST", f"{path}/restore")
    await ada("DELETE", f"{path}?purge=true")
    await eventually(lambda: heard, has="event.purged", within_s=10)

    facts = [fact for fact in heard if fact["data"]["noun"] == "event"]
    assert [fact["type"] for fact in facts] == [
        "event.created",
        "event.changed",
        "event.trashed",
        "event.restored",
        "event.purged",
    ]
    for version, fact in enumerate(facts, 1):
        validator = jsonschema_rs.validator_for(contract(fact["type"])["schema"], validate_formats=True)
        assert list(validator.iter_errors(fact)) == []
        assert fact["address"] == f"facts.v1.{ada.user.workspace_id}.events.{fact['type']}"
        assert fact["data"]["version"] == version
        assert fact["data"]["before" if version == 5 else "after"]["contact_ids"] == [contact]


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_the_example_fits_and_a_wrong_one_does_not(path: Path) -> None:
    document = json.loads(path.read_text())
    validator = jsonschema_rs.validator_for(document["schema"], validate_formats=True)
    assert validator.is_valid(document["example"])
    assert not validator.is_valid(document["example"] | {"type": "event.exploded"})
    assert not validator.is_valid(document["example"] | {"data": {}})
