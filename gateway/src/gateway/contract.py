"""The services' OpenAPI documents, merged: the table of what is reachable, and what `/openapi.json` serves.

The committed copies (contracts/openapi) make the table at start, so that a service that is down is a 503 and not a 404;
while the gateway runs, each service's own document replaces its copy.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_auth import Role
from gateway import problems
from gateway.schemas import BodyCheck, ParameterCheck

log = logging.getLogger(__name__)

Document = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
OWN = "gateway"  # the name under which the gateway's own document is merged
OWN_DOCUMENT = Path(__file__).with_name("openapi.json")
CHANGES_NOTHING = ("GET", "HEAD")
SHARED = ("headers", "responses", "parameters", "securitySchemes")  # components that every service writes alike


@dataclass(slots=True)
class Route:
    """One operation. `owners`: the services that publish it; more than one only for what the gateway gathers."""

    method: str
    template: str
    operation_id: str
    owners: tuple[str, ...]
    public: bool
    workspace: bool
    role: Role
    cost: int
    body_max_bytes: int | None  # None: the gateway's own limit
    long: bool  # idle limit in place of the deadline, body passed on unread
    parameters: ParameterCheck
    body: BodyCheck | None

    @property
    def service(self) -> str:
        return self.owners[0]


@dataclass(slots=True)
class Node:
    """A place in the tree of path segments."""

    static: dict[str, "Node"] = field(default_factory=dict)
    variable: "Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Finds the operation for a path as it came; nothing is decoded or tidied on the way."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = list(routes)
        self._root = Node()
        for route in self.routes:
            node = self._root
            for segment in route.template.split("/")[1:]:
                node = _descend(node, segment)
            node.routes[route.method] = route

    def match(self, method: str, path: str) -> tuple[Route, list[str]]:
        """The route and the values of its path parameters; raises 404, or 405 with what is allowed."""
        values: list[str] = []
        node = _find(self._root, path.split("/"), 1, values)
        if node is None:
            raise problems.not_found()
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise problems.method_not_allowed(allowed(node.routes))
        return route, values

    def methods(self, path: str) -> list[str]:
        """What OPTIONS answers; raises 404."""
        node = _find(self._root, path.split("/"), 1, [])
        if node is None:
            raise problems.not_found()
        return allowed(node.routes)


def allowed(routes: Mapping[str, Route]) -> list[str]:
    return sorted({*routes, "OPTIONS", *(("HEAD",) if "GET" in routes else ())})


def _descend(node: Node, segment: str) -> Node:
    if not segment.startswith("{"):
        return node.static.setdefault(segment, Node())
    if node.variable is None:
        node.variable = Node()
    return node.variable


def _find(node: Node, segments: list[str], at: int, values: list[str]) -> Node | None:
    """A static segment is preferred; `/contacts/bulk` never falls to `/contacts/{id}`."""
    if at == len(segments):
        return node if node.routes else None
    segment = segments[at]
    child = node.static.get(segment)
    if child is not None:
        return _find(child, segments, at + 1, values)
    if node.variable is None or not segment:
        return None
    values.append(segment)
    return _find(node.variable, segments, at + 1, values)


class Contract:
    """Holds one document per service, and what follows from all of them together."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = dict(documents)
        self._rebuild()

    @classmethod
    def load(cls, folder: Path) -> "Contract":
        """Reads `<folder>/<service>.json` and the gateway's own document."""
        documents = {path.stem: json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))}
        return cls({**documents, OWN: json.loads(OWN_DOCUMENT.read_bytes())})

    def update(self, service: str, document: Document) -> bool:
        """Takes over what a running service publishes; a document that cannot be used leaves the table as it was."""
        known = self._documents.get(service)
        if document == known or not is_contract(document):
            return False
        self._documents[service] = document
        try:
            self._rebuild()
        except Exception:
            log.exception("the document of %s cannot be used", service)
            self._restore(service, known)
            return False
        return True

    def _restore(self, service: str, known: Document | None) -> None:
        if known is None:
            del self._documents[service]
        else:
            self._documents[service] = known

    def _rebuild(self) -> None:
        table = RouteTable(_routes(self._documents))
        merged = json.dumps(merge(self._documents), ensure_ascii=False, separators=(",", ":")).encode()
        self.table, self.merged = table, merged


def is_contract(document: object) -> bool:
    return isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.") and "paths" in document


def _routes(documents: Mapping[str, Document]) -> list[Route]:
    """One route per operation. What the gateway publishes itself goes before what it gathers from the services."""
    found: dict[tuple[str, str], list[tuple[str, Document, Mapping[str, Any]]]] = {}
    for service, document in documents.items():
        for path, method, operation in _operations(document):
            found.setdefault((method.upper(), path_key(path)), []).append(
                (service, document, operation | {"path": path})
            )
    return [_route(method, _own_first(publishers)) for (method, _), publishers in found.items()]


def _operations(document: Document) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield path, method, {**operation, "parameters": [*shared, *operation.get("parameters", [])]}


def path_key(path: str) -> str:
    """Two services may name the same parameter differently: `/operations/{id}` is `/operations/{operation_id}`."""
    return "/".join("{}" if segment.startswith("{") else segment for segment in path.split("/"))


Published = tuple[str, Document, Mapping[str, Any]]


def _own_first(publishers: list[Published]) -> list[Published]:
    return sorted(publishers, key=lambda published: published[0] != OWN)


def _route(method: str, publishers: list[Published]) -> Route:
    _, document, operation = publishers[0]
    crm = operation.get("x-crm", {})
    role = crm.get("role", "viewer" if method in CHANGES_NOTHING else "member")
    security = operation.get("security", document.get("security"))
    return Route(
        method=method,
        template=operation["path"],
        operation_id=operation.get("operationId", f"{method} {operation['path']}"),
        owners=tuple(service for service, _, _ in publishers),
        public=security == [],
        workspace=security != [] and crm.get("workspace", True),
        role=Role(role),
        cost=crm.get("cost", 1),
        body_max_bytes=crm.get("body_max_bytes"),
        long=crm.get("long", False),
        parameters=ParameterCheck(operation["path"], operation["parameters"], document),
        body=BodyCheck.of(operation.get("requestBody"), document, check_members=not crm.get("long", False)),
    )


def merge(documents: Mapping[str, Document]) -> Document:
    """One public document. Schemas that share a name but not a shape get the service's name in front."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Mini-CRM", "version": "1", "description": documents[OWN]["info"]["description"]},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": {},
        "components": {kind: {} for kind in SHARED} | {"schemas": {}},
    }
    known: dict[str, str] = {}
    for service in sorted(documents, key=lambda name: (name != OWN, name)):
        document = _renamed(service, documents[service], merged["components"]["schemas"])
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            merged["components"]["schemas"][name] = schema
        for kind in SHARED:
            merged["components"][kind] |= document.get("components", {}).get(kind, {})
        for path, item in document.get("paths", {}).items():
            target = merged["paths"].setdefault(known.setdefault(path_key(path), path), {})
            for method, operation in item.items():
                target.setdefault(method, operation)
    return merged


def _renamed(service: str, document: Document, taken: Mapping[str, Any]) -> Document:
    schemas = document.get("components", {}).get("schemas", {})
    clashing = [name for name, schema in schemas.items() if name in taken and taken[name] != schema]
    text = json.dumps(document)
    for name in clashing:
        renamed = service.capitalize() + name
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{renamed}"')
    document = json.loads(text)
    for name in clashing:
        document["components"]["schemas"][service.capitalize() + name] = document["components"]["schemas"].pop(name)
    return document
