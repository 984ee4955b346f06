"""PKCE (RFC 7636), with the two methods that auth-js sends."""

import base64
import hashlib
import hmac
import re

CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
METHODS = ("s256", "plain")  # plain: a page over http from a host other than localhost has no WebCrypto


class BadChallenge(ValueError):
    """The sentence for the caller."""


def checked(challenge: str | None, method: str | None) -> tuple[str, str] | None:
    """(challenge, method in lower case), or None when the call is not a PKCE one."""
    if not challenge and not method:
        return None
    if not challenge or not method:
        raise BadChallenge("PKCE flow requires code_challenge_method and code_challenge")
    if not CHALLENGE.fullmatch(challenge):
        raise BadChallenge("code challenge has to be 43 to 128 characters out of A-Z a-z 0-9 - . _ ~")
    if method.lower() not in METHODS:
        raise BadChallenge("code_challenge_method has to be s256 or plain")
    return challenge, method.lower()


def fits(verifier: str, challenge: str, method: str) -> bool:
    shown = verifier if method == "plain" else s256(verifier)
    return hmac.compare_digest(shown.encode(), challenge.encode())


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
