"""A copy of the repository to add something to, as somebody who has just cloned it would."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from crm_testkit.repository import ROOT


def copy(target: Path) -> Path:
    """What git knows of, without the web app, which nothing here looks at."""
    for name in _files(ROOT):
        if not name.startswith("web/") and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / "tools" / ".uv").symlink_to(ROOT / "tools" / ".uv")
    _stand_in_for_the_web_app(target)
    run("git", "init", "--quiet", ".", cwd=target)
    return target


def contents(root: Path) -> dict[str, bytes]:
    """Each file by its path, without what git ignores."""
    return {name: (root / name).read_bytes() for name in _files(root) if (root / name).is_file()}


def run(*command: object, cwd: Path, **environ: str) -> str:
    own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    argv = [str(part) for part in command]
    done = subprocess.run(argv, cwd=cwd, env=os.environ | own | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout


def _files(root: Path) -> list[str]:
    return run("git", "ls-files", "-co", "--exclude-standard", cwd=root).splitlines()


def _stand_in_for_the_web_app(root: Path) -> None:
    """An empty page that counts as built from no sources."""
    (root / "web" / "dist").mkdir(parents=True)
    (root / "web" / "dist" / "index.html").write_text("<!doctype html>")
    (root / "build").mkdir(exist_ok=True)
    (root / "build" / "web-build").write_text(hashlib.sha256().hexdigest())
