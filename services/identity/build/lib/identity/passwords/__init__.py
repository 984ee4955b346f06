"""Passwords: what is accepted, how they are hashed, and how guessing is slowed down."""

from identity.passwords.hasher import Hasher, HasherBusy
from identity.passwords.policy import PasswordPolicy, Weakness, normal_form
from identity.passwords.slowdown import Slowdown

__all__ = ["Hasher", "HasherBusy", "PasswordPolicy", "Slowdown", "Weakness", "normal_form"]
