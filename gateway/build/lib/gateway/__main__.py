"""`python -m gateway serve`; `python -m gateway openapi` prints the merged contract."""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path

import uvicorn
import uvloop
from prometheus_client import start_http_server

from gateway import main as gateway
from gateway.contract import Contract
from gateway.facts import Feed
from gateway.logs import set_up_logging
from gateway.server import EdgeProtocol, EdgeServer
from gateway.settings import BadSetting, Settings, load

log = logging.getLogger("gateway")

NOTICE_S = 1.0  # how long balancers have to see that we are not ready any more


async def serve(settings: Settings) -> None:
    async with gateway.opened(settings) as clients:
        tasks = [
            asyncio.create_task(gateway.keep_house(clients)),
            asyncio.create_task(gateway.refresh_contract(settings, clients)),
        ]
        if settings.nats_url:
            clients.feed = Feed(settings.nats_url, lambda fact: gateway.hear(app, clients, fact))
            tasks.append(asyncio.create_task(clients.feed.run()))
        app = gateway.App(settings, clients)
        try:
            await _listen(settings, app)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if clients.feed is not None:
                await clients.feed.close()


async def _listen(settings: Settings, app: gateway.App) -> None:
    host, _, port = settings.crm_listen.rpartition(":")
    config = uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        http=EdgeProtocol,
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # whose word counts is ours to say: TRUSTED_PROXIES
        access_log=False,
        log_config=None,
        backlog=2048,
        timeout_graceful_shutdown=int(settings.crm_drain_s),
    )
    if settings.crm_metrics_listen:
        metrics_host, _, metrics_port = settings.crm_metrics_listen.rpartition(":")
        start_http_server(int(metrics_port), addr=metrics_host.strip("[]"))
    server = EdgeServer(config, on_drain=app.drain, notice_s=NOTICE_S)
    await server.serve()


def main() -> int:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "openapi":
        folder = Path(os.environ.get("CRM_CONTRACTS_DIR", "contracts/openapi"))
        sys.stdout.buffer.write(Contract.load(folder).merged + b"\n")
        return 0
    if command != "serve":
        print("usage: python -m gateway serve|openapi", file=sys.stderr)
        return 2
    try:
        settings = load(os.environ)
    except BadSetting as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    set_up_logging(settings.crm_log_level)
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
