"""Argon2id in a small pool of threads, so that a burst of sign-ins cannot starve the event loop or the memory."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import bcrypt
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

WAITING_MAX = 64  # at 60 ms a hash and two slots: two seconds of waiting, then "busy" is the kinder answer


class HasherBusy(Exception):
    """More sign-ins wait for a slot than can be served in time."""


class Slot:
    """The right to hash or verify now; at most `slots` exist at a time."""

    def __init__(self, argon2: PasswordHasher, threads: ThreadPoolExecutor, dummy_hash: str) -> None:
        self._argon2 = argon2
        self._threads = threads
        self._dummy_hash = dummy_hash

    async def hash(self, password: str) -> str:
        return await self._in_thread(lambda: self._argon2.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """False for a wrong password; without a hash a dummy is verified, so that it takes as long."""
        known = password_hash or self._dummy_hash
        fits = await self._in_thread(lambda: _verify(self._argon2, known, password))
        return fits and password_hash is not None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class Hasher:
    """Argon2id with the library's defaults; verifies argon2i and bcrypt too, which imported users bring."""

    def __init__(self, slots: int | None = None) -> None:
        self._argon2 = PasswordHasher()
        count = slots or os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="argon2")
        self._free = asyncio.Semaphore(count)
        self._waiting = 0
        self._dummy_hash = self._argon2.hash("a password that nobody has")

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Raises HasherBusy at once when the queue is full."""
        if self._waiting >= WAITING_MAX:
            raise HasherBusy
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield Slot(self._argon2, self._threads, self._dummy_hash)
        finally:
            self._free.release()

    async def hash(self, password: str) -> str:
        async with self.slot() as slot:
            return await slot.hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        async with self.slot() as slot:
            return await slot.verify(password, password_hash)

    def outdated(self, password_hash: str) -> bool:
        """True for bcrypt, argon2i and older settings: hash again at this sign-in."""
        return not password_hash.startswith("$argon2id$") or self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def is_known_hash(password_hash: str) -> bool:
    """Whether a password could ever be verified against it: bcrypt, argon2i or argon2id, well-formed."""
    if password_hash.startswith("$2"):
        return re.fullmatch(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}", password_hash) is not None
    try:
        return extract_parameters(password_hash).type in (Type.I, Type.ID)
    except InvalidHashError:
        return False


def _verify(argon2: PasswordHasher, password_hash: str, password: str) -> bool:
    if password_hash.startswith("$2"):
        return _verify_bcrypt(password_hash, password)
    try:
        return argon2.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _verify_bcrypt(password_hash: str, password: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode(), password_hash.encode())
    except ValueError:  # over 72 bytes, or not a bcrypt hash after all
        return False
