#!/usr/bin/env python3
"""Makes events as a small shop would, and puts them onto the stream, at a rate and in batches. A seed makes them again."""

from __future__ import annotations

import argparse
import itertools
import random
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import names
from event_producer import EventProducer
from events import Event

TYPES = ("user", "system", "transaction")
WEIGHTS = (6, 3, 1)
ACTIONS = ("login", "logout", "view", "search", "add_to_cart", "checkout")
COMPONENTS = ("api", "worker", "database", "cache")
LEVELS = ("DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR")
STATUSES = ("authorized", "captured", "captured", "refused", "refunded")
CURRENCIES = ("EUR", "USD", "GBP")


class EventGenerator:
    """An endless, seeded source of events; their times run from `start` in steps of up to a second."""

    def __init__(self, seed: int | None = None, types: tuple[str, ...] = TYPES, start: datetime | None = None):
        self.random = random.Random(seed)
        self.types = types
        self.weights = [WEIGHTS[TYPES.index(event_type)] for event_type in types]
        self.time = (start or datetime.now(timezone.utc)).replace(microsecond=0)

    def __iter__(self) -> Iterator[Event]:
        while True:
            event_type = self.random.choices(self.types, self.weights)[0]
            yield self._common(event_type) | getattr(self, f"_{event_type}")()

    def _common(self, event_type: str) -> Event:
        self.time += timedelta(milliseconds=self.random.randrange(1000))
        return {
            "eventId": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "eventType": event_type,
            "eventTime": self.time,
        }

    def _user_id(self) -> str:
        return f"user-{self.random.randrange(2000):04}"

    def _user(self) -> Event:
        return {
            "userId": self._user_id(),
            "action": self.random.choice(ACTIONS),
            "sessionId": self.random.choice([None, f"session-{self.random.randrange(10**6)}"]),
            "attributes": {"page": f"/products/{self.random.randrange(500)}", "browser": "Zoë's 浏览器"},
        }

    def _system(self) -> Event:
        component = self.random.choice(COMPONENTS)
        return {
            "host": f"host-{self.random.randrange(50):02}",
            "component": component,
            "level": self.random.choice(LEVELS),
            "message": f"{component} reports",
            "metrics": {"cpu": round(self.random.random() * 100, 2), "queue": float(self.random.randrange(100))},
        }

    def _transaction(self) -> Event:
        count = self.random.randrange(1, 4)
        return {
            "transactionId": f"tx-{self.random.getrandbits(48):012x}",
            "userId": self._user_id(),
            "amount": Decimal(self.random.randrange(100, 10**6)).scaleb(-2),
            "currency": self.random.choice(CURRENCIES),
            "status": self.random.choice(STATUSES),
            "items": [{"sku": f"sku-{self.random.randrange(500)}", "quantity": self.random.randrange(1, 9)}
                      for _ in range(count)],
        }


def put_at_rate(producer: EventProducer, events: Iterator[Event], count: int, rate: float, batch: int) -> Iterator[int]:
    """Puts `count` events in batches, no faster than `rate` a second (0: as fast as it goes); yields the sum after each."""
    begun, put = time.monotonic(), 0
    while put < count:
        put += producer.put_all(itertools.islice(events, min(batch, count - put)))
        yield put
        if rate:
            time.sleep(max(0.0, begun + put / rate - time.monotonic()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", default=names.STREAM)
    parser.add_argument("--registry", default=names.REGISTRY)
    parser.add_argument("--count", type=int, default=1000, help="how many events (default 1000)")
    parser.add_argument("--rate", type=float, default=0, help="events a second at most (default: no limit)")
    parser.add_argument("--batch", type=int, default=500, help="events a PutRecords call (default 500)")
    parser.add_argument("--types", nargs="+", choices=TYPES, default=TYPES)
    parser.add_argument("--seed", type=int, help="the same seed makes the same events")
    arguments = parser.parse_args()
    producer = EventProducer(arguments.stream, arguments.registry)
    events = iter(EventGenerator(arguments.seed, tuple(arguments.types)))
    for put in put_at_rate(producer, events, arguments.count, arguments.rate, arguments.batch):
        print(f"{put} of {arguments.count} events", flush=True)
    print(f"done; {producer.retried} records were tried again")


if __name__ == "__main__":
    main()
