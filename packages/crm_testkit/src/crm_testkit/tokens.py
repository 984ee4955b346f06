"""An issuer for tests: signs what identity would sign, and serves its key set over real HTTP."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

KEY_SET_PATH = "/auth/v1/.well-known/jwks.json"


@dataclass(frozen=True)
class User:
    """Somebody who is signed in. `workspace_id` is one that no other test uses."""

    id: str
    email: str
    name: str
    session_id: str
    workspace_id: str
    token: str


@dataclass
class Tokens:
    """`url` is where the key set is served (CRM_IDENTITY_URL of what is tested), `issuer` what stands in the tokens."""

    url: str
    public_url: str
    keys: list[ECKey] = field(default_factory=lambda: [_new_key()])  # the last one signs
    fetches: int = 0  # how often the key set was asked for

    @property
    def issuer(self) -> str:
        return f"{self.public_url}/auth/v1"

    def user(
        self, name: str = "Ada Lovelace", *, email: str | None = None, workspace_id: str | None = None, **claims: Any
    ) -> User:
        """A new user with a token that lasts an hour; `claims` replace those it would have (None takes one out)."""
        user_id, session_id = str(uuid.uuid4()), str(uuid.uuid4())
        email = email or f"{name.split()[0].lower()}.{user_id[:8]}@example.org"
        identity = {"sub": user_id, "session_id": session_id, "email": email, "user_metadata": {"name": name}}
        token = self.sign(self.claims(**(identity | claims)))
        return User(user_id, email, name, session_id, workspace_id or str(uuid.uuid4()), token)

    def claims(self, **claims: Any) -> dict[str, Any]:
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": "authenticated",
            "exp": now + 3600,
            "iat": now,
            "sub": str(uuid.uuid4()),
            "role": "authenticated",
            "email": "",
            "phone": "",
            "session_id": str(uuid.uuid4()),
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": {},
            "is_anonymous": False,
            "jti": str(uuid.uuid4()),
        }
        return {name: value for name, value in (usual | claims).items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: ECKey | None = None, **header: Any) -> str:
        """Any claims under any header: forged tokens are made here too."""
        key = key or self.keys[-1]
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid} | header, claims, key)

    def rotate(self, *, keep_old: bool = True) -> None:
        """A new key signs from now on; the old ones stay in the set, or not."""
        self.keys = [*(self.keys if keep_old else []), _new_key()]

    def key_set(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False, alg="ES256", use="sig") for key in self.keys]}


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": str(uuid.uuid4())})


@contextlib.contextmanager
def issuer(public_url: str = "http://crm.test") -> Iterator[Tokens]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = self.path == KEY_SET_PATH
            tokens.fetches += found
            body = json.dumps(tokens.key_set() if found else {}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet: what a test sees is in its assertion."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        tokens = Tokens(f"http://127.0.0.1:{server.server_port}", public_url)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield tokens
        server.shutdown()
