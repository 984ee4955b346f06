"""All SQL of the timeline: the facts that were heard, and on whose timeline each stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from crm_db import Database, Transaction
from events.events import RECORD_JSON
from events.timeline.rules import NOT_FOR_ALL, Entry

_COLUMNS = [name for name in Entry.__struct_fields__ if name != "changes"]

# append: once, whatever is delivered twice or again by a rebuild. A fact about a record that was purged comes without
# its content, in whatever order the two arrive.
_APPEND = f"""
insert into timeline_fact ({", ".join(_COLUMNS)}, changes)
select {", ".join(f"g.{name}" for name in _COLUMNS)},
       case when exists (select 1 from timeline_fact f
                         where f.workspace_id = $1 and f.record_id = g.record_id and f.verb = f.noun || '.purged')
            then '[]'::json else g.changes end
from json_populate_recordset(null::timeline_fact, $2::json) g
where g.workspace_id = $1
on conflict (workspace_id, id) do
"""
_ANEW = "update set " + ", ".join(f"{name} = excluded.{name}" for name in ["kind", "subjects", "contact_id", "changes"])

# Who appends and who purges must not pass each other unseen: several workers may run.
_SHARE = "select pg_advisory_xact_lock_shared(hashtextextended('timeline ' || $1::text, 0))"
_EXCLUDE = "select pg_advisory_xact_lock(hashtextextended('timeline ' || $1::text, 0))"

# place: puts facts on the timelines of those they are about, and of those into whom these were merged. Where a fact
# comes on one timeline by two ways, the direct one counts: it outlasts an unmerge.
_PLACE = """
with recursive reached (fact_id, at, via, subject_id) as (
    select f.id, f.at, s.id, s.id from timeline_fact f, unnest(f.subjects) s (id)
    where f.workspace_id = $1 and {which}
    union
    select r.fact_id, r.at, r.via, m.survivor_id
    from reached r join contact_merge m on m.workspace_id = $1 and m.contact_id = r.subject_id
)
insert into timeline_entry (workspace_id, subject_id, at, fact_id, via)
select distinct on (subject_id, at, fact_id) $1, subject_id, at, fact_id, via from reached
order by subject_id, at, fact_id, via = subject_id desc, via
on conflict (workspace_id, subject_id, at, fact_id) do nothing
"""

# erase: what a record's facts said goes; that something happened, when and by whom, stays.
_ERASE = "update timeline_fact set changes = '[]', summary = null where workspace_id = $1 and record_id = any ($2)"

# take_off: the entries of these facts, or of all.
_TAKE_OFF = "delete from timeline_entry where workspace_id = $1 and {which}"

# of_merged: facts on the timelines of these contacts, and of those that were merged into them before.
_OF_MERGED = """
with recursive under (id) as (
    select unnest($2::uuid[])
    union
    select m.contact_id from contact_merge m join under u on m.survivor_id = u.id where m.workspace_id = $1
)
select distinct s.fact_id from timeline_entry s join under u on u.id = s.subject_id where s.workspace_id = $1
"""

# merges: which contacts are merged into which, by the last that was said of it. The same statement follows a fact and
# makes a rebuild, so both come to the same.
_FORGET_MERGES = "delete from contact_merge where workspace_id = $1 and {which}"
_MERGES = """
insert into contact_merge (workspace_id, contact_id, survivor_id)
select $1, f.record_id, (c ->> 'to')::uuid
from (select distinct on (record_id) record_id, verb, changes from timeline_fact
      where workspace_id = $1 and verb in ('contact.merged', 'contact.unmerged')
        and {which}
      order by record_id, version desc) f,
     json_array_elements(f.changes) c
where f.verb = 'contact.merged' and c ->> 'field' = 'merged_into'
"""

_MEMBERS = f"""
    f.id, f.at, f.kind, f.verb, (select a from (select f.actor_id as id, f.actor_name as name) a) as actor,
    %s as contact_id, f.noun, f.record_id, f.version, f.changes, f.operation_id, f.operation_kind, f.summary,
    case when f.kind <> 'change' then
        (select {RECORD_JSON} from event t where t.workspace_id = f.workspace_id and t.id = f.record_id) end as event"""

_VIA = "case when $6 then s.via else f.contact_id end"

# of_subject: by the narrow table first, so that a page costs what it holds, however long the timeline is.
_OF_SUBJECT = f"""
select r.item, r.at, r.id from enter($1) e(w), lateral (
    select row_to_json((select m from (select {_MEMBERS % _VIA}) m))::text as item,
           s.at, s.fact_id as id
    from timeline_entry s join timeline_fact f on f.workspace_id = s.workspace_id and f.id = s.fact_id
    where s.workspace_id = e.w and s.subject_id = $2
      and ($3::timestamptz is null or (s.at, s.fact_id) < ($3, $4::uuid))
    order by s.at desc, s.fact_id desc limit $5) r
"""

_OF_WORKSPACE = f"""
select r.item, r.at, r.id from enter($1) e(w), lateral (
    select row_to_json((select m from (select {_MEMBERS % "f.contact_id"}) m))::text as item, f.at, f.id
    from timeline_fact f
    where f.workspace_id = e.w and f.noun <> all ($5) and ($2::timestamptz is null or (f.at, f.id) < ($2, $3::uuid))
    order by f.at desc, f.id desc limit $4) r
"""

Place = tuple[datetime, UUID]


class Page(msgspec.Struct, frozen=True):
    """Items as JSON texts, newest first; `next` is the place of the last one if there are more."""

    items: list[str]
    next: Place | None


async def append(
    tx: Transaction, workspace_id: UUID, entries: Sequence[Entry], *, purged: Sequence[UUID], anew: bool = False
) -> None:
    """Keeps what was heard and puts it on its timelines. Content of the records in `purged` goes, old and new.

    `anew`: what was kept before is written over, because the rules that made it have changed since.
    """
    await tx.execute(_EXCLUDE if purged else _SHARE, str(workspace_id))
    await tx.execute(_APPEND + (_ANEW if anew else "nothing"), workspace_id, msgspec.json.encode(entries).decode())
    await _of_these_or_all(tx, _PLACE, "f.id", workspace_id, [entry.id for entry in entries])
    if purged:
        await tx.execute(_ERASE, workspace_id, list(purged))


async def follow_merges(tx: Transaction, workspace_id: UUID, contact_ids: Sequence[UUID]) -> None:
    """These contacts were merged or separated: what stood on their timelines moves."""
    facts = [row[0] for row in await tx.fetch(_OF_MERGED, workspace_id, contact_ids)]
    await _place_anew(tx, workspace_id, contact_ids, facts)


async def place_all_anew(tx: Transaction, workspace_id: UUID) -> None:
    """Makes the workspace's timelines from the facts that were heard."""
    await _place_anew(tx, workspace_id, None, None)


async def _place_anew(
    tx: Transaction, workspace_id: UUID, contact_ids: Sequence[UUID] | None, facts: Sequence[UUID] | None
) -> None:
    await _of_these_or_all(tx, _FORGET_MERGES, "contact_id", workspace_id, contact_ids)
    await _of_these_or_all(tx, _MERGES, "record_id", workspace_id, contact_ids)
    await _of_these_or_all(tx, _TAKE_OFF, "fact_id", workspace_id, facts)
    await _of_these_or_all(tx, _PLACE, "f.id", workspace_id, facts)


async def _of_these_or_all(
    tx: Transaction, sql: str, column: str, workspace_id: UUID, ids: Sequence[UUID] | None
) -> None:
    """Two statements. One for both (`$2 is null or ...`) has one plan for both: every fact would read the workspace."""
    if ids is None:
        await tx.execute(sql.format(which="true"), workspace_id)
    else:
        await tx.execute(sql.format(which=f"{column} = any ($2)"), workspace_id, ids)


async def of_subject(
    db: Database, workspace_id: UUID, subject_id: UUID, *, is_contact: bool, after: Place | None, limit: int
) -> Page:
    """`is_contact`: items name this contact, or the one that was merged into it, as `contact_id`."""
    at, fact_id = after or (None, None)
    return _page(await db.read(workspace_id, _OF_SUBJECT, subject_id, at, fact_id, limit + 1, is_contact), limit)


async def of_workspace(db: Database, workspace_id: UUID, *, after: Place | None, limit: int) -> Page:
    at, fact_id = after or (None, None)
    return _page(await db.read(workspace_id, _OF_WORKSPACE, at, fact_id, limit + 1, list(NOT_FOR_ALL)), limit)


def _page(rows: Sequence[Any], limit: int) -> Page:
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page([row["item"] for row in rows[:limit]], (last["at"], last["id"]) if last else None)
