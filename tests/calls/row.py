"""A row of the table of refusals (refusals.py)."""

from __future__ import annotations

from typing import Any, NamedTuple

Body = dict[str, Any]
ACCOUNT = "000000000000"


class Row(NamedTuple):
    mode: str
    service: str
    operation: str
    error: str  # *: any
    body: Body | bytes
    times: int = 1  # at most so often, until it is refused so
    credential: str = "test/20260101/us-east-1"  # of REST
