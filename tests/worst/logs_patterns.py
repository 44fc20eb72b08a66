"""Filter patterns, metric filters and queries of CloudWatch Logs over the largest events, with expressions that explode elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from case import Case

TARGET = "Logs_20140328."
GROUP = {"logGroupName": "g"}
STREAM = {**GROUP, "logStreamName": "s"}
BATCH_BYTES = 1_048_576
MADE = [(TARGET + "CreateLogGroup", GROUP), (TARGET + "CreateLogStream", STREAM)]
REGEXES = {"explodes": "(a+)+$", "of many ways": "((?:a?){30}b){20}", "of stars": "(.*a){60}c", "of sets": "[^\\\\W\\\\d]{900}x", "of places": "(a|aa)+(?<x>b)"}


def put(messages: list[str]) -> dict[str, Any]:
    at = int(time.time() * 1000) - 1000
    return {**STREAM, "logEvents": [{"timestamp": at, "message": message} for message in messages]}


def of_size(message: str) -> list[str]:
    return [message] * min(10_000, BATCH_BYTES // (len(message) + 27))


EVENTS = {
    "one event of 1 MB": ["a" * (BATCH_BYTES - 30)],
    "10,000 small events": of_size('{"a":{"b":[1,2]},"c":"' + "x" * 40 + '"}'),
    "wide JSON": of_size("{" + ",".join(f'"k{n}":{n}' for n in range(20_000)) + "}"),
    "lists in JSON": of_size("[" + "1," * 120_000 + "1]"),
    "columns": of_size("a " * 120_000),
}
PATTERNS = {
    "explodes": "%[a-z]*[a-z]*[a-z]*[a-z]*!%".replace("!", "9"),
    "counts": "%[a-z]{900}9%",
    "340 terms": " ".join(["-b"] * 340),
    "60 selectors": "{ " + " || ".join(["$.k19999 = b"] * 60) + " }",
    "stars in lists": "{ $[*] = 5 || $.a[*].b[*] = %a% }",
    "asterisks": "{ $.c = \"" + "*x" * 300 + "y\" }",
    "columns": "[" + ",".join(["a=1||a=2"] * 80) + ",...]",
}


def searches() -> Iterator[Case]:
    for events, messages in EVENTS.items():
        for name, pattern in PATTERNS.items():
            yield Case(f"{events}, {name}", "logs", TARGET + "FilterLogEvents", {**GROUP, "filterPattern": pattern}, [*MADE, (TARGET + "PutLogEvents", put(messages))])
    for name, pattern in PATTERNS.items():
        yield Case(f"50 large messages, {name}", "logs", TARGET + "TestMetricFilter", {"filterPattern": pattern, "logEventMessages": ["a" * 100_000] * 50})
        yield Case(f"columns, {name}", "logs", TARGET + "TestMetricFilter", {"filterPattern": pattern, "logEventMessages": ["a " * 50_000] * 50})


def metric_filters() -> Iterator[Case]:
    for count, value, pattern in ((100, "$.c", "{ $.a.b[1] = 2 && $.c = * }"), (100, "1", "?x ?y -z"), (5, "1", PATTERNS["counts"]), (20, "1", PATTERNS["60 selectors"])):
        made = [(TARGET + "PutMetricFilter", {**GROUP, "filterName": f"f{n}", "filterPattern": pattern,
                                             "metricTransformations": [{"metricName": f"m{n}", "metricNamespace": "n", "metricValue": value}]}) for n in range(count)]
        for events, messages in EVENTS.items():
            yield Case(f"{count} metric filters, {pattern[:20]}, {events}", "logs", TARGET + "PutLogEvents", put(messages), MADE + made)
    dimensions = {"D": "$.d", "E": "$.e"}
    made = [(TARGET + "PutMetricFilter", {**GROUP, "filterName": "f", "filterPattern": "{ $.d = * }", "metricTransformations": [
        {"metricName": "m", "metricNamespace": "n", "metricValue": "1", "dimensions": dimensions}]})]
    yield Case("10,000 dimensions", "logs", TARGET + "PutLogEvents", put([json.dumps({"d": str(n), "e": "x" * 50}) for n in range(10_000)]), MADE + made)


QUERIES = {
    **{f"a regex {name}": f"fields @message | filter @message like /{text}/" for name, text in REGEXES.items()},
    "groups of a regex": "parse @message /" + "(a?)" * 60 + "b/ as " + ", ".join(f"f{n}" for n in range(60)) + " | limit 10000",
    "groups of its own each": "stats count(*), count_distinct(@message), pct(strlen(@message), 50), max(@message) by @ptr, @message",
    "an order of all": "fields @message | sort @message asc, @timestamp desc | dedup @message, @ptr | limit 10000",
    "many names": "fields " + ", ".join(f"k{n} as f{n}" for n in range(700)),
    "many tests": "filter " + " or ".join(["a.b.c.d = 1"] * 700),
    "dots": "fields " + "a." * 4000 + "a",
    "texts that double": "fields @message as a0" + "".join(f", concat(a{n}, a{n}) as a{n + 1}" for n in range(30)),
    "deep": "filter " + "(" * 4000 + "1" + ")" * 4000,
    "a choice of signs": "filter " + "-" * 9000 + "1",
    "JSON": "fields jsonParse(@message) as j, j.k19999, j.1" + "".join(f", j.{n} as f{n}" for n in range(200)),
}


def queries() -> Iterator[Case]:
    span = {"startTime": 0, "endTime": 4_000_000_000}
    for name, text in QUERIES.items():
        start = {**GROUP, **span, "queryString": text[:10_000]}
        yield Case(name, "logs", TARGET + "StartQuery", start, MADE)
        if name in ("deep", "a choice of signs"):
            continue
        for events, messages in EVENTS.items():
            yield Case(f"{name}, {events}", "logs", TARGET + "DescribeQueries", {}, [*MADE, (TARGET + "PutLogEvents", put(messages)), (TARGET + "StartQuery", start)])
    yield Case("50 groups", "logs", TARGET + "StartQuery", {**span, "logGroupNames": ["g"] * 50, "queryString": "limit 1"}, MADE)


def cases() -> Iterator[Case]:
    yield from searches()
    yield from metric_filters()
    yield from queries()
