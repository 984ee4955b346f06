"""The commands of a service: serve, work, migrate, openapi."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
import uvloop
from litestar import Litestar, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from crm_service import logs
from crm_service.answer import Answer
from crm_service.app import ServiceApp
from crm_service.health import Health, HealthStep, checks_of
from crm_service.openapi import document
from crm_service.server import DRAIN_S, Server, http_server
from crm_service.settings import ServiceSettings, SettingsError, blank_settings, load_settings
from crm_service.worker import SupervisedTask, Task, run_all

AppFactory = Callable[[Any], ServiceApp]
Migrate = Callable[[Mapping[str, str]], None]
Command = Callable[[Sequence[str]], int]

_log = structlog.get_logger("crm_service.run")


def run(
    name: str,
    app_factory: AppFactory,
    *,
    settings: type[ServiceSettings],
    resources: Callable[[Any], AbstractAsyncContextManager[Any]] | None = None,
    worker: Sequence[Task] = (),
    migrate: Migrate | None = None,
    commands: Mapping[str, Command] | None = None,
) -> Callable[[], None]:
    """`main = run("contacts", app, settings=Settings, resources=open_state, worker=[relay], migrate=migrate)`.

    app_factory: settings -> create_app(...). resources: opens the worker's State (the same function as the app's).
    worker: `async def task(state)`, each runs for ever. migrate: gets the environment. commands: further ones by
    name, each gets the rest of the command line and answers the exit code.
    """
    own: dict[str, Command] = {
        "serve": lambda _: _with_settings(name, settings, lambda loaded: _serve(app_factory(loaded), loaded)),
        "work": lambda _: _with_settings(name, settings, lambda loaded: _work(loaded, resources, worker)),
        "openapi": lambda _: _openapi(app_factory(blank_settings(settings))),
    }
    if migrate is not None:
        own["migrate"] = lambda _: _migrate(name, migrate)
    own.update(commands or {})

    def main() -> None:
        parser = argparse.ArgumentParser(prog=f"python -m {name}")
        parser.add_argument("command", choices=sorted(own))
        chosen, rest = parser.parse_known_args()
        sys.exit(own[chosen.command](rest))

    return main


def _with_settings(name: str, cls: type[ServiceSettings], act: Callable[[Any], Any]) -> int:
    try:
        loaded = load_settings(cls, os.environ)
    except SettingsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    logs.configure(name, loaded.crm_log_level)
    return int(uvloop.run(act(loaded)))


def _openapi(app: ServiceApp) -> int:
    sys.stdout.buffer.write(document(app))
    return 0


def _migrate(name: str, migrate: Migrate) -> int:
    logs.configure(name)
    migrate(os.environ)
    return 0


async def _serve(app: ServiceApp, settings: ServiceSettings) -> int:
    operator = _operator_app(app.operator_routes)
    servers = [
        http_server(app, settings.crm_listen),
        http_server(operator, settings.crm_metrics_listen, lifespan=False),
    ]
    return await _until_stopped(servers, app.health)


async def _work(settings: ServiceSettings, resources: Any, worker: Sequence[Task]) -> int:
    tasks = [SupervisedTask(task) for task in worker]
    health = Health({task.name: task.ping for task in tasks})
    servers = [
        http_server(HealthStep(_nothing_else, health=health), settings.crm_listen, lifespan=False),
        http_server(_operator_app(()), settings.crm_metrics_listen, lifespan=False),
    ]

    async def work() -> None:
        async with resources(settings) as state:
            health.watch(checks_of(state))
            await run_all(tasks, state)

    return await _until_stopped(servers, health, asyncio.create_task(work(), name="worker"))


async def _until_stopped(servers: Sequence[Server], health: Health, work: asyncio.Task[None] | None = None) -> int:
    """Until a signal (0), or until one part ends by itself: then all end, and the exit code is 1 or what was raised."""
    stop = asyncio.Event()
    _on_stop(stop.set)
    parts = [asyncio.create_task(server.serve(), name="http") for server in servers]
    stopping = asyncio.create_task(stop.wait(), name="signal")
    await asyncio.wait([*parts, stopping, *filter(None, [work])], return_when=asyncio.FIRST_COMPLETED)
    health.draining = True
    stopping.cancel()
    if work is not None:
        await _end(work)
    for server, part in zip(servers, parts, strict=True):
        server.should_exit = True
        if not server.started:  # still opening its resources: there is nothing to finish
            part.cancel()
    await asyncio.wait(parts)
    for part in filter(None, [*parts, work]):
        if not part.cancelled() and (error := part.exception()) is not None:
            raise error
    return 0 if stop.is_set() else 1


async def _end(work: asyncio.Task[None]) -> None:
    """Cancel the tasks; what one has claimed and not finished is another's to claim again."""
    work.cancel()
    _, unfinished = await asyncio.wait([work], timeout=DRAIN_S - 5)
    if unfinished:
        _log.error("tasks did not end in time")
        os._exit(1)  # whatever holds it would hold the loop's own end too


def _on_stop(act: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)


def _operator_app(routes: Sequence[Any]) -> Any:
    @get("/metrics", include_in_schema=False)
    async def metrics() -> Answer:
        return Answer(body=generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Litestar([metrics, *routes], openapi_config=None, logging_config=None)


async def _nothing_else(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
