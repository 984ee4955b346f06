"""Reads counters from a process's /metrics."""

from __future__ import annotations

import re
import urllib.request


def total(port: int, name: str, **labels: str) -> float:
    """The sum of a counter's series that carry these labels; 0 while it has none."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return total_in(answer.read().decode(), name, labels)


def total_in(text: str, name: str, labels: dict[str, str]) -> float:
    lines = re.findall(rf"^{re.escape(name)}(?:{{(.*)}})? (\S+)$", text, re.M)
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(float(value) for given, value in lines if all(one in given.split(",") for one in wanted))
