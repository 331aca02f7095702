"""Identifiers that look like AWS's and depend on nothing but their name."""

from __future__ import annotations

import base64
import hashlib
import uuid


def digest(*parts: object) -> bytes:
    """32 bytes of the parts' SHA-256; a NUL closes each, so that no two lists of parts run together."""
    state = hashlib.sha256()
    for part in parts:
        state.update(str(part).encode() + b"\0")
    return state.digest()


def uuid_of(*parts: object) -> str:
    """A random-looking UUID (version 4 by its bits)."""
    return str(uuid.UUID(bytes=digest(*parts)[:16], version=4))


def letters(length: int, *parts: object) -> str:
    """Upper-case letters and digits 2 to 7, as in access key and role ids."""
    return base64.b32encode(digest(*parts)).decode()[:length]


def temporary_key(*parts: object) -> str:
    """The id of temporary credentials: `ASIA…`. There is no secret behind it."""
    return "ASIA" + letters(16, "key", *parts)


def fraction(*parts: object) -> float:
    """A number from 0 up to 1."""
    return int.from_bytes(digest(*parts)[:6], "big") / 2**48


def pick(low: int, high: int, *parts: object) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(fraction(*parts) * (high - low + 1))
