"""Waiting for what happens soon, without sleeping for a guessed time."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
PAUSE_S = 0.05


async def eventually(fn: Callable[[], T | Awaitable[T]], *, has: Any = None, within_s: float = 5) -> T:
    """Asks `fn` until its answer is truthy, or contains `has`, and returns that answer.

    `has` is looked for with `in`; in a list of dicts and the like it is looked for in its text. An exception counts as
    "not yet". After `within_s` seconds it fails and tells what it saw last.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + within_s
    while True:
        seen: Any
        try:
            seen = fn()
            if inspect.isawaitable(seen):
                seen = await seen
            if bool(seen) if has is None else _contains(seen, has):
                return cast(T, seen)
        except Exception as error:
            seen = error
        if clock() >= deadline:
            wanted = "something true" if has is None else repr(has)
            cause = seen if isinstance(seen, Exception) else None
            raise AssertionError(f"waited {within_s} s for {wanted}; saw last: {seen!r}") from cause
        await asyncio.sleep(PAUSE_S)


def _contains(seen: Any, has: Any) -> bool:
    if isinstance(seen, str | bytes | dict | set | frozenset) or not isinstance(has, str):
        return has in seen
    return has in str(seen)
