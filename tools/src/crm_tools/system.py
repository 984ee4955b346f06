"""system.toml as Python sees it: the processes, and who calls whom."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from crm_tools.environments import ROOT

GATEWAY = "gateway"


@dataclass(frozen=True)
class Service:
    name: str
    calls: tuple[str, ...]


@dataclass(frozen=True)
class System:
    services: tuple[Service, ...]

    @property
    def gateway_calls(self) -> tuple[str, ...]:
        """All of them: the gateway's routes are what they publish."""
        return tuple(service.name for service in self.services)

    @property
    def deployables(self) -> list[str]:
        return [GATEWAY, *(service.name for service in self.services)]

    @property
    def process_names(self) -> list[str]:
        """Of the processes that are ours, without the numbers of further instances."""
        services = [name for service in self.services for name in (service.name, f"{service.name}-worker")]
        return [GATEWAY, *services]

    def callers_of(self, name: str) -> list[str]:
        callers = [service.name for service in self.services if name in service.calls]
        return [GATEWAY, *callers]


def load() -> System:
    content = tomllib.loads((ROOT / "system.toml").read_text())
    services = [Service(name, tuple(entry["calls"])) for name, entry in content["services"].items()]
    return System(tuple(services))
