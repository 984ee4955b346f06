"""Routes below /internal/: for our own processes, never published."""

from identity.internal.routes import ROUTES

__all__ = ["ROUTES"]
