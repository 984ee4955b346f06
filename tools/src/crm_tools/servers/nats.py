"""NATS with JetStream, on loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from crm_tools import probes
from crm_tools.child import Child
from crm_tools.servers import files

USER = "crm"


@dataclass(frozen=True)
class Nats:
    folder: Path  # holds the stream and the settings
    port: int
    monitor_port: int
    password: str
    name: str = "nats"
    slots: int = 0  # accounts t1, t2, ... that see nothing of each other, one for each worker of the tests

    @property
    def url(self) -> str:
        return f"nats://{USER}:{self.password}@127.0.0.1:{self.port}"

    def child(self) -> Child:
        """Writes the settings (a file, because a password has no place in a command line) and says how to start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = files.write_private(self.folder / "nats.conf", json.dumps(self._settings(), indent=2))
        return Child(
            name=self.name,
            argv=(str(files.script("nats-server")), "--config", str(settings)),
            environ={},
            folder=self.folder,
            ready=lambda: probes.nats_ok("127.0.0.1", self.port),
            port=self.port,
            metrics_port=self.monitor_port,
        )

    def _settings(self) -> dict[str, object]:
        return {
            "server_name": "mini-crm",
            "listen": f"127.0.0.1:{self.port}",
            "http": f"127.0.0.1:{self.monitor_port}",
            **self._access(),
            "jetstream": {
                "store_dir": str(self.folder / "store"),
                # By default a message is acknowledged up to two minutes before it is on the disk.
                "sync_interval": "always",
            },
        }

    def _access(self) -> dict[str, object]:
        if not self.slots:
            return {"authorization": {"user": USER, "password": self.password}}
        names = [USER, *(f"t{slot}" for slot in range(1, self.slots + 1))]
        return {
            "accounts": {
                name: {"jetstream": "enabled", "users": [{"user": name, "password": self.password}]} for name in names
            }
        }
