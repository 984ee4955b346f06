"""docs/settings.md: every setting of every part, read from the classes that read them, so that none is missing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from crm_tools.environments import ROOT

PAGE = ROOT / "docs" / "settings.md"
HEAD = """\
<!-- Written by `make generate` from the settings classes; change those. -->
# Settings

`make up` takes these from the environment or from a `.env` beside the Makefile and hands them to the processes;
README.md has the ones that most people need. In an image they are the environment. Any `NAME` may come as
`NAME_FILE`, the path of a file that holds the value.
"""
# Told to each process by whoever starts it, and nothing that a person chooses.
WIRING = re.compile(
    r"crm_(metrics_)?listen|crm_internal_keys?|crm_\w+_url|crm_secret|database_url|crm_gateways|(nats|valkey)_url|crm_(web|contracts)_dir"
)


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str


def write() -> None:
    found = [(title, _read(file)) for title, file in _files()]
    sections = [f"\n## {title}\n\n{_table(settings)}" for title, settings in found if settings]
    PAGE.write_text(HEAD + "".join(sections))


def _files() -> list[tuple[str, Path]]:
    services = sorted((ROOT / "services").glob("*/src/*/settings.py"))
    return [
        ("gateway", ROOT / "gateway/src/gateway/settings.py"),
        ("every service", ROOT / "packages/crm_service/src/crm_service/settings.py"),
        *((file.parent.name, file) for file in services),
    ]


def _table(settings: list[Setting]) -> str:
    rows = [f"| `{one.name}` | {one.default} | {one.meaning} |" for one in settings]
    return "\n".join(["| setting | default | what |", "|---|---|---|", *rows]) + "\n"


def _read(file: Path) -> list[Setting]:
    source = file.read_text()
    lines = source.splitlines()
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and "Settings" in node.name]
    found = [node for one in classes for node in one.body if isinstance(node, ast.AnnAssign)]
    settings = [_setting(node, lines) for node in found]
    return [one for one in settings if not WIRING.fullmatch(one.name.lower()) and one.name != "SERVICES"]


def _setting(node: ast.AnnAssign, lines: list[str]) -> Setting:
    text = " ".join(lines[node.lineno - 1 : node.end_lineno])
    comment = text.partition("  # ")[2].split("  ")[0].rstrip(" )")
    name = ast.unparse(node.target).upper()
    return Setting(name, _default(node.value), comment.replace("|", "\\|"))


def _default(value: ast.expr | None) -> str:
    """As a person would write it in the environment."""
    if isinstance(value, ast.Call):  # BucketSetting(120, 20) is written 120/20
        return f"`{'/'.join(str(_number(argument)) for argument in value.args)}`"
    plain: dict[str, str] = {"''": "unset", "None": "unset", "()": "unset", "True": "`on`", "False": "`off`"}
    text = ast.unparse(value) if value is not None else ""
    if isinstance(value, ast.BinOp):
        text = str(_number(value))
    return plain.get(text, f"`{text.strip(chr(39))}`" if text else "")


def _number(value: ast.expr) -> float | int:
    """A number, or two with an operator between, as settings are written for the reader's sake."""
    if isinstance(value, ast.BinOp):
        left, right = _number(value.left), _number(value.right)
        if isinstance(value.op, ast.Div):
            return round(left / right, 3)
        return int(left) << int(right) if isinstance(value.op, ast.LShift) else left * right
    number: float | int = ast.literal_eval(value)
    return number
