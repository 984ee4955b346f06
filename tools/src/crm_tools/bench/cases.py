"""What is measured, as data: sizes, operations, ways in, and the aims with where they stand in the figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`big` contacts in one workspace beside `workspaces` of `small`; each cell is run `rounds` times for `seconds`."""

    name: str
    big: int
    small: int
    workspaces: int
    rounds: int
    seconds: int
    samples: int  # of what is measured one by one: facts, filters
    within_s: int  # the whole bench, else it is ended


FULL = Size("full", big=100_000, small=1_000, workspaces=20, rounds=3, seconds=5, samples=200, within_s=3600)
QUICK = Size("quick", big=5_000, small=100, workspaces=20, rounds=3, seconds=1, samples=40, within_s=420)

GATEWAY = "gateway"  # as `make up` starts it, limits off
BUCKET_HERE = "gateway, bucket in the process"
BUCKET_VALKEY = "gateway, bucket in Valkey"
NGINX = "nginx"
SERVICE = "service"
PGBENCH = "pgbench"
WAYS = (GATEWAY, BUCKET_HERE, BUCKET_VALKEY, NGINX, SERVICE, PGBENCH)

OPERATIONS = {
    "L": "a list of 50",
    "G": "one by id",
    "S": "search as typed",
    "C": "create, with history and fact",
}


@dataclass(frozen=True, order=True)
class Cell:
    """One operation by one way with so many connections."""

    operation: str
    connections: int
    way: str


def cells(size: Size) -> list[Cell]:
    """In the order of a round: the ways of one operation stand beside each other, so that they meet the same noise."""
    every = [Cell(operation, connections, way) for operation in OPERATIONS for connections in (1, 64) for way in WAYS]
    return [cell for cell in every if _makes_sense(cell) and (size is FULL or _is_quick(cell))]


def _makes_sense(cell: Cell) -> bool:
    return not (cell.way == PGBENCH and cell.operation == "C")  # a creation is many statements and Python between them


def _is_quick(cell: Cell) -> bool:
    if cell.connections == 1:
        return cell.way in (BUCKET_VALKEY, SERVICE, PGBENCH) and cell.operation != "C"
    return cell.way in (GATEWAY, NGINX, SERVICE) or (cell.operation in "LG" and cell.way != PGBENCH)


# Which lists are read: the newest far more often than the others (zipf over this order).
LISTS = (
    "/api/v1/contacts",
    "/api/v1/contacts?sort=name",
    "/api/v1/contacts?sort=-created_at",
    "/api/v1/contacts?sort=company.name",
    "/api/v1/contacts?sort=address.city",
    "/api/v1/contacts?sort=-last_activity_at",
    "/api/v1/contacts?sort=-name",
    "/api/v1/contacts?sort=first_name",
    "/api/v1/contacts?sort=title",
)

# Walked from the first page to the last, in the big workspace and in a small one.
SORTS = ("-updated_at", "name", "-name", "first_name", "title", "company.name", "address.city", "created_at")

# Of five conditions each. `{n}` differs from call to call, so that none is answered from the cache.
_AND = '{{"and":[{}]}}'
FILTERS = {
    "texts contain": [
        ("name", "contains", '"an"'),
        ("title", "contains", '"er"'),
        ("emails", "contains", '"{n}"'),
        ("company.name", "contains", '"o"'),
        ("address.city", "contains", '"e"'),
    ],
    "texts contain, nothing fits": [
        ("name", "contains", '"zq{n}"'),
        ("title", "contains", '"zq"'),
        ("emails", "contains", '"zq"'),
        ("phones", "contains", '"zq"'),
        ("address.street", "contains", '"zq"'),
    ],
    "selective": [
        ("address.city", "eq", '"Ulm"'),
        ("title", "starts", '"sales"'),
        ("tags", "has", '"vip"'),
        ("company.name", "starts", '"a"'),
        ("emails", "contains", '"{n}"'),
    ],
    "tags and dates": [
        ("tags", "has_any", '["vip","lead"]'),
        ("created_at", "last_days", "{days}"),
        ("birthday", "empty", "true"),
        ("address.country", "eq", '"DE"'),
        ("phones", "contains", '"{n}"'),
    ],
}


@dataclass(frozen=True)
class Aim:
    """`figure` is the name of a figure of the report; met when it is at most, or at least, `bound`."""

    what: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    def met_by(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


AIMS = (
    Aim("gateway beside nginx, bucket in the process, G", "G.bucket_here_of_nginx", at_least=0.60),
    Aim("gateway beside nginx, bucket in Valkey, G", "G.bucket_valkey_of_nginx", at_least=0.45),
    Aim("gateway beside nginx, bucket in the process, L", "L.bucket_here_of_nginx", at_least=0.60),
    Aim("gateway beside nginx, bucket in Valkey, L", "L.bucket_valkey_of_nginx", at_least=0.45),
    Aim("gateway's own CPU a request, G", "G.gateway_cpu_us", at_most=300, unit="us"),
    Aim("gateway's own time at p50, one client, G", "G.gateway_p50_ms", at_most=1.0, unit="ms"),
    Aim("service over the bare query at p50, L", "L.service_over_pgbench_ms", at_most=1.5, unit="ms"),
    Aim("service over the bare query at p50, G", "G.service_over_pgbench_ms", at_most=1.5, unit="ms"),
    Aim("service over the bare query at p50, S", "S.service_over_pgbench_ms", at_most=1.5, unit="ms"),
    Aim("any sort at any depth: p99, big beside small", "sorts.p99_ratio", at_most=2.0),
    Aim("one by id: p99, big beside small", "one.p99_ratio", at_most=2.0),
    Aim("search: p99, big beside small", "search.p99_ratio", at_most=2.0),
    Aim("worst filter of five conditions, p95", "filters.worst_p95_ms", at_most=100, unit="ms"),
    Aim("cache hit ratio", "cache.hit_ratio", at_least=0.90),
    Aim("fact to timeline, p99", "facts.timeline_p99_ms", at_most=250, unit="ms"),
    Aim("fact to a second browser, p95", "facts.browser_p95_ms", at_most=1000, unit="ms"),
    Aim("import, scaled to 100,000 rows", "import.run_s_of_100k", at_most=60, unit="s"),
    Aim("its check, scaled", "import.check_s_of_100k", at_most=20, unit="s"),
    Aim("its undo, scaled", "import.undo_s_of_100k", at_most=60, unit="s"),
    Aim("worker's memory at its peak", "import.worker_peak_mib", at_most=150, unit="MiB"),
    Aim("whole system idle, PSS", "idle.pss_mib", at_most=600, unit="MiB"),
    Aim("a second start", "start.second_s", at_most=5.0, unit="s"),
)


def filter_text(clauses: list[tuple[str, str, str]], n: int) -> str:
    """The JSON of a filter, with its `n`th values."""
    texts = [f'{{"field":"{field}","op":"{op}","value":{value}}}' for field, op, value in clauses]
    filled = [text.replace("{n}", f"{n:02d}").replace("{days}", str(30 + n)) for text in texts]
    return _AND.format(",".join(filled))
