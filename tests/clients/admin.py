"""Our own pages, as a test asks them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import Any


class Refused(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


def ask(url: str, page: str, method: str | None = None, **members: Any) -> dict[str, Any]:
    """A GET without members, else a POST; `method` says otherwise."""
    body = json.dumps(members).encode() if members else b"{}" if method == "POST" else None
    request = urllib.request.Request(f"{url}/_evpoc/{page}", data=body, method=method, headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        raise Refused(error.code, json.loads(text).get("message", "") if text else "") from None


@contextmanager
def stopped_clock(url: str):
    """The emulator's time stands still; move it by `advance`. Only for an emulator of the test's own."""
    ask(url, "clock", freeze=True)
    yield
    ask(url, "clock", resume=True)
