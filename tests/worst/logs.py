"""CloudWatch Logs: full batches, in order and against it, to whom they are forwarded, and pages over many streams."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from case import Case

LOGS = "Logs_20140328."
PLACE = {"logGroupName": "worst", "logStreamName": "s"}
GROUP = (LOGS + "CreateLogGroup", {"logGroupName": "worst"})
MADE = [GROUP, (LOGS + "CreateLogStream", PLACE)]
STREAM = ("Kinesis_20131202.CreateStream", {"StreamName": "worst", "ShardCount": 1})


def case(name: str, operation: str, body: dict[str, Any], setup: list[Any]) -> Case:
    return Case(name, "logs", LOGS + operation, body, setup)


def batch(message: str, count: int, back_ms: int = 0, **place: str) -> dict[str, Any]:
    now = int(time.time() * 1000) - back_ms
    return {**PLACE, **place, "logEvents": [{"timestamp": now, "message": message}] * count}


def subscribed(pattern: str) -> list[Any]:
    stream = Case("", "kinesis", STREAM[0], STREAM[1])
    arn = {"destinationArn": "arn:aws:kinesis:us-east-1:000000000000:stream/worst", "roleArn": "arn:aws:iam::000000000000:role/r"}
    return [stream, *MADE, *[(LOGS + "PutSubscriptionFilter", {"logGroupName": "worst", "filterName": name, "filterPattern": pattern, **arn}) for name in "ab"]]


def batches() -> Iterator[Case]:
    noise = "".join(chr(33 + n * n * 7919 % 90) for n in range(1_048_000))
    for name, message, count in (("10,000 lines", "x" * 78, 10_000), ("10,000 letters", "x", 10_000), ("one of a megabyte", noise, 1),
                                 ("control characters", "\x01" * 78, 10_000), ("JSON", json.dumps({"a": {"b": [1, 2, {"c": "d" * 40}]}}), 8_000)):
        yield case(f"a batch: {name}", "PutLogEvents", batch(message, count), MADE)
        yield case(f"a batch that two subscribe to: {name}", "PutLogEvents", batch(message, count), subscribed(""))
        yield case(f"a batch that two look for JSON in: {name}", "PutLogEvents", batch(message, count), subscribed('{ $.a.b[2].c = "*z*" }'))
    yield case("11,000 lines", "PutLogEvents", batch("x", 11_000), MADE)
    yield case("names and lines by the hundred thousand", "PutLogEvents", batch("", 100_000), MADE)


def pages() -> Iterator[Case]:
    backwards = [(LOGS + "PutLogEvents", batch("x" * 100, 100, 1000 * n)) for n in range(100)]
    yield case("100 batches against the order of their times", "GetLogEvents", PLACE, [*MADE, *backwards])
    yield case("100 batches against the order of their times, from the head", "GetLogEvents", PLACE | {"startFromHead": True}, [*MADE, *backwards])
    full = [(LOGS + "PutLogEvents", batch("x" * 78, 10_000, n)) for n in range(20)]
    yield case("20 full batches at one time", "GetLogEvents", PLACE, [*MADE, *full])
    yield case("20 full batches at one time, together", "FilterLogEvents", {"logGroupName": "worst"}, [*MADE, *full])
    streams = [item for n in range(150) for item in ((LOGS + "CreateLogStream", PLACE | {"logStreamName": f"s{n}"}),
                                                     (LOGS + "PutLogEvents", batch("x" * 4000, 200, logStreamName=f"s{n}")))]
    yield case("150 streams at one time", "FilterLogEvents", {"logGroupName": "worst"}, [GROUP, *streams])
    yield case("150 streams at one time, none of which is asked for", "FilterLogEvents", {"logGroupName": "worst", "logStreamNamePrefix": "t"}, [GROUP, *streams])
    yield case("150 streams by their last event", "DescribeLogStreams", {"logGroupName": "worst", "orderBy": "LastEventTime"}, [GROUP, *streams])


def documents() -> Iterator[Case]:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "*"}] * 600})
    yield case("a policy of 50 KB", "PutResourcePolicy", {"policyName": "p", "policyDocument": policy[:51200]}, [])
    yield case("a policy of brackets", "PutResourcePolicy", {"policyName": "p", "policyDocument": "[" * 51200}, [])
    yield case("50 tags", "TagLogGroup", {"logGroupName": "worst", "tags": {f"{n:0128}": "v" * 256 for n in range(50)}}, [GROUP])


def cases() -> Iterator[Case]:
    yield from batches()
    yield from pages()
    yield from documents()
