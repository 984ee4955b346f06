"""What was done, and undoing it."""

from events.history.routes import ROUTES

__all__ = ["ROUTES"]
