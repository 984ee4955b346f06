"""Where a mailed link may lead (auth-protocol 6.6 and attack 11)."""

from __future__ import annotations

import pytest

from identity.codes.redirects import Redirects, with_fragment, with_query

SITE = "https://crm.example.org"
REDIRECTS = Redirects(SITE, ("https://*.example.net/cb", "https://deep.example.com/**", "myapp://callback"))


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.org/welcome?x=1",
        "https://CRM.example.org/welcome",
        "https://crm.example.org:443/",
        "https://a.example.net/cb",
        "https://deep.example.com/any/path.html",
        "myapp://callback",
        "https://crm.example.org/p#keep-out-of-matching",
    ],
)
def test_allowed(url: str) -> None:
    assert REDIRECTS.resolve(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.org",
        "//evil.org",
        "https://crm.example.org.evil.org/",
        "https://crm.example.org@evil.org/",
        "https://user:secret@crm.example.org/",
        "https://evil.org\\@crm.example.org/",
        "https://crm.example.org:8443/",
        "http://crm.example.org/",
        "javascript:alert(1)",
        "data:text/html,<script>",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://crm。example。org/",
        "https://crm.example.org\n.evil.org/",
        "https://\u0430.example.net/cb",
        "https://a.b.example.net/cb",
        "https://a.example.net/cb/../x",
        "https://evil.org/#https://deep.example.com/",
        "https://evil.org?https://deep.example.com/",
        "https://crm.example.org:99999/",
        "https://[::1",
        " https://crm.example.org/",
        "",
    ],
)
def test_refused_means_the_site_itself(url: str) -> None:
    assert REDIRECTS.resolve(url) == SITE


def test_any_port_on_loopback() -> None:
    local = Redirects("http://localhost:8000")
    assert local.allows("http://localhost:5173/app")
    assert not local.allows("http://localhost.evil.org:5173/app")


def test_the_first_given_candidate_decides() -> None:
    assert REDIRECTS.resolve(None, "", "https://a.example.net/cb") == "https://a.example.net/cb"
    assert REDIRECTS.resolve("https://evil.org", "https://a.example.net/cb") == SITE


def test_members_go_where_the_client_looks() -> None:
    assert with_query("https://x.org/p?sb_flow_id=1#f", {"code": "a b"}) == "https://x.org/p?sb_flow_id=1&code=a+b#f"
    assert with_fragment("https://x.org/p#old", {"error": "e"}) == "https://x.org/p#error=e&sb="
