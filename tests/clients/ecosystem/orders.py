"""The small job that every library for DynamoDB's tables is given: a shop's orders. With what the library itself offers, a program

- makes the table it is told the name of: `customer` and `number` are its key, `by_state` an index of `state` and `total`;
  `expires` is its time to live, and its stream shows both images, where the library can ask for these;
- puts 30 orders in batches: 20 of ada, 10 of grace (`order` tells what is in them);
- reads: ada's from the newest, then the whole table, both in pages of 7; the index, sent orders that cost more than 10, in order;
  ada's that bear the tag n7; three orders at once, one of which isn't there;
- puts ada's first once more, if it isn't there: refused;
- loads grace's third twice and saves both with another state: the second is refused, for the library keeps a version;
- lets ada's third cost 100 more, which it is told;
- in one transaction: ada's first is paid, her second deleted, a 21st put, if grace's fourth is open; in another, a 22nd put
  and grace's fifth deleted, if it is lost: cancelled.

It prints one line of JSON, `Answer`; orders are told as "customer/number"."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer
from sdk import run

EXPIRES = 4102444800  # in the year 2100


class Answer(NamedTuple):
    queried: list[str]
    scanned: list[str]
    indexed: list[str]
    tagged: list[str]
    together: list[str]
    added: float
    refused: str  # the three that were, in the library's own words
    conflict: str
    cancelled: str


def told(customer: str, numbers: Any) -> list[str]:
    return [f"{customer}/{number}" for number in numbers]


def order(customer: str, number: int) -> dict[str, Any]:
    """What is stored, but for what the library adds for itself."""
    return {"customer": customer, "number": number, "state": "open" if number % 3 else "sent",
            "total": number * 1.25 + (customer == "grace") * 0.5, "tags": {"new", f"n{number}"},
            "lines": [{"sku": f"sku-{number}", "count": number}], "expires": EXPIRES + number}


def stored(dynamodb: Any, table: str, key: tuple[str, str] = ("customer", "number")) -> dict[str, dict[str, Any]]:
    """All the items, by their keys."""
    read = TypeDeserializer().deserialize
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]
    return {f"{item[key[0]]}/{item[key[1]]}": item for item in items}


def answer_of(command: list[str | Path], table: str, seconds: float = 100) -> Answer:
    said = run([*command, table], env=os.environ, timeout=seconds)
    return Answer(**json.loads(said.splitlines()[-1]))


def check(answer: Answer, dynamodb: Any, table: str) -> None:
    """The library saw what it put; boto3 sees what it left."""
    check_answer(answer)
    check_items(stored(dynamodb, table))
    check_table(dynamodb.describe_table(TableName=table)["Table"])


def check_answer(answer: Answer) -> None:
    assert answer.queried == told("ada", range(20, 0, -1))
    assert answer.scanned == sorted(told("ada", range(1, 21)) + told("grace", range(1, 11)))
    assert answer.indexed == ["ada/9", "grace/9", "ada/12", "ada/15", "ada/18"]
    assert answer.tagged == ["ada/7"]
    assert answer.together == ["ada/3", "grace/3"]
    assert answer.added == 103.75


def check_items(items: dict[str, dict[str, Any]]) -> None:
    assert set(items) == {"ada/1", *told("ada", range(3, 22)), *told("grace", range(1, 11))}
    changed = {"ada/1": {"state": "paid"}, "ada/3": {"total": 103.75}, "grace/3": {"state": "first"}}
    for name, item in items.items():
        customer, number = name.split("/")
        expected = order(customer, int(number)) | changed.get(name, {})
        assert {attribute: item.get(attribute) for attribute in expected} == expected


def check_table(description: dict[str, Any]) -> None:
    def key(of: dict[str, Any]) -> list[str]:
        return [element["AttributeName"] for element in sorted(of["KeySchema"], key=lambda element: element["KeyType"])]

    assert key(description) == ["customer", "number"]
    index, = description["GlobalSecondaryIndexes"]
    assert (index["IndexName"], key(index), index["IndexStatus"]) == ("by_state", ["state", "total"], "ACTIVE")


def check_expiry(dynamodb: Any, table: str) -> None:
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert described["AttributeName"] == "expires" and described["TimeToLiveStatus"] in ("ENABLING", "ENABLED"), described


def check_changes(dynamodb: Any, streams: Any, table: str) -> None:
    """Its stream tells each order's life, in order."""
    lives: dict[str, list[str]] = {}
    arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert description["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    for shard in description["Shards"]:
        at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        for record in streams.get_records(ShardIterator=at)["Records"]:
            key = record["dynamodb"]["Keys"]
            lives.setdefault(f"{key['customer']['S']}/{key['number']['N']}", []).append(record["eventName"])
    assert lives.pop("ada/2") == ["INSERT", "REMOVE"]
    assert [lives.pop(name) for name in ("ada/1", "ada/3", "grace/3")] == [["INSERT", "MODIFY"]] * 3
    assert sum(lives.values(), []) == ["INSERT"] * 27
