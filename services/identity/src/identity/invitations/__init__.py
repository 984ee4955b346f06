"""Invitations: a link that lets whoever holds it into a workspace, once."""

from identity.invitations.accepting import accept, accept_pending

__all__ = ["accept", "accept_pending"]
