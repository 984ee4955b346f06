"""Workspaces: a team's own room. Every person has at least one."""
