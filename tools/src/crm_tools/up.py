"""`make up`: starts the whole system, keeps it running in the foreground, and stops it in order."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import sys

from crm_tools import child as children
from crm_tools import environments, leftovers, migrations, settings, supervisor, system, web
from crm_tools.child import Child
from crm_tools.installation import Installation
from crm_tools.ports import Ports, is_free
from crm_tools.processes import Engines, Plan
from crm_tools.servers import Nats, Postgres, Valkey
from crm_tools.servers.postgres import Tuning
from crm_tools.settings import Settings
from crm_tools.supervisor import Supervisor
from crm_tools.trouble import Trouble

DISK_FREE_MIN_MB = 300
SETUP_LINK = "Mini-CRM set-up link"
POOL_MAX = 10  # connections of one process to Postgres
STOP_WITHIN_S = {"gateway": 11, "services": 6, "nats": 3, "valkey": 3, "postgres": 4}  # 25 in all, valkey beside nats


def run() -> int:
    """Returns when it was told to stop; raises Trouble when it can't start."""
    whole = system.load()
    wishes = settings.load(whole.process_names)
    installation = Installation(wishes.data)
    installation.prepare()
    children.end_with_parent_if_started_by_make()
    with installation.locked():
        if left := leftovers.end(installation.read_processes()):
            say(f"ended what an earlier start had left: {', '.join(left)}")
        _check_disk(wishes)
        _check_port(wishes)
        environments.ensure(whole.deployables)
        return asyncio.run(_Launch(whole, wishes, installation).run())


class _Launch:
    def __init__(self, whole: system.System, wishes: Settings, installation: Installation) -> None:
        self._whole, self._wishes, self._installation = whole, wishes, installation
        self._ports = Ports()
        self._plan = Plan(whole, wishes, installation, environments.deployables(), self._ports)
        self._supervisor = Supervisor(installation, say)
        self._told_to_stop = asyncio.Event()
        log = installation.log("identity")
        self._identity_had_said = log.stat().st_size if log.exists() else 0  # bytes, before this start

    async def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._told_to_stop.set)
        rotation = asyncio.create_task(supervisor.rotate_logs(self._installation.logs))
        try:
            if await self._or_told_to_stop(self._start()):
                self._announce()
                await self._told_to_stop.wait()
        finally:
            rotation.cancel()
            await self._stop()
        return 0

    async def _or_told_to_stop(self, work: object) -> bool:
        """Whether the work came to its end; it is cut short when we are told to stop."""
        working = asyncio.ensure_future(work)  # type: ignore[call-overload]
        telling = asyncio.create_task(self._told_to_stop.wait())
        await asyncio.wait([working, telling], return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            return False
        working.result()
        return True

    async def _start(self) -> None:
        building = asyncio.create_task(_build_web())
        servers, engines = await asyncio.to_thread(self._servers)
        await self._supervisor.start(servers)
        deployables = environments.deployables()
        services = [deployables[service.name] for service in self._whole.services]
        await migrations.run(services, self._plan, engines, self._installation, say)
        await asyncio.gather(
            self._supervisor.start(self._plan.services(engines)),
            self._start_gateways(engines, building),
        )

    async def _start_gateways(self, engines: Engines, building: asyncio.Task[None]) -> None:
        await building  # they read the web app when they start
        await self._supervisor.start(self._plan.gateways(engines))

    def _servers(self) -> tuple[list[Child], Engines]:
        """The embedded ones that no URL replaces, and where all three are."""
        data, wishes, secret = self._installation.data, self._wishes, self._installation.secret
        servers: list[Child] = []
        postgres_url, nats_url, valkey_url = wishes.postgres_url, wishes.nats_url, wishes.valkey_url
        if postgres_url is None:
            tuning = Tuning.for_this_machine(connections_max=self._connections())
            postgres = Postgres(data / "postgres", self._ports.take(), secret("postgres"), tuning)
            postgres.prepare()
            postgres_url = postgres.url
            servers.append(postgres.child())
        if nats_url is None:
            nats = Nats(data / "nats", self._ports.take(), self._ports.take(), secret("nats"))
            nats_url = nats.url
            servers.append(nats.child())
        if valkey_url is None:
            valkey = Valkey(data / "valkey", self._ports.take(), secret("valkey"))
            valkey_url = valkey.url
            servers.append(valkey.child())
        return servers, Engines(postgres_url, nats_url, valkey_url)

    def _connections(self) -> int:
        """Every process of the services may fill its pool; 13 stay for migrations and the administrator."""
        processes = sum(len(addresses) for name, addresses in self._plan.addresses.items() if name != system.GATEWAY)
        return max(100, processes * POOL_MAX + 13)

    def _announce(self) -> None:
        url = self._plan.public_url
        local = url if url.startswith("http://") else f"http://localhost:{self._plan.public_port} (public: {url})"
        say(f"Mini-CRM is ready at {local}")
        if not self._wishes.sends_mail:
            outbox = f"http://127.0.0.1:{self._plan.addresses['identity'][0].metrics_port}/outbox"
            say(f"Mails wait at {outbox} (with SMTP_URL they are sent)")
        if link := self._setup_link():
            say(link)
        say("Ctrl-C stops it.")

    def _setup_link(self) -> str | None:
        """What identity printed at this start, where it takes invitations only and nobody has an account yet."""
        with self._installation.log("identity").open(errors="replace") as log:
            log.seek(self._identity_had_said)
            return next((line.strip() for line in log if line.startswith(SETUP_LINK)), None)

    async def _stop(self) -> None:
        self._installation.note_state("stopping")
        say("stopping ...")
        groups = {name: self._named(name) for name in ("gateway", "nats", "valkey", "postgres")}
        others = [name for name in self._supervisor.names() if not any(name in group for group in groups.values())]
        stop, within = self._supervisor.stop, STOP_WITHIN_S
        await stop(groups["gateway"], within_s=within["gateway"])
        await stop(others, within_s=within["services"])
        await stop([*groups["nats"], *groups["valkey"]], within_s=within["nats"])
        await stop(groups["postgres"], within_s=within["postgres"])
        self._installation.write_processes([])
        say("stopped.")

    def _named(self, name: str) -> list[str]:
        return [one for one in self._supervisor.names() if one == name or one.startswith(f"{name}-")]


async def _build_web() -> None:
    """In a process of its own, which ends with us: npm takes minutes on a slow line."""
    if web.is_current():
        return
    command = [sys.executable, "-m", "crm_tools", "build-web"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, start_new_session=True)
    try:
        _, errors = await process.communicate()
    except asyncio.CancelledError:
        children.end_group(process.pid)
        raise
    if process.returncode:
        raise Trouble(errors.decode(errors="replace").strip().removeprefix("Mini-CRM: "))


def _check_disk(wishes: Settings) -> None:
    free_mb = shutil.disk_usage(wishes.data).free // 2**20
    if free_mb < DISK_FREE_MIN_MB:
        raise Trouble(
            f"Only {free_mb} MB are free on the disk of {wishes.data}, and {DISK_FREE_MIN_MB} are needed:"
            " free some space, or set CRM_DATA_DIR to a folder on another disk."
        )


def _check_port(wishes: Settings) -> None:
    if wishes.port and not is_free(wishes.host, wishes.port):
        raise Trouble(
            f"Port {wishes.port} of {wishes.host} can't be used, probably because another program has it:"
            f" stop that program, or choose another port (CRM_PORT={wishes.port + 1} make up)."
        )


def say(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # who reads along may have gone; the system runs on
        print(text, flush=True)
