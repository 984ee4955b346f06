"""Facts in, timeline out: every service's, once and in order."""

import json
from typing import Any

import asyncpg
import pytest
from support import Client

from crm_testkit import eventually

pytestmark = pytest.mark.usefixtures("work", "contacts_work")


async def verbs(client: Client, **subject: str) -> list[str]:
    return [item["verb"] for item in await client.timeline(**subject)]


async def expect(client: Client, wanted: list[str], **subject: str) -> list[dict[str, Any]]:
    """The timeline, once it has just these verbs, newest first."""

    async def there() -> bool:
        found = await verbs(client, **subject)
        assert found == wanted
        return True

    await eventually(there, within_s=10)
    return await client.timeline(**subject)


class TestContact:
    async def test_it_shows_what_contacts_did_woven_with_what_was_noted(self, ada: Client) -> None:
        grace = await ada.contact("Grace")
        await ada.neighbour("PATCH", f"/contacts/{grace}", {"title": "Admiral"})
        note = await ada.make(body="Met at the fair", contact_ids=[grace])
        items = await expect(ada, ["event.created", "contact.changed", "contact.created"], contact_id=grace)

        noted, changed, created = items
        assert noted["kind"] == "note" and noted["event"] == note and noted["contact_id"] == grace
        assert changed["kind"] == "change" and changed["event"] is None
        assert changed["changes"] == [{"field": "title", "from": None, "to": "Admiral"}]
        assert changed["actor"] == {"id": ada.user.id, "name": "Ada Lovelace"} and changed["version"] == 2
        assert {"field": "first_name", "from": None, "to": "Grace"} in created["changes"]
        assert all(item["operation_id"] for item in items)

    async def test_the_event_is_shown_as_it_is_now(self, ada: Client) -> None:
        grace = await ada.contact()
        note = await ada.make(title="Draft", contact_ids=[grace])
        await ada("PATCH", f"/events/{note['id']}", {"title": "Final"})
        items = await expect(ada, ["event.changed", "event.created", "contact.created"], contact_id=grace)
        assert items[1]["event"]["title"] == "Final"
        assert items[0]["changes"] == [{"field": "title", "from": "Draft", "to": "Final"}]

    async def test_who_is_taken_out_of_an_event_sees_that_and_no_more(self, ada: Client) -> None:
        grace, alan = await ada.contact("Grace"), await ada.contact("Alan")
        note = await ada.make(contact_ids=[grace, alan])
        await ada("PATCH", f"/events/{note['id']}", {"contact_ids": [alan]})
        await ada("PATCH", f"/events/{note['id']}", {"title": "Only for Alan"})
        await expect(ada, ["event.changed", "event.changed", "event.created", "contact.created"], contact_id=alan)
        assert await verbs(ada, contact_id=grace) == ["event.changed", "event.created", "contact.created"]

    async def test_events_of_a_trashed_contact_stay_readable(self, ada: Client) -> None:
        grace = await ada.contact()
        note = await ada.make(contact_ids=[grace])
        await ada.neighbour("DELETE", f"/contacts/{grace}")
        items = await expect(ada, ["contact.trashed", "event.created", "contact.created"], contact_id=grace)
        assert items[1]["event"] == note
        corrected = await ada("PATCH", f"/events/{note['id']}", {"title": "Corrected"})
        assert corrected.status_code == 200

    async def test_the_whole_workspace_has_all(self, ada: Client) -> None:
        await ada.contact()
        await ada.make()
        await expect(ada, ["event.created", "contact.created"])

    async def test_somebodys_own_views_are_nobody_elses_business(self, ada: Client) -> None:
        view = {"name": "Whom I court", "kind": "contact", "columns": [], "sort": "-updated_at", "filter": None}
        made = await ada.neighbour("POST", "/views", view)
        assert made.status_code == 201, made.text
        await ada.contact("Later")
        items = await eventually(lambda: ada.timeline(), has="Later", within_s=10)
        assert "court" not in str(items)


class TestCompany:
    async def test_it_shows_the_companys_own_and_what_was_noted_about_it(self, ada: Client) -> None:
        acme = (await ada.neighbour("POST", "/companies", {"name": "Acme"})).json()["id"]
        await ada.make(title="Visit", kind="meeting", starts_at="2026-12-01T09:00:00Z", company_id=acme)
        items = await expect(ada, ["event.created", "company.created"], company_id=acme)
        assert items[0]["kind"] == "meeting"


class TestErasure:
    async def test_a_purged_contact_leaves_no_word_behind(self, ada: Client, events_database: Any) -> None:
        grace, alan = await ada.contact("Zerubbabel"), await ada.contact("Alan")
        alone = await ada.make(title="Zerubbabel called", body="Zerubbabel's secret", contact_ids=[grace])
        both = await ada.make(title="Lunch", contact_ids=[grace, alan])
        await expect(ada, ["event.created", "event.created", "contact.created"], contact_id=grace)

        await ada.neighbour("DELETE", f"/contacts/{grace}?purge=true")
        items = await eventually(lambda: ada.timeline(contact_id=grace), has="event.purged", within_s=10)
        assert "contact.purged" in str(items)
        assert "Zerubbabel" not in json.dumps(await ada.timeline())
        assert (await ada("GET", f"/events/{alone['id']}")).status_code == 404
        assert (await ada.event(both["id"]))["contact_ids"] == [alan]
        assert await words_left(events_database, "Zerubbabel") == []


async def words_left(database: Any, word: str) -> list[str]:
    """Tables of this service's database in which a word can still be found."""
    connection = await asyncpg.connect(database.admin_url)
    try:
        tables = [
            row[0] for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        ]
        return [
            table
            for table in tables
            if await connection.fetchval(f'select bool_or(t::text ilike $1) from "{table}" t', f"%{word}%")
        ]
    finally:
        await connection.close()


class TestPages:
    async def test_page_by_page_gives_each_once(self, ada: Client) -> None:
        grace = await ada.contact()
        for number in range(5):
            await ada.make(title=f"{number}", contact_ids=[grace])
        whole = await eventually(lambda: ada.timeline(contact_id=grace), has="'4'", within_s=10)
        seen: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = (await ada("GET", f"/timeline?contact_id={grace}&limit=2{cursor}")).json()
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == whole and len(seen) == 6
        first = (await ada("GET", f"/timeline?contact_id={grace}&limit=2")).json()["next_cursor"]
        assert (await ada("GET", f"/timeline?limit=2&cursor={first}")).status_code == 400

    async def test_one_subject_at_a_time(self, ada: Client) -> None:
        answer = await ada("GET", f"/timeline?contact_id={ada.user.id}&company_id={ada.user.id}")
        assert answer.status_code == 400


class TestOrder:
    async def test_each_records_facts_stand_in_the_order_of_their_versions(self, ada: Client) -> None:
        notes = [await ada.make(title=f"{n}") for n in range(3)]
        for number in range(30):
            await ada("PATCH", f"/events/{notes[number % 3]['id']}", {"body": f"{number}"})

        async def everything() -> list[dict[str, Any]]:
            items = await ada.timeline()
            assert len(items) == 33
            return items

        items = await eventually(everything, within_s=10)
        assert [item["at"] for item in items] == sorted((item["at"] for item in items), reverse=True)
        for note in notes:
            assert [item["version"] for item in items if item["record_id"] == note["id"]] == list(range(11, 0, -1))
