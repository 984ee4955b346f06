"""Who does something in a workspace, where the request itself named none (crm_facts.begin asks for it)."""

from dataclasses import dataclass
from uuid import UUID

from crm_auth import User


@dataclass(frozen=True)
class Actor:
    workspace_id: UUID
    user_id: UUID
    actor_name: str
    ip: str
    request_id: str
    traceparent: str

    @classmethod
    def of(cls, user: User, workspace_id: UUID, name: str) -> "Actor":
        return cls(workspace_id, user.user_id, name, user.ip, user.request_id, user.traceparent)
