"""The four roles of a workspace."""

from enum import StrEnum


class Role(StrEnum):
    """Ordered by `at_least`, not by `<`: a StrEnum compares as text, and "owner" > "member" would be luck."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    def at_least(self, other: "Role") -> bool:
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}
