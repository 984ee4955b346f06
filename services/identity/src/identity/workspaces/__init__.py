"""Workspaces: a team's own room. Every person has at least one."""

from identity.workspaces.first import ensure_membership
from identity.workspaces.routes import ROUTES
from identity.workspaces.store import Workspace, memberships_of

__all__ = ["ROUTES", "Workspace", "ensure_membership", "memberships_of"]
