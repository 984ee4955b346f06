"""Whom an event names is not ours to know: contacts says who exists, identity who is a member."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import msgspec

from crm_auth import Caller
from crm_resource import Invalid, Problem
from crm_service import Reply, ServiceClient, UpstreamBroken, UpstreamDown, UpstreamTimeout
from events.events.errors import NobodyCanTell
from events.events.rules import Named
from events.events.schemas import Event

T = TypeVar("T")

ANSWER_WITHIN_S = 3.0  # a person is waiting for their note to be saved


class _Known(msgspec.Struct, frozen=True):
    id: UUID
    deleted: bool = False


class _Lookup(msgspec.Struct, frozen=True):
    contacts: list[_Known]
    companies: list[_Known]


class _Member(msgspec.Struct, frozen=True):
    user_id: UUID


class _Members(msgspec.Struct, frozen=True):
    items: list[_Member]


async def check(contacts: ServiceClient, identity: ServiceClient, caller: Caller, event: Event, named: Named) -> None:
    """Refuses (422, with pointers) an event that names somebody who is not in the workspace, or is in its trash.

    Raises NobodyCanTell (503) when the other service is away: an event about people who may not exist is not written.
    """
    problems = await _unknown_people(contacts, caller, event, named)
    if named.assignee_id is not None and named.assignee_id != caller.user_id:
        problems += await _unknown_assignee(identity, caller, named.assignee_id)
    if problems:
        raise Invalid(problems)


async def _unknown_people(contacts: ServiceClient, caller: Caller, event: Event, named: Named) -> list[Problem]:
    if not named.contact_ids and named.company_id is None:
        return []
    company_ids = [] if named.company_id is None else [named.company_id]
    asked = {"contact_ids": sorted(named.contact_ids), "company_ids": company_ids}
    with _or_nobody_can_tell("contacts"):
        reply = await contacts.post("/api/v1/contacts/lookup", asked, caller=caller, timeout_s=ANSWER_WITHIN_S)
        found = _read(reply, _Lookup)
    people = {each.id: each for each in found.contacts}
    companies = {each.id: each for each in found.companies}
    problems = [
        _absent(f"/contact_ids/{index}", "contact", people.get(each))
        for index, each in enumerate(event.contact_ids)
        if each in named.contact_ids
    ]
    problems += [_absent("/company_id", "company", companies.get(each)) for each in company_ids]
    return [problem for problem in problems if problem is not None]


async def _unknown_assignee(identity: ServiceClient, caller: Caller, assignee_id: UUID) -> list[Problem]:
    params = {"workspace_id": str(caller.workspace_id)}
    with _or_nobody_can_tell("identity"):
        reply = await identity.get("/internal/members", caller=caller, params=params, timeout_s=ANSWER_WITHIN_S)
        members = _read(reply, _Members)
    if any(member.user_id == assignee_id for member in members.items):
        return []
    return [Problem("/assignee_id", "unknown_member", "There is no such member in this workspace.")]


def _absent(pointer: str, noun: str, known: _Known | None) -> Problem | None:
    if known is None:
        return Problem(pointer, f"unknown_{noun}", f"There is no such {noun} in this workspace.")
    return Problem(pointer, f"{noun}_in_trash", f"This {noun} is in the trash.") if known.deleted else None


def _read(reply: Reply, kind: type[T]) -> T:
    if reply.status != 200:
        raise UpstreamBroken
    return reply.json(kind)


@contextmanager
def _or_nobody_can_tell(service: str) -> Iterator[None]:
    try:
        yield
    except (UpstreamDown, UpstreamTimeout, UpstreamBroken) as error:
        raise NobodyCanTell(service, error.retry_after_s) from error
