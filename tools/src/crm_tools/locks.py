"""Compiles the locks of deployables: `python3 tools/lock.py contacts` (all, when none is named).

A deployable has two: requirements.lock is what its image holds, requirements-dev.lock has its test tools on top, in
the same versions. Both are universal (every platform and every Python from 3.11 on), carry hashes and name no index.
What a lock has stays where it is; `--upgrade` takes the newest of everything.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from crm_tools import environments
from crm_tools.trouble import Trouble

COMMON = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-emit-index-url", "--quiet"]


def lock(deployable: environments.Deployable, *, upgrade: bool) -> None:
    runtime = _sources(deployable, dev=False)
    _compile(deployable.lock(dev=False), *runtime, deployable=deployable.name, upgrade=upgrade)
    same_versions: list[str | Path] = ["--constraints", deployable.lock(dev=False)]
    _compile(
        deployable.lock(dev=True),
        *_sources(deployable, dev=True),
        *same_versions,
        "--extra",
        "dev",
        deployable=deployable.name,
        upgrade=upgrade,
    )


def lock_bootstrap(*, upgrade: bool) -> None:
    """uv itself, the build tools of the internal packages, and Node.js for machines that have none."""
    for name in ("bootstrap", "build", "node", "bench"):
        _compile(
            environments.TOOLS / f"{name}.lock", environments.TOOLS / f"{name}.in", deployable="tools", upgrade=upgrade
        )


def stale() -> list[str]:
    """Locks that would come out otherwise if they were compiled now: somebody has changed a pyproject.toml alone."""
    changed = []
    for deployable in environments.deployables().values():
        files = [deployable.lock(dev=dev) for dev in (False, True)]
        before = [file.read_bytes() if file.exists() else b"" for file in files]
        lock(deployable, upgrade=False)
        after = [file.read_bytes() for file in files]
        for file, old, new in zip(files, before, after, strict=True):
            if old != new:
                file.write_bytes(old)
                changed.append(_relative(file))
    return changed


def _sources(deployable: environments.Deployable, *, dev: bool) -> list[Path]:
    """Its own dependencies, and those of the internal packages that it uses, since these are installed without."""
    return [deployable.pyproject, *(package / "pyproject.toml" for package in deployable.packages(dev=dev))]


def _compile(target: Path, *sources: str | Path, deployable: str, upgrade: bool) -> None:
    target_name = _relative(target)
    arguments = [_relative(source) if isinstance(source, Path) else source for source in sources]
    options = ["--custom-compile-command", f"python3 tools/lock.py {deployable}", *(["--upgrade"] if upgrade else [])]
    environments.run_uv("pip", "compile", *COMMON, *options, "--output-file", target_name, *arguments, what=target_name)


def _relative(path: Path) -> str:
    return str(path.relative_to(environments.ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="deployable")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    known = environments.deployables()
    if unknown := set(arguments.names) - set(known):
        raise Trouble(f"There is no deployable {', '.join(sorted(unknown))}: the repository has {', '.join(known)}.")
    if not arguments.names or "tools" in arguments.names:
        lock_bootstrap(upgrade=arguments.upgrade)
    for name in arguments.names or known:
        lock(known[name], upgrade=arguments.upgrade)
        print(f"locks of {name}")
    return 0
