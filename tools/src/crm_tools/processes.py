"""The processes of an installation, with their ports, keys and addresses: system.toml and settings in, children out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from crm_tools import probes
from crm_tools.child import Child
from crm_tools.environments import ROOT, Deployable
from crm_tools.installation import Installation
from crm_tools.ports import Ports
from crm_tools.settings import Settings
from crm_tools.system import GATEWAY, Service, System

ROLES = {"serve": "api", "work": "worker"}  # command of a service and its role in the database


@dataclass(frozen=True)
class Engines:
    """URLs of the servers in use, embedded or not. The first is the administrator's, which only migrations get."""

    postgres_url: str
    nats_url: str
    valkey_url: str


@dataclass(frozen=True)
class Address:
    name: str
    port: int
    metrics_port: int


class Plan:
    """Everything about our own processes that is settled before the first of them starts."""

    def __init__(
        self,
        system: System,
        settings: Settings,
        installation: Installation,
        deployables: Mapping[str, Deployable],
        ports: Ports,
    ) -> None:
        self._system, self._settings, self._installation = system, settings, installation
        self._deployables = deployables
        self.addresses = {
            name: [self._address(name, number, ports) for number in range(1, settings.instances.get(name, 1) + 1)]
            for name in system.process_names
        }

    @property
    def public_port(self) -> int:
        return self.addresses[GATEWAY][0].port

    @property
    def public_url(self) -> str:
        return self._settings.public_url or f"http://localhost:{self.public_port}"

    def gateways(self, engines: Engines) -> list[Child]:
        addresses = self.addresses[GATEWAY]
        environ = self._common(GATEWAY, engines) | {
            "CRM_CONTRACTS_DIR": str(ROOT / "contracts" / "openapi"),
            "CRM_WEB_DIR": str(ROOT / "web" / "dist"),
            "CRM_GATEWAYS": str(len(addresses)),
            **self._urls_of(self._system.gateway_calls),
        }
        return [
            self._child(address, GATEWAY, "serve", environ, host=self._settings.host if number == 0 else "127.0.0.1")
            for number, address in enumerate(addresses)
        ]

    def services(self, engines: Engines) -> list[Child]:
        return [
            self._child(address, service.name, command, self._service_environ(service, command, engines))
            for service in self._system.services
            for command, name in (("serve", service.name), ("work", f"{service.name}-worker"))
            for address in self.addresses[name]
        ]

    def migration_environ(self, service: str, engines: Engines) -> dict[str, str]:
        passwords = {
            f"CRM_DB_{role.upper()}_PASSWORD": self.password(service, role) for role in ("owner", "api", "worker")
        }
        return {**self._settings.machine, "POSTGRES_URL": engines.postgres_url, **passwords}

    def password(self, service: str, role: str) -> str:
        return self._installation.secret(f"database-{service}-{role}")

    def digest_of_passwords(self, service: str) -> str:
        """Changes with the passwords and the server: then the roles have to be set anew."""
        parts = [self.password(service, role) for role in ("owner", "api", "worker")]
        return hashlib.sha256(repr([self._settings.postgres_url, *parts]).encode()).hexdigest()

    def _service_environ(self, service: Service, command: str, engines: Engines) -> dict[str, str]:
        role = ROLES[command]
        return self._common(service.name, engines) | {
            "DATABASE_URL": database_url(engines.postgres_url, service.name, role, self.password(service.name, role)),
            "CRM_INTERNAL_KEYS": self._accepted_keys(service.name),
            "CRM_SECRET": self._hex_secret(service.name),
            **self._urls_of(service.calls),
            # Every service needs the key set of our issuer, whether or not it calls identity for anything else.
            **self._urls_of(("identity",)),
        }

    def _common(self, caller: str, engines: Engines) -> dict[str, str]:
        return {
            **self._settings.machine,
            **self._settings.handed_on,
            "PYTHONUNBUFFERED": "1",
            "CRM_PUBLIC_URL": self.public_url,
            "CRM_SIGNUP": self._settings.signup,
            "NATS_URL": engines.nats_url,
            "VALKEY_URL": engines.valkey_url,
            "CRM_INTERNAL_KEY": self._installation.secret(f"internal-key-{caller}"),
        }

    def _accepted_keys(self, name: str) -> str:
        callers = self._system.callers_of(name)
        keys = [(caller, key) for caller in callers for key in self._installation.secrets_of(f"internal-key-{caller}")]
        return ",".join(f"{caller}={key}" for caller, key in keys)

    def _hex_secret(self, name: str) -> str:
        return hashlib.sha256(self._installation.secret(f"secret-{name}").encode()).hexdigest()

    def _urls_of(self, names: tuple[str, ...]) -> dict[str, str]:
        return {
            f"CRM_{name.upper()}_URL": ",".join(f"http://127.0.0.1:{one.port}" for one in self.addresses[name])
            for name in names
        }

    def _child(
        self, address: Address, deployable: str, command: str, environ: Mapping[str, str], host: str = "127.0.0.1"
    ) -> Child:
        home = self._deployables[deployable]
        addresses = {
            "CRM_LISTEN": f"[{host}]:{address.port}" if ":" in host else f"{host}:{address.port}",
            "CRM_METRICS_LISTEN": f"127.0.0.1:{address.metrics_port}",
        }
        reached_at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        return Child(
            name=address.name,
            argv=(str(home.python), "-m", deployable, command),
            environ={**environ, **addresses},
            folder=home.folder,
            ready=lambda: probes.http_ok(reached_at, address.port, "/health/ready"),
            port=address.port,
            metrics_port=address.metrics_port,
        )

    def _address(self, name: str, number: int, ports: Ports) -> Address:
        """Only the first gateway has the port that the user chose."""
        full_name = name if number == 1 else f"{name}-{number}"
        chosen = self._settings.port if full_name == GATEWAY else 0
        return Address(full_name, chosen or ports.take(), ports.take())


def database_url(postgres_url: str, service: str, role: str, password: str) -> str:
    """The service's own URL at the administrator's server: its database, its role."""
    parts = urlsplit(postgres_url)
    hosts = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{service}_{role}:{quote(password)}@{hosts}", path=f"/{service}"))
