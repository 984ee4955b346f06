"""A user of the public API: signs up, sends JSON, waits when told to."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from crm_tools.trouble import Trouble

TRIES = 30


class Client:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._headers = {"Content-Type": "application/json"}

    def sign_up(self, email: str, password: str, *, name: str) -> None:
        session = self.post("/auth/v1/signup", {"email": email, "password": password, "data": {"name": name}})
        self._headers["Authorization"] = f"Bearer {session['access_token']}"

    def get(self, path: str) -> Any:
        return self._send("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        return self._send("POST", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._send("PATCH", path, body)

    def _send(self, method: str, path: str, body: Any) -> Any:
        # The key lets a request be repeated that was refused for the moment, without doing it twice.
        headers = self._headers | {"Idempotency-Key": str(uuid.uuid4())}
        data = None if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            request = urllib.request.Request(self.base_url + path, data, headers, method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise Trouble(f"{method} {path} was refused: {_detail(error)}") from None
                time.sleep(float(error.headers.get("Retry-After", 1)))
            except urllib.error.URLError as error:
                raise Trouble(f"{self.base_url} does not answer ({error.reason}): is it running?") from None
        raise Trouble(f"{method} {path} was put off {TRIES} times: look at `make status`.")


def _detail(error: urllib.error.HTTPError) -> str:
    """What a problem says, or the auth protocol's message."""
    try:
        problem = json.load(error)
    except ValueError:
        return f"status {error.code}"
    first = (problem.get("errors") or [{}])[0]
    where = f" ({first['pointer']}: {first['detail']})" if first else ""
    return f"{problem.get('detail') or problem.get('msg')}{where}"
