"""Prepares the environments of the deployables: `python3 tools/env.py contacts gateway --dev`.

Runs under any Python from 3.11 on with nothing installed, so it imports the standard library only. It makes
`tools/.uv` (uv alone, pinned by hash in bootstrap.lock), and with that uv one `.venv` a deployable: the deployable's
lock, then its internal packages by path, without dependencies. What is current already is left alone, which takes
some milliseconds, so every command may begin with it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_tools.trouble import Trouble

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / "tools"
UV_HOME = TOOLS / ".uv"
OLDEST_PYTHON = (3, 11)
TEST_PACKAGES = ["crm_testkit"]


@dataclass(frozen=True)
class Deployable:
    """A folder with its own pyproject.toml, locks and .venv: the gateway, a service, the folders of tests and tools."""

    name: str
    folder: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def pyproject(self) -> Path:
        return self.folder / "pyproject.toml"

    def lock(self, *, dev: bool) -> Path:
        return self.folder / ("requirements-dev.lock" if dev else "requirements.lock")

    def packages(self, *, dev: bool) -> list[Path]:
        """Folders of the internal packages it uses; those of its tests come on top with dev."""
        names = tomllib.loads(self.pyproject.read_text()).get("tool", {}).get("crm", {}).get("packages", [])
        if names == ["*"]:
            return sorted(file.parent for file in (ROOT / "packages").glob("*/pyproject.toml"))
        return [ROOT / "packages" / name for name in dict.fromkeys(names + (TEST_PACKAGES if dev else []))]


def deployables() -> dict[str, Deployable]:
    """Every deployable of the repository by name; a folder becomes one by having a pyproject.toml."""
    folders = [ROOT / "gateway", *sorted((ROOT / "services").glob("*")), ROOT / "packages", TOOLS, ROOT / "tests"]
    return {folder.name: Deployable(folder.name, folder) for folder in folders if (folder / "pyproject.toml").is_file()}


def ensure(names: Sequence[str], *, dev: bool = False) -> None:
    """Makes the named environments current. With dev they hold the test tools too."""
    if sys.version_info < OLDEST_PYTHON:
        version = sys.version.split()[0]
        raise Trouble(
            f"Python {version} is too old: use Python 3.11 or newer, for instance `make up PYTHON=python3.12`."
        )
    known = deployables()
    for name in names:
        if name not in known:
            raise Trouble(f"There is no deployable called {name!r}: the repository has {', '.join(known)}.")
        _ensure_one(known[name], dev=dev)


def uv() -> Path:
    """Path of our own uv, made at the first call."""
    _once(UV_HOME, _digest([TOOLS / "bootstrap.lock"]), _install_uv)
    return UV_HOME / "bin" / "uv"


def ensure_tool(home: Path, lock: Path, *, what: str) -> None:
    """An environment for one program that few need, made at the first call."""

    def install() -> None:
        _say(f"{what} ...")
        run_uv("venv", "--clear", "--quiet", "--python", _base_python(), home, what=what)
        run_uv("pip", "sync", "--quiet", "--require-hashes", "--python", home / "bin" / "python", lock, what=what)

    _once(home, _digest([lock]), install)


def _once(home: Path, wanted: str, install: Callable[[], None]) -> None:
    if _stamp(home) != wanted:
        with _exclusive(home):
            if _stamp(home) != wanted:
                install()
                _write_stamp(home, wanted)


def run_uv(*arguments: str | Path, what: str) -> str:
    """Runs uv for `what` (a noun for the message); returns what it printed."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", "UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "0"}
    if (mirror := os.environ.get("PIP_INDEX_URL")) and "UV_DEFAULT_INDEX" not in os.environ:
        settings["UV_DEFAULT_INDEX"] = mirror  # uv does not read pip's settings
    return _run([uv(), *arguments], what=what, environ=settings | os.environ)


def is_current(deployable: Deployable) -> bool:
    """Whether it could run as it is."""
    return _stamp(deployable.venv) in _stamps(deployable).values()


def _stamps(deployable: Deployable) -> dict[str, str]:
    return {kind: _digest(_inputs(deployable, dev=kind == "dev"), kind) for kind in ("run", "dev")}


def _ensure_one(deployable: Deployable, *, dev: bool) -> None:
    stamps = _stamps(deployable)
    good = {stamps["dev"]} if dev else set(stamps.values())
    if _stamp(deployable.venv) in good:
        return
    with _exclusive(deployable.venv):
        if _stamp(deployable.venv) in good:
            return
        began = time.monotonic()
        # An environment that had the test tools keeps them: a developer's `make up` must not break the next `pytest`.
        dev = dev or (deployable.venv / ".dev").exists()
        _say(f"environment of {deployable.name} ...")
        _install(deployable, dev=dev)
        if dev:
            (deployable.venv / ".dev").touch()
        _write_stamp(deployable.venv, stamps["dev" if dev else "run"])
        _say(f"environment of {deployable.name} is ready ({time.monotonic() - began:.1f} s)")


def _install(deployable: Deployable, *, dev: bool) -> None:
    what = f"the environment of {deployable.name}"
    lock = deployable.lock(dev=dev)
    if not lock.exists():
        raise Trouble(f"{lock.relative_to(ROOT)} is missing: run `python3 tools/lock.py {deployable.name}`.")
    if not _same_python(deployable):
        run_uv("venv", "--clear", "--quiet", "--python", _base_python(), deployable.venv, what=what)
    target: list[str | Path] = ["--python", deployable.python]
    run_uv("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", *target, lock, what=what)
    if sources := _editable(deployable, dev=dev):
        build_tools: list[str | Path] = ["--build-constraints", TOOLS / "build.lock"]
        paths = [argument for source in sources for argument in ("--editable", source)]
        run_uv("pip", "install", "--quiet", "--no-deps", *build_tools, *target, *paths, what=what)


def _editable(deployable: Deployable, *, dev: bool) -> list[Path]:
    own = [deployable.folder] if (deployable.folder / "src").is_dir() else []
    return own + deployable.packages(dev=dev)


def _inputs(deployable: Deployable, *, dev: bool) -> list[Path]:
    packages = [package / "pyproject.toml" for package in deployable.packages(dev=dev)]
    return [deployable.lock(dev=dev), deployable.pyproject, *packages, TOOLS / "build.lock"]


def _digest(files: Sequence[Path], *more: str) -> str:
    digest = hashlib.sha256(repr((sys.version_info[:3], _base_python(), more)).encode())
    for file in files:
        digest.update(file.read_bytes() if file.exists() else b"absent")
    return digest.hexdigest()


def _stamp(venv: Path) -> str | None:
    with contextlib.suppress(OSError):
        return (venv / ".stamp").read_text()
    return None


def _write_stamp(venv: Path, stamp: str) -> None:
    (venv / ".stamp").write_text(stamp)


def _base_python() -> str:
    # Inside a virtual environment sys.executable would make ours depend on that one. The real path is the same however
    # Python was called (python3, python3.11), so that environments are not made anew for nothing.
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _same_python(deployable: Deployable) -> bool:
    config = deployable.venv / "pyvenv.cfg"
    return deployable.python.exists() and f"version_info = {sys.version.split()[0]}" in config.read_text()


def _install_uv() -> None:
    _say("uv ...")
    shutil.rmtree(UV_HOME, ignore_errors=True)
    what = "uv, which prepares the environments,"
    own_pip = importlib.util.find_spec("ensurepip") is not None
    _run([_base_python(), "-m", "venv", *([] if own_pip else ["--without-pip"]), UV_HOME], what=what)
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    pip: list[str | Path] = [UV_HOME / "bin" / "python", "-m", "pip"]
    if not own_pip:
        if importlib.util.find_spec("pip") is None:
            package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            raise Trouble(f"This Python has no pip: install it (on Debian and Ubuntu: apt-get install {package}).")
        pip = [Path(_base_python()), "-m", "pip", "--python", UV_HOME / "bin" / "python"]
    _run([*pip, *install, "-r", TOOLS / "bootstrap.lock"], what=what)


def _run(command: Sequence[str | Path], *, what: str, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=environ, stdin=subprocess.DEVNULL, check=False, cwd=ROOT
    )
    if done.returncode:
        raise Trouble(explain(done.stderr + done.stdout, what=what))
    return done.stdout


NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|dns error|Failed to establish a new connection|error sending request"
    r"|Network is unreachable|Connection refused|ConnectTimeout|timed out|tcp connect error"
    r"|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|from versions: none",
    re.IGNORECASE,
)
DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded|os error 28|ENOSPC", re.IGNORECASE)


def explain(output: str, *, what: str) -> str:
    """One sentence with the mend for the failure of pip, uv or npm that printed `output`."""
    if DISK_FULL.search(output):
        return f"The disk is full, so {what} could not be installed: free about 1 GB and run the command again."
    if NO_NETWORK.search(output):
        return f"The network does not answer, so {what} could not be fetched: connect, and run the command again."
    if re.search(r"hash mismatch|DO NOT MATCH THE HASHES", output, re.IGNORECASE):
        return (
            f"What was downloaded for {what} is not what the lock names: run the command again on a network you trust."
        )
    tail = "\n".join(output.strip().splitlines()[-12:])
    return f"Installing {what} failed:\n{tail}"


@contextlib.contextmanager
def _exclusive(venv: Path) -> Iterator[None]:
    """Two commands may prepare the same environment at once: the second waits for the first."""
    import fcntl

    with open(venv.parent / f"{venv.name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="deployable", help="all, when none is named")
    parser.add_argument("--dev", action="store_true", help="with the tools of its tests")
    arguments = parser.parse_args()
    ensure(arguments.names or list(deployables()), dev=arguments.dev)
    return 0
