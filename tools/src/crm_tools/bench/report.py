"""From samples to figures, to a table on the screen and a file."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_tools.bench.cases import (
    AIMS,
    BUCKET_HERE,
    BUCKET_VALKEY,
    NGINX,
    OPERATIONS,
    PGBENCH,
    SERVICE,
    WAYS,
    Aim,
    Cell,
)
from crm_tools.bench.figures import Spread, spread
from crm_tools.bench.rounds import Sample


@dataclass(frozen=True)
class Row:
    """A cell over all its rounds. None of its figures counts if `errors` is not 0."""

    cell: Cell
    per_s: Spread
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: Mapping[str, float]


def rows_of(samples: Sequence[Sample]) -> dict[Cell, Row]:
    return {cell: _row(cell, [one for one in samples if one.cell == cell]) for cell in _cells(samples)}


def figures_of(samples: Sequence[Sample]) -> dict[str, float]:
    """Those that the aims name. A figure is absent where one of its cells had errors or was not run."""
    rows = {cell: row for cell, row in rows_of(samples).items() if not row.errors}
    found: dict[str, float] = {}
    for operation in OPERATIONS:
        here, valkey, nginx = (rows.get(Cell(operation, 64, way)) for way in (BUCKET_HERE, BUCKET_VALKEY, NGINX))
        for name, row in (("bucket_here", here), ("bucket_valkey", valkey)):
            if row and nginx:
                found[f"{operation}.{name}_of_nginx"] = _ratio(samples, row.cell, nginx.cell)
                found[f"{operation}.{name}_of_nginx_by_cpu"] = _cpu(nginx) / _cpu(row)
        if valkey:
            found[f"{operation}.gateway_cpu_us"] = valkey.cpu_us[BUCKET_VALKEY]
        through, service, bare = (rows.get(Cell(operation, 1, way)) for way in (BUCKET_VALKEY, SERVICE, PGBENCH))
        if through and service:
            found[f"{operation}.gateway_p50_ms"] = through.p50_ms - service.p50_ms
        if service and bare:
            found[f"{operation}.service_over_pgbench_ms"] = service.p50_ms - bare.p50_ms
    return found


def table(rows: Mapping[Cell, Row]) -> Iterable[str]:
    head = ("connections and way", "req/s", "+-%", "p50 ms", "p99 ms", "errors", "CPU us a request")
    for operation, text in OPERATIONS.items():
        yield ""
        yield _line(f"{operation}: {text}", *head[1:])
        for connections in (1, 64):
            for way in WAYS:
                if row := rows.get(Cell(operation, connections, way)):
                    yield _row_line(row)


def aims_table(figures: Mapping[str, float]) -> Iterable[str]:
    yield ""
    yield f"{'aim':<56}{'bound':>12}{'reached':>12}"
    for aim in AIMS:
        yield f"{aim.what:<56}{_bound(aim):>12}{_reached(aim, figures)}"


def as_json(rows: Mapping[Cell, Row], samples: Sequence[Sample], figures: Mapping[str, float]) -> dict[str, Any]:
    return {
        "figures": dict(sorted(figures.items())),
        "aims": {aim.figure: aim.met_by(figures[aim.figure]) for aim in AIMS if aim.figure in figures},
        "cells": [
            {
                "operation": row.cell.operation,
                "connections": row.cell.connections,
                "way": row.cell.way,
                "per_s": row.per_s.median,
                "per_s_low": row.per_s.low,
                "per_s_high": row.per_s.high,
                "p50_ms": row.p50_ms,
                "p99_ms": row.p99_ms,
                "errors": row.errors,
                "errors_by_round": [one.measured.errors_by_kind for one in samples if one.cell == row.cell],
                "cpu_us": row.cpu_us,
                "rounds": [one.measured.per_s for one in samples if one.cell == row.cell],
            }
            for row in rows.values()
        ],
    }


def _row(cell: Cell, samples: Sequence[Sample]) -> Row:
    measured = [one.measured for one in samples]
    return Row(
        cell=cell,
        per_s=spread([one.per_s for one in measured]),
        p50_ms=statistics.median(one.p50_ms for one in measured),
        p99_ms=statistics.median(one.p99_ms for one in measured),
        errors=sum(one.errors for one in measured),
        cpu_us={name: statistics.median(one.cpu_us[name] for one in samples) for name in samples[0].cpu_us},
    )


def _cells(samples: Sequence[Sample]) -> list[Cell]:
    return list(dict.fromkeys(one.cell for one in samples))


def _ratio(samples: Sequence[Sample], cell: Cell, other: Cell) -> float:
    """The median of the ratios round by round: what slowed a round down slowed both."""
    by_round = {(one.cell, one.round): one.measured.per_s for one in samples}
    numbers = {one.round for one in samples}
    return statistics.median(by_round[cell, number] / by_round[other, number] for number in numbers)


def _cpu(row: Row) -> float:
    """Of all parts of a request: its inverse is what a machine that does nothing else could serve."""
    return sum(row.cpu_us.values())


def _row_line(row: Row) -> str:
    cpu = ", ".join(f"{name.removeprefix('gateway, ')} {us:.0f}" for name, us in _largest(row.cpu_us) if us >= 1)
    return _line(
        f"  {row.cell.connections:>2}  {row.cell.way}",
        f"{row.per_s.median:,.0f}",
        f"{row.per_s.relative * 50:.0f}",
        f"{row.p50_ms:.2f}",
        f"{row.p99_ms:.2f}",
        str(row.errors) if not row.errors else f"{row.errors} !",
        cpu,
    )


def _largest(cpu_us: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(cpu_us.items(), key=lambda pair: -pair[1])[:5]


def _line(first: str, *rest: str) -> str:
    return f"{first:<38}" + "".join(f"{one:>9}" for one in rest[:-1]) + f"  {rest[-1]}"


def _bound(aim: Aim) -> str:
    sign, bound = (">=", aim.at_least) if aim.at_least is not None else ("<=", aim.at_most)
    return f"{sign} {bound:g} {aim.unit}".strip()


def _reached(aim: Aim, figures: Mapping[str, float]) -> str:
    if aim.figure not in figures:
        return f"{'not measured':>14}"
    value = figures[aim.figure]
    return f"{f'{value:.3g} {aim.unit}'.strip():>12}" + ("" if aim.met_by(value) else "  MISSED")
