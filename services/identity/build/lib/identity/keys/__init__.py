"""Signing keys: made, published, rotated, revoked; and the tokens that they sign."""

from identity.keys.ring import KeyRing
from identity.keys.tokens import AccessToken, BadToken, TokenReader, TokenWriter

__all__ = ["AccessToken", "BadToken", "KeyRing", "TokenReader", "TokenWriter"]
