"""The import rules: which module may import which. Contracts are made from the tree, so a new feature needs no entry.

- a deployable imports no other deployable, a package no deployable and no other package (crm_testkit excepted);
- in a feature imports point down: routes and consumers -> actions -> store, rules, facts, schemas, fields;
- rules, schemas, fields and facts import nothing that does input or output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LAYERS = ("routes | consumers", "actions", "store", "facts : rules : schemas : fields")
PURE = ("rules", "schemas", "fields", "facts")
INPUT_OUTPUT = ("aiohttp", "asyncpg", "nats", "socket", "subprocess")
TEST_PACKAGES = {"crm_testkit"}
# crm_service turns a request into the callers that crm_auth names: whoever uses the one has the other.
ALLOWED_PAIRS = {("crm_service", "crm_auth")}


@dataclass(frozen=True)
class Tree:
    """The importable modules of a repository: name and source folder."""

    root: Path

    @property
    def deployables(self) -> dict[str, Path]:
        return self._modules([self.root / "gateway", *sorted((self.root / "services").glob("*"))])

    @property
    def packages(self) -> dict[str, Path]:
        return self._modules(sorted((self.root / "packages").glob("*")))

    def features(self) -> Iterable[tuple[str, set[str]]]:
        """Each feature as a module name, with the layers that it has."""
        layers = {word for line in LAYERS for word in line.split() if word.isidentifier()}
        for name, source in self.deployables.items():
            for folder in sorted((source / name).iterdir()):
                has = {layer for layer in layers if (folder / f"{layer}.py").is_file()}
                if (folder / "__init__.py").is_file() and has:
                    yield f"{name}.{folder.name}", has

    @staticmethod
    def _modules(folders: Iterable[Path]) -> dict[str, Path]:
        sources = [folder / "src" for folder in folders]
        return {module.parent.name: source for source in sources for module in sorted(source.glob("*/__init__.py"))}


def broken(root: Path) -> str:
    """What breaks the rules, as import-linter tells it; empty when nothing does."""
    tree = Tree(root)
    modules = tree.deployables | tree.packages
    with tempfile.TemporaryDirectory(prefix="crm-imports-") as folder:
        config = Path(folder) / "importlinter.ini"
        config.write_text(_config(tree))
        environ = os.environ | {"PYTHONPATH": os.pathsep.join(str(source) for source in modules.values())}
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", str(config)]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _config(tree: Tree) -> str:
    deployables, packages = sorted(tree.deployables), sorted(tree.packages)
    parts = [_section("importlinter", root_packages=[*deployables, *packages], include_external_packages="True")]
    parts.append(_contract("deployables", "a deployable imports no other", "independence", modules=deployables))
    parts += _package_contracts(deployables, packages)
    for feature, has in tree.features():
        parts.append(_feature_contract(feature, has))
        parts += _pure_contract(feature, has)
    return "\n".join(parts)


def _package_contracts(deployables: list[str], packages: list[str]) -> list[str]:
    contracts = []
    for package in packages:
        others = [other for other in packages if other != package and (package, other) not in ALLOWED_PAIRS]
        others = [] if package in TEST_PACKAGES else others
        names = {"source_modules": [package], "forbidden_modules": deployables + others}
        title = f"{package} imports no deployable and no other package"
        contracts.append(_contract(package, title, "forbidden", **names))
    return contracts


def _feature_contract(feature: str, has: set[str]) -> str:
    lines = [" ".join(_present(line.split(), has)) for line in LAYERS]
    title = f"imports in {feature} point down"
    return _contract(feature, title, "layers", layers=[line for line in lines if line], containers=[feature])


def _present(words: list[str], has: set[str]) -> list[str]:
    """Layers of a line that exist, with the separator between each two (`|`: they may not import each other)."""
    separator = next((word for word in words if not word.isidentifier()), "")
    kept = [word for word in words if word in has]
    return [part for word in kept for part in (word, separator)][:-1]


def _pure_contract(feature: str, has: set[str]) -> list[str]:
    modules = [f"{feature}.{layer}" for layer in PURE if layer in has]
    if not modules:
        return []
    title = f"{feature} decides without input or output"
    names = {"source_modules": modules, "forbidden_modules": list(INPUT_OUTPUT)}
    return [_contract(f"{feature}.pure", title, "forbidden", allow_indirect_imports="True", **names)]


def _contract(key: str, title: str, kind: str, **values: list[str] | str) -> str:
    return _section(f"importlinter:contract:{key}", name=title, type=kind, **values)


def _section(header: str, /, **values: list[str] | str) -> str:
    lines = [f"[{header}]"]
    for key, value in values.items():
        text = value if isinstance(value, str) else "".join(f"\n    {item}" for item in value)
        lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"
