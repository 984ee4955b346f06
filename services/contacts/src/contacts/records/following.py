"""A company's new name, where its people show it and are found by it. It is no change of theirs: no version rises."""

from uuid import UUID

from contacts.people import PEOPLE
from contacts.records import store
from crm_db import Transaction

CHUNK = 500  # people a statement


async def follow_company(tx: Transaction, workspace_id: UUID, company_id: UUID, name: str) -> None:
    await store.show_company(tx, workspace_id, company_id, name)
    ids = await store.people_of(tx, workspace_id, company_id)
    for start in range(0, len(ids), CHUNK):
        people = await store.lock(tx, workspace_id, PEOPLE, ids[start : start + CHUNK])
        texts = {
            person.id: PEOPLE.search_texts({**person.values, "company_name": name})
            for person in people.values()
            if not person.trashed
        }
        await store.put_search(tx, PEOPLE.noun, texts, fresh=False)
