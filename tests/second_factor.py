"""The app on a colleague's telephone that shows codes (RFC 6238)."""

import base64
import hmac
import time

SECONDS = 30


def code(secret: str, later: int = 0) -> str:
    """What the app shows now, or so many codes later."""
    counter = int(time.time()) // SECONDS + later
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
