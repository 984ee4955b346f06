"""Signing keys: rotated, revoked, moved, and nobody who is signed in notices (auth-protocol 5.2)."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey
from support import PUBLIC_URL, Api, claims_of

from crm_testkit import repository
from crm_testkit.databases import Database
from crm_testkit.eventually import eventually
from crm_testkit.processes import Running, Starter


class Installation:
    """A service with keys of its own, and its `keys` command."""

    def __init__(self, start: Starter, database: Database, **environ: Any) -> None:
        self.database = database
        self.running: Running = start(
            "identity", "serve", DATABASE_URL=database.api_url, CRM_PUBLIC_URL=PUBLIC_URL, **environ
        )
        self.api = Api.of(self.running)

    def keys(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = self.running.environ | {"DATABASE_URL": self.database.worker_url}
        command = [str(repository.python("identity")), "-m", "identity", "keys", *arguments]
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, cwd=repository.folder("identity"), check=False
        )

    def kids(self) -> set[str]:
        return {key["kid"] for key in self.api.get("/.well-known/jwks.json").json()["keys"]}


@pytest.fixture
def install(start_service: Starter, fresh_database: Callable[[str], Database]) -> Callable[..., Installation]:
    return lambda **environ: Installation(start_service, fresh_database("identity"), **environ)


def head_of(jwt: str) -> dict[str, str]:
    head = jwt.split(".")[0]
    loaded: dict[str, str] = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return loaded


class TestRotation:
    async def test_nobody_notices(self, install: Callable[..., Installation], new_email: Callable[[], str]) -> None:
        here = install()
        session = here.api.sign_up(new_email())
        [old] = here.kids()
        early = here.keys("rotate")
        assert early.returncode == 1 and "no standby key" in early.stderr
        new = here.keys("standby").stdout.split()[0]
        refused = here.keys("rotate")
        assert refused.returncode == 1 and "less than 20 minutes ago" in refused.stderr
        await eventually(lambda: here.kids() == {old, new}, within_s=15)
        assert here.keys("rotate", "--at-once").returncode == 0
        await eventually(
            lambda: head_of(here.api.refresh(session["refresh_token"]).json()["access_token"])["kid"] == new,
            within_s=15,
        )
        assert here.api.get("/user", token=session["access_token"]).status_code == 200
        assert here.kids() == {old, new}
        assert "may still be in use" in here.keys("revoke", old).stderr
        assert here.keys("revoke", old, "--at-once").returncode == 0
        await eventually(lambda: here.kids() == {new}, within_s=15)
        assert here.api.get("/user", token=session["access_token"]).json()["code"] == "bad_jwt"
        assert here.keys("restore", old).returncode == 0  # any step can be taken back
        await eventually(lambda: here.api.get("/user", token=session["access_token"]).status_code == 200, within_s=15)
        assert here.keys("revoke", new).returncode == 1  # never the one that signs

    def test_each_step_is_audited(self, install: Callable[..., Installation], new_email: Callable[[], str]) -> None:
        here = install()
        here.api.sign_up(new_email())
        here.keys("standby")
        here.keys("rotate", "--at-once")
        listed = here.keys("list").stdout
        assert listed.count("previous") == 1 and listed.count("current") == 1

    def test_the_private_part_is_nowhere_in_the_clear(
        self, install: Callable[..., Installation], new_email: Callable[[], str]
    ) -> None:
        here = install()
        here.api.sign_up(new_email())
        [exported] = json.loads(here.keys("export").stdout)
        assert set(exported) >= {"d", "kid", "key_ops"} and exported["key_ops"] == ["sign", "verify"]
        assert exported["d"] not in here.running.logs
        assert all("d" not in key for key in here.api.get("/.well-known/jwks.json").json()["keys"])


class TestImport:
    def test_keys_move_between_installations(
        self, install: Callable[..., Installation], new_email: Callable[[], str], tmp_path: Path
    ) -> None:
        first = install()
        first.api.sign_up(new_email())
        exported = first.keys("export").stdout
        second = install(CRM_AUTH_JWT_KEYS=exported.strip())
        assert first.kids() == second.kids()
        token = second.api.sign_up(new_email())["access_token"]
        # a token that verifies, of a person whom the first installation does not know
        assert first.api.get("/user", token=token).json()["code"] == "user_not_found"

    def test_a_legacy_secret_verifies_tokens_without_kid_only(
        self, install: Callable[..., Installation], new_email: Callable[[], str]
    ) -> None:
        secret = "a legacy secret of 32 bytes or more"
        here = install(CRM_AUTH_JWT_SECRET=secret)
        claims = claims_of(here.api.sign_up(new_email())["access_token"])

        def signed(**header: str) -> str:
            head = {"alg": "HS256", "typ": "JWT", **header}
            return jws.serialize_compact(
                head, json.dumps(claims).encode(), OctKey.import_key(secret), algorithms=["HS256"]
            )

        assert here.api.get("/user", token=signed()).status_code == 200
        [kid] = here.kids()
        assert here.api.get("/user", token=signed(kid=kid)).json()["code"] == "bad_jwt"

    @pytest.mark.parametrize(
        ("keys", "words"),
        [
            ("nonsense", "not a JSON array"),
            ('[{"kty": "OKP", "crv": "Ed25519", "x": "x", "kid": "6f4ae5a0-0c0e-4f5e-8f0e-000000000000"}]', "OKP"),
            ('[{"kty": "oct", "k": "c2hvcnQ", "kid": "6f4ae5a0-0c0e-4f5e-8f0e-000000000000"}]', "at least 32 bytes"),
        ],
    )
    def test_unusable_keys_are_named(
        self, install: Callable[..., Installation], tmp_path: Path, keys: str, words: str
    ) -> None:
        file = tmp_path / "keys.json"
        file.write_text(keys)
        here = install()
        refused = here.keys("import", str(file))
        assert refused.returncode == 1 and words in refused.stderr
        assert "Traceback" not in refused.stderr

    def test_an_rs256_and_an_oct_key_can_sign(
        self, install: Callable[..., Installation], new_email: Callable[[], str]
    ) -> None:
        kid = "6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60"
        oct_key = {**OctKey.generate_key(256).as_dict(), "kid": kid, "alg": "HS256", "key_ops": ["sign", "verify"]}
        verifying = {**ECKey.generate_key("P-256").as_dict(private=True), "kid": kid[:-1] + "1", "key_ops": ["verify"]}
        here = install(CRM_AUTH_JWT_KEYS=json.dumps([oct_key, verifying]))
        token = here.api.sign_up(new_email())["access_token"]
        assert head_of(token) == {"alg": "HS256", "typ": "JWT", "kid": kid}
        assert here.api.get("/user", token=token).status_code == 200
        assert here.kids() == {verifying["kid"]}  # a symmetric key is never published
