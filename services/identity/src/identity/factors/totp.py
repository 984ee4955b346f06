"""TOTP as every authenticator app speaks it: SHA-1, 30 s, 6 digits; one step of skew, each step accepted once."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

SECRET_BYTES = 20
STEP_S = 30
DIGITS = 6
SKEW_STEPS = 1


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def accepted_step(secret: bytes, code: str, *, now: float, after_step: int) -> int | None:
    """The step whose code this is, if it is near and later than the last accepted; None for a wrong or used code."""
    hotp = HOTP(secret, DIGITS, SHA1())  # noqa: S303 - what the apps compute (RFC 6238); HMAC does not need collisions
    current = int(now // STEP_S)
    fitting = None
    for step in range(current - SKEW_STEPS, current + SKEW_STEPS + 1):
        is_right = hmac.compare_digest(hotp.generate(step), code.encode())
        if is_right and step > after_step:
            fitting = step
    return fitting


def base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, *, issuer: str, account: str) -> str:
    """For the app: what the QR code holds."""
    query = {"algorithm": "SHA1", "digits": DIGITS, "issuer": issuer, "period": STEP_S, "secret": base32(secret)}
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='@')}?{urlencode(query)}"


def qr_svg(text: str) -> str:
    """Without `#` and `%`: auth-js puts it behind `data:image/svg+xml;utf-8,` as it is."""
    matrix = list(segno.make(text, error="m").matrix_iter(border=4))
    size = len(matrix)
    squares = "".join(f"M{x},{y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="240" height="240">'
        f'<rect width="{size}" height="{size}" fill="white"/><path d="{squares}" fill="black"/></svg>'
    )
