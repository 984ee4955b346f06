"""Tests only: real servers, a database per worker, real processes, signed tokens, eventually()."""

from crm_testkit.databases import Database
from crm_testkit.eventually import eventually
from crm_testkit.fault_proxy import FaultProxy, fault_proxy
from crm_testkit.headers import internal_headers, internal_keys
from crm_testkit.installation import Installation, installation
from crm_testkit.own_nats import OwnNats
from crm_testkit.own_valkey import OwnValkey
from crm_testkit.processes import Running
from crm_testkit.servers import Servers
from crm_testkit.tokens import Tokens, User

__all__ = [
    "Database",
    "FaultProxy",
    "Installation",
    "OwnNats",
    "OwnValkey",
    "Running",
    "Servers",
    "Tokens",
    "User",
    "eventually",
    "fault_proxy",
    "installation",
    "internal_headers",
    "internal_keys",
]
