"""Invitations: a link that lets whoever holds it into a workspace, once."""
