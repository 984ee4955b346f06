"""Every forged token is refused with one and the same answer, and the good one beside it passes.

Each forgery is made with the issuer's real key where that is possible, so that it is refused for its own fault and
not for a bad signature.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, RSAKey

from crm_auth import InvalidToken, Issuer, KeySet, Verifier

ISSUER = "https://crm.test/auth/v1"
Forge = Callable[[Any, ECKey], str]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _raw(head: bytes, body: bytes, key: ECKey) -> str:
    """Any bytes, truly signed with ES256: what no library would encode."""
    text = f"{_b64(head)}.{_b64(body)}"
    private: Any = key.private_key
    r, s = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{_b64(r.to_bytes(32) + s.to_bytes(32))}"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _head(key: ECKey, **more: Any) -> bytes:
    return _json({"alg": "ES256", "typ": "JWT", "kid": key.kid, **more})


def _hs256(sign: Any, key: ECKey, secret: bytes, **header: Any) -> str:
    text = f"{_b64(_json({'alg': 'HS256', 'typ': 'JWT', **header}))}.{_b64(_json(sign.claims()))}"
    return f"{text}.{_b64(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def _public(key: ECKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def _with_header(**members: Any) -> Forge:
    return lambda sign, key: _raw(_head(key, **members), _json(sign.claims()), key)


def _with_claims(**changed: Any) -> Forge:
    return lambda sign, key: _raw(_head(key), _json(sign.claims(**changed)), key)


def _with_body(change: Callable[[str], bytes]) -> Forge:
    return lambda sign, key: _raw(_head(key), change(json.dumps(sign.claims())), key)


def _unsigned(alg: str) -> Forge:
    return lambda sign, key: f"{_b64(_head(key, alg=alg))}.{_b64(_json(sign.claims()))}."


def _spare_bits(sign: Any, key: ECKey) -> str:
    """64 bytes leave two unused bits in the last character: another spelling of the same signature."""
    token: str = sign.token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def _json_serialisation(sign: Any, key: ECKey) -> str:
    head, body, signature = sign.token().split(".")
    return json.dumps({"protected": head, "payload": body, "signature": signature})


def _deep(sign: Any, key: ECKey) -> str:
    # A list in a list, 2,000 times: small, rightly signed, and the end of a recursive parser.
    return _raw(_head(key), json.dumps(sign.claims())[:-1].encode() + b',"x":' + b"[" * 2000 + b"]" * 2000 + b"}", key)


FORGED: dict[str, Forge] = {
    "alg none": _unsigned("none"),
    "alg nOnE": _unsigned("nOnE"),
    "alg none with a signature": _with_header(alg="none"),
    "HS256 keyed with the public PEM": lambda sign, key: _hs256(sign, key, key.as_pem(private=False), kid=key.kid),
    "HS256 keyed with the public DER": lambda sign, key: _hs256(sign, key, key.as_der(private=False), kid=key.kid),
    "HS256 keyed with the public JWK": lambda sign, key: _hs256(sign, key, _json(_public(key)), kid=key.kid),
    "HS256 with the PEM, no kid": lambda sign, key: _hs256(sign, key, key.as_pem(private=False)),
    "HS256 with an empty secret": lambda sign, key: _hs256(sign, key, b""),
    "alg in lower case": _with_header(alg="es256"),
    "alg of another key type": _with_header(alg="RS256"),
    "alg is a list": _with_header(alg=["ES256"]),
    "unknown crit": _with_header(crit=["exp"]),
    "b64 false": _with_header(b64=False, crit=["b64"]),
    "jwk brought along": lambda sign, key: _with_header(jwk=_public(key))(sign, key),
    "jku": _with_header(jku="https://evil.test/keys"),
    "x5u": _with_header(x5u="https://evil.test/cert"),
    "x5c": _with_header(x5c=["MIIB"]),
    "zip": _with_header(zip="DEF"),
    "other typ": _with_header(typ="at+jwt"),
    "typ missing": lambda sign, key: _raw(_json({"alg": "ES256", "kid": key.kid}), _json(sign.claims()), key),
    "JSON serialisation": _json_serialisation,
    "JWE (five parts)": lambda sign, key: sign.token() + ".AAAA.AAAA",
    "four parts": lambda sign, key: sign.token() + ".AAAA",
    "two parts": lambda sign, key: sign.token().rsplit(".", 1)[0],
    "no signature": lambda sign, key: sign.token().rsplit(".", 1)[0] + ".",
    "signature of another token": lambda sign, key: (
        sign.token(email="a@b.c").rsplit(".", 1)[0] + "." + sign.token().rsplit(".", 1)[1]
    ),
    "signed by another key under a known kid": lambda sign, key: _raw(
        _head(key), _json(sign.claims()), ECKey.generate_key("P-256")
    ),
    "duplicate header member": lambda sign, key: _raw(_head(key)[:-1] + b',"alg":"ES256"}', _json(sign.claims()), key),
    "duplicate claim": _with_body(lambda text: text[:-1].encode() + b',"sub":"5b3f1d1e-4c5a-4a1e-9d5e-3f0a4b2c1d01"}'),
    "duplicate claim deep inside": _with_body(lambda text: text[:-1].encode() + b',"x":{"a":1,"a":2}}'),
    "UTF-16 claims": _with_body(lambda text: text.encode("utf-16")),
    "UTF-16 header": lambda sign, key: _raw(_head(key).decode().encode("utf-16"), _json(sign.claims()), key),
    "byte order mark": _with_body(lambda text: b"\xef\xbb\xbf" + text.encode()),
    "broken UTF-8": _with_body(lambda text: text.encode().replace(b"ada@", b"\xff\xfe@")),
    "spare bits": _spare_bits,
    "padding": lambda sign, key: sign.token() + "=",
    "padding in the middle": lambda sign, key: sign.token().replace(".", "=.", 1),
    "trailing newline": lambda sign, key: sign.token() + "\n",
    "leading space": lambda sign, key: " " + sign.token(),
    "not ASCII": lambda sign, key: sign.token() + "é",
    "claims are a list": _with_body(lambda text: b"[" + text.encode() + b"]"),
    "claims are text": _with_body(lambda text: json.dumps(text).encode()),
    "claims are no JSON": _with_body(lambda text: b"not json"),
    "header is a list": lambda sign, key: _raw(b'["ES256"]', _json(sign.claims()), key),
    "exp missing": _with_claims(exp=...),
    "exp is text": _with_body(lambda text: text.replace('"exp": ', '"exp": "').replace(', "iat"', '", "iat"').encode()),
    "exp is true": _with_claims(exp=True),
    "exp is null": _with_claims(exp=None),
    "exp is NaN": _with_claims(exp=float("nan")),
    "exp is Infinity": _with_claims(exp=float("inf")),
    "exp is 1e400": _with_body(lambda text: text.encode().replace(b'"exp": ', b'"exp": 1e400, "was": ')),
    "exp is past": _with_claims(exp=1_000_000_000),
    "iat missing": _with_claims(iat=...),
    "iat in the future": _with_claims(iat=99_999_999_999),
    "nbf in the future": _with_claims(nbf=99_999_999_999),
    "nbf is text": _with_claims(nbf="0"),
    "aud missing": _with_claims(aud=...),
    "aud wrong": _with_claims(aud="anon"),
    "aud is a list without us": _with_claims(aud=["anon", "other"]),
    "aud is an object": _with_claims(aud={"authenticated": True}),
    "iss missing": _with_claims(iss=...),
    "iss is a list": _with_claims(iss=[ISSUER]),
    "iss is a prefix": _with_claims(iss="https://crm.test/auth"),
    "iss goes on": _with_claims(iss=ISSUER + "/"),
    "sub missing": _with_claims(sub=...),
    "sub is a number": _with_claims(sub=7),
    "sub is no UUID": _with_claims(sub="ada"),
    "sub is a UUID in braces": _with_claims(sub="{5b3f1d1e-4c5a-4a1e-9d5e-3f0a4b2c1d00}"),
    "session_id missing": _with_claims(session_id=...),
    "session_id is no UUID": _with_claims(session_id="1"),
    "role missing": _with_claims(role=...),
    "role of a service key": _with_claims(role="service_role"),
    "role of a publishable key": _with_claims(role="anon"),
    "role is a list": _with_claims(role=["authenticated"]),
    "anonymous": _with_claims(is_anonymous=True),
    "anonymous by a truthy value": _with_claims(is_anonymous="false"),
    "kid missing": lambda sign, key: _raw(_json({"alg": "ES256", "typ": "JWT"}), _json(sign.claims()), key),
    "kid is a list": _with_header(kid=["key-1"]),
    "kid is a path": _with_header(kid="../../etc/passwd"),
    "kid is SQL": _with_header(kid="' or 1=1 --"),
    "kid is empty": _with_header(kid=""),
    "kid is long": _with_header(kid="k" * 5000),
    "2,000-deep nesting": _deep,
    "longer than 8 KiB": _with_claims(user_metadata={"name": "A" * 8000}),
    "empty": lambda sign, key: "",
    "dots": lambda sign, key: "..",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_is_refused_and_the_good_one_beside_it_passes(
    verifier: Verifier, sign: Any, published: Any, forge: Forge
) -> None:
    assert (await verifier.verify(sign.token())).email == "ada@example.org"

    with pytest.raises(InvalidToken) as refused:
        await verifier.verify(forge(sign, published.keys[-1]))

    # One answer for all: what is told must not depend on what was wrong.
    assert (refused.value.status, refused.value.code) == (401, "invalid_token")
    assert refused.value.detail == InvalidToken.detail
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}


async def test_the_signing_of_these_tests_makes_good_tokens(verifier: Verifier, sign: Any, published: Any) -> None:
    """The control of the corpus: the same hand-made token without a fault is accepted."""
    key = published.keys[-1]

    assert (await verifier.verify(_raw(_head(key), _json(sign.claims()), key))).name == "Ada"


@pytest.mark.parametrize(
    "changed", [{"aud": ["other", "authenticated"]}, {"exp": ...}, {"nbf": 0}, {"is_anonymous": ...}], ids=str
)
async def test_what_is_allowed_passes(verifier: Verifier, sign: Any, clock: Any, changed: dict[str, Any]) -> None:
    if changed.get("exp") is ...:
        changed = {"exp": clock() - 29}  # within the leeway

    assert await verifier.verify(sign.token(**changed))


class TestAlgorithms:
    async def test_rs256_only_where_the_issuer_has_it(self, published: Any, sign: Any, clock: Any) -> None:
        key = RSAKey.generate_key(2048, {"kid": "rsa"})
        published.body = _json({"keys": [{**key.as_dict(private=False), "alg": "RS256", "use": "sig"}]})
        token = sign.token(key=key, header={"alg": "RS256"})
        keys = KeySet(published.fetch, clock=clock)

        allowed = Verifier([Issuer(ISSUER, keys, algorithms=("ES256", "RS256"))], clock=clock)
        assert await allowed.verify(token)
        with pytest.raises(InvalidToken):
            await Verifier([Issuer(ISSUER, keys)], clock=clock).verify(token)

    SECRET = b"a legacy secret of 32 bytes or more"

    @pytest.mark.parametrize(
        "issuer,header,accepted",
        [
            ({"legacy_secret": SECRET}, {}, True),
            ({"secrets": {"imported": SECRET}}, {"kid": "imported"}, True),
            ({"legacy_secret": SECRET}, {"kid": "imported"}, False),
            ({"secrets": {"imported": SECRET}}, {}, False),
            ({}, {}, False),
        ],
    )
    async def test_hs256_by_the_secret_that_is_meant_and_by_no_other(
        self, published: Any, sign: Any, clock: Any, issuer: dict[str, Any], header: dict[str, Any], accepted: bool
    ) -> None:
        verifier = Verifier([Issuer(ISSUER, KeySet(published.fetch, clock=clock), **issuer)], clock=clock)
        token = _hs256(sign, published.keys[-1], self.SECRET, **header)

        if accepted:
            assert await verifier.verify(token)
        else:
            with pytest.raises(InvalidToken):
                await verifier.verify(token)

    @pytest.mark.parametrize(
        "wrong", [{"legacy_secret": b"short"}, {"algorithms": ("EdDSA",)}, {"algorithms": ("HS256",)}]
    )
    def test_a_configuration_that_is_unsafe_does_not_start(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            Issuer(ISSUER, **wrong)
