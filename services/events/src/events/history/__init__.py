"""What was done, and undoing it."""

from events.history.routes import ROUTES
from events.history.undo import take_back

__all__ = ["ROUTES", "take_back"]
