"""The container engine of this machine, driven through its command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_tools.trouble import Trouble

# Debian's own client comes first: another `docker` on PATH may lack what this one knows.
CANDIDATES = ("/usr/bin/docker", "docker")


def docker() -> str:
    """Path of a client whose engine answers."""
    for candidate in CANDIDATES:
        path = shutil.which(candidate)
        if path and subprocess.run([path, "info"], capture_output=True, check=False).returncode == 0:
            return path
    raise Trouble("No container engine answers: install docker.io, start its service, and run the command again.")


def compose() -> list[str]:
    """`docker compose`, or docker-compose where the plugin is missing."""
    client = docker()
    if subprocess.run([client, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [client, "compose"]
    if path := shutil.which("docker-compose"):
        return [path]
    raise Trouble("Neither `docker compose` nor docker-compose is here: install docker-compose.")


def run(
    arguments: Sequence[str | Path], *, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> str:
    """Runs it to its end; answers what it printed. Raises Trouble with its last lines."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=folder,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise Trouble(f"`{' '.join(str(argument) for argument in arguments[:4])} ...` failed:\n{said}")
    return done.stdout


def has_image(name: str) -> bool:
    """Here, or to be had from the registry of images."""
    client = docker()
    for verb in (["image", "inspect"], ["pull", "--quiet"]):
        if subprocess.run([client, *verb, name], capture_output=True, check=False).returncode == 0:
            return True
    return False
