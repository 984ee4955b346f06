"""A fact as it travels: a CloudEvents 1.0 event in structured JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

STREAM = "FACTS"
PREFIX = "facts.v1"


class Actor(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer is handed.

    `data` is the whole of it as it came; the members named here are those of a change of a record (absent in facts
    that are none). `before` and `after` hold only the fields that differ; a creation has an empty `before`.
    """

    id: UUID
    type: str  # "contact.changed"
    source: str  # "/contacts"
    subject: str  # the record's id
    time: datetime
    traceparent: str = ""
    workspace_id: UUID | None = None
    noun: str = ""
    record_id: UUID | None = None
    version: int = 0
    operation_id: UUID | None = None
    operation_kind: str = ""
    summary: str = ""
    actor: Actor | None = None
    request_id: str = ""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    data: dict[str, Any] = {}

    @property
    def verb(self) -> str:
        return self.type.rpartition(".")[2]


class MalformedFact(Exception):
    """The body is no CloudEvent of ours."""


def decode(body: bytes) -> Fact:
    """Raises MalformedFact."""
    try:
        event = msgspec.json.decode(body)
        return msgspec.convert({**event["data"], "data": event["data"], **_envelope(event)}, Fact)
    except (msgspec.MsgspecError, TypeError, KeyError, ValueError) as error:
        raise MalformedFact(str(error)) from error


def _envelope(event: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "type", "source", "subject", "time")
    return {name: event[name] for name in names} | {"traceparent": event.get("traceparent", "")}


class ChangeData(msgspec.Struct, frozen=True):
    """`data` of a fact that is a change of a record."""

    workspace_id: UUID
    noun: str
    record_id: UUID
    version: int
    operation_id: UUID
    operation_kind: str
    summary: str
    actor: Actor
    request_id: str
    before: msgspec.Raw
    after: msgspec.Raw


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope as it is written; the order of members is that of the wire."""

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    traceparent: str = ""
    data: ChangeData | msgspec.Raw


def subject(service: str, type_: str, workspace_id: UUID | None) -> str:
    """`facts.v1.<workspace or ->.<service>.<noun>.<verb>`, the address in the stream."""
    return f"{PREFIX}.{workspace_id or '-'}.{service}.{type_}"
