"""Two contacts become one, and two again: their timelines and notes follow.

contacts states it so: of the contact that goes, `contact.merged` with `merged_into` naming the survivor, and
`contact.unmerged` with `merged_into` null. The facts are put into the stream as contacts would.
"""

from typing import Any
from uuid import uuid4

import pytest_asyncio
from support import Client, Installation, fact

from crm_testkit import eventually

GRACE, HOPPER, THIRD = (str(uuid4()) for _ in range(3))


@pytest_asyncio.fixture(loop_scope="session")
async def merged(installation: Installation) -> Installation:
    """Hopper has been merged into Grace; each had a fact of their own, and Hopper a note."""
    client, workspace_id = installation.client, installation.client.user.workspace_id
    await installation.work()
    note = await client.make(title="About Hopper")
    await eventually(lambda: client.timeline(), has="About Hopper", within_s=10)
    await installation.admin.execute(
        "insert into event_contact values ($1::uuid, $2::uuid, $3::uuid, 1)", workspace_id, note["id"], HOPPER
    )
    await installation.state(
        fact(workspace_id, GRACE, 1, "created", first_name="Grace"),
        fact(workspace_id, HOPPER, 1, "created", first_name="Hopper"),
        fact(workspace_id, HOPPER, 2, "merged", merged_into=GRACE),
    )
    await eventually(lambda: names(client, GRACE), has="Hopper merged", within_s=10)
    await eventually(lambda: people(client, note["id"]), has=GRACE, within_s=10)
    return installation


async def names(client: Client, contact_id: str) -> list[str]:
    """Who each fact on a timeline is about, and what happened, newest first."""
    who = {GRACE: "Grace", HOPPER: "Hopper", THIRD: "Third"}
    items: list[dict[str, Any]] = await client.timeline(contact_id=contact_id)
    return [f"{who[item['contact_id']]} {item['verb'].split('.')[1]}" for item in items if item["noun"] == "contact"]


async def people(client: Client, event_id: str) -> list[str]:
    ids: list[str] = (await client.event(event_id))["contact_ids"]
    return ids


async def only_event(client: Client) -> str:
    return str((await client("GET", "/events")).json()["items"][0]["id"])


async def test_the_survivors_timeline_has_both(merged: Installation) -> None:
    assert await names(merged.client, GRACE) == ["Hopper merged", "Hopper created", "Grace created"]
    assert await names(merged.client, HOPPER) == ["Hopper merged", "Hopper created"]
    assert await people(merged.client, await only_event(merged.client)) == [GRACE]


async def test_separated_again_each_has_their_own(merged: Installation) -> None:
    workspace_id = merged.client.user.workspace_id
    await merged.state(fact(workspace_id, HOPPER, 3, "unmerged", merged_into=None))
    await eventually(lambda: names(merged.client, HOPPER), has="Hopper unmerged", within_s=10)
    assert await names(merged.client, GRACE) == ["Grace created"]
    event = await only_event(merged.client)
    await eventually(lambda: people(merged.client, event), has=HOPPER, within_s=10)
    assert await people(merged.client, event) == [HOPPER]


async def test_a_chain_of_merges_comes_apart_link_by_link(merged: Installation) -> None:
    workspace_id = merged.client.user.workspace_id
    await merged.state(
        fact(workspace_id, THIRD, 1, "created", first_name="Third"),
        fact(workspace_id, GRACE, 2, "merged", merged_into=THIRD),
    )
    await eventually(lambda: names(merged.client, THIRD), has="Hopper created", within_s=10)
    await merged.state(fact(workspace_id, HOPPER, 3, "unmerged", merged_into=None))
    await eventually(lambda: names(merged.client, HOPPER), has="Hopper unmerged", within_s=10)
    assert await names(merged.client, THIRD) == ["Grace merged", "Third created", "Grace created"]
