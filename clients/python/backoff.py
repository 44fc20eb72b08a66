"""Waiting between tries: exponential, with full jitter, so that many who failed together do not come back together."""

import random
from collections.abc import Iterator


def delays(tries: int, base_seconds: float = 0.05, limit_seconds: float = 5.0) -> Iterator[float]:
    """How long to wait before each new try, at most `tries` times."""
    for number in range(tries):
        yield random.uniform(0, min(limit_seconds, base_seconds * 2**number))
