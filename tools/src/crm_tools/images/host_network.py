"""The compose file as it runs on an engine without networks of its own: every container on the host's, on free ports.

The file is the one that people use; only addresses differ. An engine that was started without a bridge can't do other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crm_tools.ports import Ports

SERVERS = {"postgres": 5432, "nats": 4222, "valkey": 6379}
Spec = dict[str, Any]


def adapted(spec: Spec) -> tuple[Spec, int]:
    """The adapted file, and the gateway's port."""
    names = [name for name, each in spec["services"].items() if "profiles" not in each]
    free = Ports()
    ports = {name: free.take() for name in names}
    metrics = {name: free.take() for name in names}
    services = {name: _service(name, spec["services"][name], ports, metrics) for name in names}
    return {**spec, "services": services}, ports["gateway"]


def _service(name: str, service: Spec, ports: Mapping[str, int], metrics: Mapping[str, int]) -> Spec:
    adapted = {key: value for key, value in service.items() if key not in ("ports", "build")}
    environ = {key: _addresses(str(value), ports) for key, value in service.get("environment", {}).items()}
    environ |= {"CRM_LISTEN": f"127.0.0.1:{ports[name]}", "CRM_METRICS_LISTEN": f"127.0.0.1:{metrics[name]}"}
    if name == "secrets":
        environ |= {f"CRM_{server.upper()}_HOST": f"127.0.0.1:{ports[server]}" for server in SERVERS}
    if name == "postgres":
        environ["PGPORT"] = str(ports[name])
    return {**adapted, "environment": environ, "network_mode": "host"}


def _addresses(value: str, ports: Mapping[str, int]) -> str:
    """`http://contacts:8000` is on this machine, on the port that contacts was given."""
    names = "|".join(ports)
    return re.sub(rf"http://({names}):8000", lambda found: f"http://127.0.0.1:{ports[found[1]]}", value)
