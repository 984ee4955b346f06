"""Every service's facts, as what happened to a contact, a company, a deal, a workspace."""

from events.timeline.consumers import keep
from events.timeline.routes import ROUTES

__all__ = ["ROUTES", "keep"]
