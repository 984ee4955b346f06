"""Workspaces over HTTP. Which workspace is in the path, so the caller's own is not asked for."""

ROUTES: list[object] = []
