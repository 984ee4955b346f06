"""Postgres refuses to run as root, so root starts it under an account that owns nothing but the database."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from crm_tools.child import Account
from crm_tools.trouble import Trouble

NAME = "mini-crm"


def database_account() -> Account | None:
    """None for an ordinary user, who runs Postgres as what they are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(NAME, entry.pw_uid, entry.pw_gid)


def _create() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    mend = f"create the user that runs Postgres by hand (`{' '.join(command)}`), or start as an ordinary user"
    if shutil.which(command[0]) is None:
        raise Trouble(f"Postgres does not run as root, and this machine has no useradd: {mend}.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(NAME)  # made by us, or by another start in the same moment
    except KeyError:
        raise Trouble(f"Postgres does not run as root, and useradd failed ({done.stderr.strip()}): {mend}.") from None


def closed_folder(path: Path, account: Account) -> Path | None:
    """The first folder on the way to `path`, itself included, that the account may not pass; None if it reaches it."""
    groups = {account.gid, *(group.gr_gid for group in grp.getgrall() if account.name in group.gr_mem)}
    for folder in [*reversed(path.resolve().parents), path.resolve()]:
        if folder.is_dir() and not _may_pass(folder, account.uid, groups):
            return folder
    return None


def _may_pass(folder: Path, uid: int, groups: set[int]) -> bool:
    status = folder.stat()
    if status.st_uid == uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid in groups:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)
