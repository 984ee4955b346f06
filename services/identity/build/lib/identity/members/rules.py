"""Who may give which role to whom. Decisions only."""

from uuid import UUID

from crm_auth import Role


def may_give(actor: Role, wanted: Role) -> bool:
    """Nobody gives more than they have; below admin nobody gives anything."""
    return actor.at_least(Role.ADMIN) and actor.at_least(wanted)


def may_touch(actor: Role, member: Role) -> bool:
    """An admin cannot demote or remove an owner."""
    return actor.at_least(Role.ADMIN) and actor.at_least(member)


def leaves_no_owner(owners: list[UUID], user_id: UUID) -> bool:
    return owners == [user_id]
