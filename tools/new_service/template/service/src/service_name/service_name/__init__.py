"""The one feature so far. Other features use what is named here."""

from service_name.service_name.routes import ROUTES

__all__ = ["ROUTES"]
