"""The gateway, read from here: settings -> clients -> pipeline -> app.

Nothing durable lives in it: run as many as the load asks for.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_auth import Issuer, KeySet, Verifier
from crm_cache import Buckets, Valkey
from gateway import docs, headers
from gateway.ask import ask
from gateway.composed.operations import Operations, Undo
from gateway.composed.overview import Overview
from gateway.composed.parts import Parts
from gateway.composed.search import Search
from gateway.contract import Contract
from gateway.cors import Cors
from gateway.exchange import API, AUTH, Exchange, Receive, Send
from gateway.facts import Fact, Feed, Gap
from gateway.health import Health
from gateway.limits import Limits, OwnBuckets, Taking
from gateway.members import Members
from gateway.metrics import BREAKER, IN_FLIGHT
from gateway.pipeline import Pipeline
from gateway.problems import Refused
from gateway.settings import Settings
from gateway.steps import Step
from gateway.steps.authenticate import Authenticate
from gateway.steps.body_limit import BodyLimit
from gateway.steps.cross_origin import CrossOrigin
from gateway.steps.forward import Composed, Forward
from gateway.steps.forward_auth import ForwardAuth
from gateway.steps.head_rules import HeadRules
from gateway.steps.rate_limit import RateLimit
from gateway.steps.rate_limit_auth import RateLimitAuth
from gateway.steps.read_body import ReadBody
from gateway.steps.request_id import RequestId
from gateway.steps.route import Route
from gateway.steps.site import Page, Site
from gateway.steps.validate import Validate
from gateway.steps.workspace import Workspace
from gateway.stream import LiveStream
from gateway.tracing import Tracing, tracing_to
from gateway.upstream import Service
from gateway.web import WebApp

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 5.0
TOKEN_LIFE_MAX_S = 7 * 86400
# A bucket that is decided here although Valkey is only slow grants too much, and two busy cores make it slow.
# Case R6 leaves 100 ms before nobody may wait any more.
BUCKET_WITHIN_S = 0.08
VALKEY_LOST_AFTER_S = 0.1
KEY_SET_PATH = "/auth/v1/.well-known/jwks.json"


@dataclass
class Clients:
    """Everything that is connected to, opened once."""

    services: Mapping[str, Service]
    issuer: Service  # who signs people in: identity, or the hosted project
    key_head: bytes  # the header lines that prove the gateway to a service
    contract: Contract
    verifier: Verifier
    members: Members
    buckets: Taking | None
    feed: Feed | None
    valkey: Valkey | None
    tracing: Tracing


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Clients]:
    services = {
        name: Service(name, urls, in_flight_max=settings.crm_upstream_in_flight)
        for name, urls in settings.services.items()
    }
    key_head = f"x-internal-key: {settings.crm_internal_key}\r\nx-internal-caller: gateway\r\n".encode()
    hosted = Service("supabase", [settings.supabase_url]) if settings.supabase_url else None
    valkey = await Valkey.open(settings.valkey_url, lost_after_s=VALKEY_LOST_AFTER_S) if settings.valkey_url else None
    clients = Clients(
        services=services,
        issuer=hosted or services["identity"],
        key_head=key_head,
        contract=Contract.load(Path(settings.crm_contracts_dir)),
        verifier=Verifier(_issuers(settings, services["identity"], hosted, key_head)),
        members=Members(services["identity"], key_head, ttl_s=settings.crm_membership_ttl_s),
        buckets=_buckets(settings, valkey),
        feed=None,
        valkey=valkey,
        tracing=tracing_to(settings.otel_exporter_otlp_endpoint),
    )
    try:
        yield clients
    finally:
        clients.tracing.close()
        for service in (*services.values(), *filter(None, [hosted])):
            await service.close()
        if valkey is not None:
            await valkey.close()


def _issuers(settings: Settings, identity: Service, hosted: Service | None, key_head: bytes) -> list[Issuer]:
    """Our own issuer always; the hosted one beside it when it is set."""
    issuers = [Issuer(settings.issuer, keys=KeySet(lambda: _key_set(identity, key_head)))]
    if hosted is not None:
        secret = settings.supabase_jwt_secret.encode() or None
        issuers.append(
            Issuer(
                f"{settings.supabase_url}/auth/v1",
                keys=KeySet(lambda: _key_set(hosted, b"")) if secret is None else None,
                algorithms=("ES256", "RS256"),
                legacy_secret=secret,
            )
        )
    return issuers


async def _key_set(service: Service, key_head: bytes) -> bytes:
    answered = await ask(service, "GET", KEY_SET_PATH, key_head, within_s=2.0)
    if answered.status != 200:
        raise ConnectionError(f"{service.name} answered {answered.status} for its key set")
    return answered.body


def _buckets(settings: Settings, valkey: Valkey | None) -> Taking | None:
    if not settings.crm_rate_limits:
        return None
    if valkey is None:
        return OwnBuckets(settings.crm_gateways)
    return Buckets(valkey, processes=settings.crm_gateways, timeout_s=BUCKET_WITHIN_S)


class App:
    """The ASGI application: three pipelines, chosen by the first part of the path."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        self.health = Health(settings.services, needs={"keys": clients.verifier.ping}, uses=_uses(clients))
        self.stream = LiveStream(clients.feed, heartbeat_s=settings.crm_heartbeat_s)
        entry: list[Step] = [RequestId(settings, clients.tracing), HeadRules(settings), CrossOrigin(_cors(settings))]
        limits = Limits.of(settings)
        self._api = Pipeline(
            [
                *entry,
                Route(clients.contract),
                Authenticate(clients.verifier, clients.members),
                Workspace(clients.members),
                RateLimit(clients.buckets, limits),
                BodyLimit(settings),
                Validate(settings),
                Forward(settings, clients.services, self._composed(clients), clients.key_head),
            ]
        )
        self._auth = Pipeline(
            [
                *entry,
                BodyLimit(settings),
                ReadBody(settings),
                RateLimitAuth(clients.buckets, limits),
                ForwardAuth(settings, clients.issuer, clients.key_head),
            ]
        )
        web = WebApp(Path(settings.crm_web_dir)) if settings.crm_web_dir else None
        self._site = Pipeline([*entry, Site(self._pages(clients.contract), web)])

    def _composed(self, clients: Clients) -> dict[str, Composed]:
        parts = Parts(clients.services, clients.contract, clients.key_head)
        return {
            "gateway.stream": self.stream,
            "gateway.search": Search(parts),
            "gateway.overview": Overview(parts),
            "gateway.operations": Operations(parts),
            "gateway.undo": Undo(parts),
        }

    def _pages(self, contract: Contract) -> dict[str, Page]:
        return {
            "/health": self.health.overall,
            "/health/live": self.health.live,
            "/health/ready": self.health.ready,
            **docs.pages(contract),
        }

    def drain(self) -> None:
        self.health.draining = True
        self.stream.drain()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        x = Exchange(scope, receive, send)
        if x.path.startswith(API) or x.path == "/api":
            x.answer_headers.extend(headers.API_SECURITY)
            await self._api(x)
        elif x.path.startswith(AUTH):
            x.answer_headers.extend(headers.AUTH_SECURITY)
            await self._auth(x)
        else:
            await self._site(x)


def _cors(settings: Settings) -> Cors:
    return Cors([settings.crm_public_url, *settings.crm_cors_origins])


def _uses(clients: Clients) -> dict[str, Any]:
    uses: dict[str, Any] = {}
    if clients.feed is not None:
        uses["nats"] = clients.feed.ping
    if clients.valkey is not None:
        uses["valkey"] = clients.valkey.ping
    return uses


def hear(app: App, clients: Clients, fact: Fact | Gap) -> None:
    """What the gateway does about a fact. Everything else about it is told to the browsers."""
    position = clients.feed.position if clients.feed is not None else 0
    app.stream.hear(fact, position)
    if isinstance(fact, Gap):
        clients.members.drop_all()
        clients.verifier.forget_all()
    elif fact.type == "session.ended":
        _end_session(app, clients, fact)
    elif fact.type == "keys.changed":
        clients.verifier.forget_all()
    elif fact.type.startswith(("member.", "workspace.", "api_token.")) and fact.workspace_id is not None:
        clients.members.drop_workspace(fact.workspace_id)
        if fact.type == "member.removed":
            app.stream.end_member(fact.workspace_id, _users_named(fact))
    elif fact.type.startswith("user.") and fact.event.data.user_id:
        clients.members.drop_user(fact.event.data.user_id)


def _end_session(app: App, clients: Clients, fact: Fact) -> None:
    data = fact.event.data
    if data.session_id is None:
        return
    clients.verifier.forget(data.session_id, refuse_until=_unix(data.expires_at))
    app.stream.end_session(str(data.session_id))


def _unix(moment: datetime | float | None) -> float:
    """A session that ended without saying until when is refused for as long as any token can live."""
    if moment is None:
        return time.time() + TOKEN_LIFE_MAX_S
    return moment.timestamp() if isinstance(moment, datetime) else moment


def _users_named(fact: Fact) -> set[str]:
    data = fact.event.data
    named = {data.record_id, data.user_id, (data.before or {}).get("user_id"), (data.after or {}).get("user_id")}
    return {user_id for user_id in named if user_id}


async def keep_house(clients: Clients) -> None:
    """Closes connections before their services would, and shows the state of the calls."""
    while True:
        for service in clients.services.values():
            service.drop_stale()
            IN_FLIGHT.labels(service.name).set(service.in_flight)
            for instance in service.instances:
                BREAKER.labels(service.name, instance.authority.decode()).set(instance.breaker.state)
        await asyncio.sleep(HOUSEKEEPING_S)


async def refresh_contract(settings: Settings, clients: Clients) -> None:
    """Takes over what the running services publish: at once, and every half minute."""
    while True:
        for name, service in clients.services.items():
            try:
                answered = await ask(service, "GET", "/openapi.json", clients.key_head)
                if answered.status == 200 and clients.contract.update(name, json.loads(answered.body)):
                    log.info("took over the contract of %s", name)
            except (Refused, ValueError) as error:
                log.debug("no contract of %s: %s", name, error)
        await asyncio.sleep(settings.crm_contract_refresh_s)
