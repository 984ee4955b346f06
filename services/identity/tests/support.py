"""What the tests share: a client that behaves as our gateway in front of the service, and the operator's outbox."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, Literal, Self
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import httpx2
from supabase_auth import SyncGoTrueClient

from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running

PUBLIC_URL = "http://localhost:8000"
NEW_FORM = {"X-Supabase-Api-Version": "2024-01-01"}
PASSWORD = "correct horse battery"


class Api:
    """Raw HTTP to `/auth/v1/...` with the headers that the gateway would add."""

    def __init__(self, http: httpx2.Client, running: Running) -> None:
        self.http = http
        self.running = running

    @classmethod
    def of(cls, running: Running) -> Self:
        return cls(httpx2.Client(base_url=running.base_url, headers=internal_headers(), timeout=30), running)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        head = {**NEW_FORM, **(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.http.request(method, f"/auth/v1{path}", json=body, headers=head)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return self.call("POST", path, {} if body is None else body, **more)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.call("GET", path, **more)

    def sign_up(self, email: str, password: str = PASSWORD, **data: Any) -> dict[str, Any]:
        answer = self.post("/signup", {"email": email, "password": password, "data": data})
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        return session

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        return self.post("/token?grant_type=password", {"email": email, "password": password})

    def refresh(self, token: str) -> httpx2.Response:
        return self.post("/token?grant_type=refresh_token", {"refresh_token": token})

    def client(self, flow_type: Literal["pkce", "implicit"] = "implicit") -> SyncGoTrueClient:
        """The unmodified Supabase client; only its transport adds what the gateway would."""
        headers = internal_headers()
        return SyncGoTrueClient(
            url=f"{self.running.base_url}/auth/v1",
            auto_refresh_token=False,
            flow_type=flow_type,
            http_client=httpx.Client(headers=headers, timeout=30),
        )


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        found = re.search(r"\b(\d{6})\b", self.text)
        assert found, self.text
        return found[1]

    @property
    def link(self) -> str:
        found = re.search(r"https?://\S+", self.text)
        assert found, self.text
        return found[0]

    @property
    def token_hash(self) -> str:
        return parse_qs(urlsplit(self.link).query)["token_hash"][0]


class Outbox:
    """The operator's page, as JSON."""

    def __init__(self, metrics_url: str) -> None:
        self._url = f"{metrics_url}/outbox"

    def mails(self, to: str) -> list[Mail]:
        """Newest first."""
        answer = httpx2.get(self._url, params={"to": to}, headers={"Accept": "application/json"})
        answer.raise_for_status()
        return [Mail(mail["to"], mail["subject"], mail["text"], mail["html"]) for mail in answer.json()["items"]]

    def newest(self, to: str) -> Mail:
        mails = self.mails(to)
        assert mails, f"no mail to {to}"
        return mails[0]


def claims_of(jwt: str) -> dict[str, Any]:
    """Read, not verified."""
    body = jwt.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


class Team:
    """Somebody with a workspace; calls come as the gateway would forward them, with the role that identity knows."""

    def __init__(self, running: Running, session: dict[str, Any]) -> None:
        self.running = running
        self.session = session
        self.user_id: str = session["user"]["id"]
        self.extra: dict[str, str] = {}
        self.workspace_id: str = self.membership().json()["workspace"]["id"]

    def membership(self, workspace_id: str | None = None) -> httpx2.Response:
        query = {"workspace_id": workspace_id} if workspace_id else {}
        headers = internal_headers() | {"Authorization": f"Bearer {self.session['access_token']}"}
        return httpx2.get(f"{self.running.base_url}/internal/membership", params=query, headers=headers)

    def call(
        self, method: str, path: str, body: Any = None, *, workspace_id: str | None = None, **headers: str
    ) -> httpx2.Response:
        """404 where the gateway would say it: when the caller is nobody in the workspace."""
        found = self.membership(workspace_id or self.workspace_id)
        if found.status_code != 200:
            return found
        known = found.json()
        head = internal_headers() | {
            "Authorization": f"Bearer {self.session['access_token']}",
            "X-Internal-Workspace": known["workspace"]["id"],
            "X-Internal-Role": known["role"],
            "X-Internal-User": self.user_id,
            "X-Internal-Actor": quote(known["user"]["name"]),
        }
        more = {"-".join(part.capitalize() for part in name.split("_")): value for name, value in headers.items()}
        return httpx2.request(
            method, f"{self.running.base_url}/api/v1{path}", json=body, headers=head | self.extra | more, timeout=30
        )

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        return self.call("POST", path, body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        return self.call("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> httpx2.Response:
        return self.call("DELETE", path, **more)
