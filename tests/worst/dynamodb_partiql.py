"""PartiQL: long, deep and wide statements, many of them at once, and what they read and write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from case import Case
from dynamodb import KEY, NOTHING, NULLS, TABLE, WIDE, case, names, target

STATEMENT_BYTES = 8192


def statement(name: str, text: str, *puts: dict[str, Any], **more: Any) -> Case:
    assert len(text) <= STATEMENT_BYTES, (name, len(text))
    return case(name, "ExecuteStatement", json.dumps({"Statement": text, **more}).encode(), *puts)


def filled(begin: str, part: str, separator: str, end: str = "") -> str:
    """begin, then the part with its number as often as there is room for, then end."""
    parts: list[str] = []
    room = STATEMENT_BYTES - len(begin) - len(end)
    while room >= 0:
        parts.append(part.format(len(parts)))
        room -= len(parts[-1]) + len(separator)
    return begin + separator.join(parts[:-1]) + end


def ranged(*puts: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    table = TABLE[1] | {"KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
                        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "S"}]}
    return [(TABLE[0], table), *((target("PutItem"), {"TableName": "worst", "Item": put}) for put in puts)]


def cases() -> Iterator[Case]:
    yield from texts()
    yield from reads()
    yield from writes()
    yield from together()


def texts() -> Iterator[Case]:
    yield statement("4,000 open parentheses", "SELECT * FROM worst WHERE " + "(" * 4000)
    yield statement("760 parentheses in each other", "SELECT * FROM worst WHERE " + "(" * 760 + "p='k'" + ")" * 760, KEY)
    yield statement("290 NOTs", "SELECT * FROM worst WHERE " + "NOT " * 290 + "p='k'", KEY)
    yield statement("4,000 lists in each other", "INSERT INTO worst VALUE {'p':" + "[" * 4000)
    yield statement("30 lists in each other, 250 times", filled("INSERT INTO worst VALUE {'p':'k','a':[", "[" * 15 + "]" * 15, ",", "]}"))
    yield statement("4,000 signs", "UPDATE worst SET a=" + "- " * 4000 + "1 WHERE p='k'", KEY)
    yield statement("a map of 1,000 members", filled("INSERT INTO worst VALUE {'p':'k','a':{", "'{}':1", ",", "}}"))
    yield statement("a set of 1,700 numbers", filled("INSERT INTO worst VALUE {'p':'k','a':<<", "{}", ",", ">>}"))
    yield statement("numbers of 4,000 digits", "SELECT * FROM worst WHERE a=" + "9" * 4000 + " OR b=" + "9" * 4000)
    yield statement("a column that is there twice behind 1,500 others", filled("SELECT ", "a{}", ",", ",a0 FROM worst"))
    yield statement("100,000 parameters that nothing uses", "SELECT * FROM worst WHERE p=?", Parameters=[{"S": "k"}] * 100_000)
    yield statement("a parameter of 16 MB", "SELECT * FROM worst WHERE a=?", KEY, Parameters=[{"L": [{"S": "x"}] * 1_000_000}])
    yield statement("a name of 8,000 bytes in quotes", 'SELECT "' + '""' * 4000 + '" FROM worst', KEY)


def reads() -> Iterator[Case]:
    hashes, ranges = ",".join("?" * 50), ",".join("?" * 100)
    keys = [{"S": "k" * 2000 + str(n)} for n in range(50)] + [{"S": "r" * 1000 + str(n)} for n in range(100)]
    body = {"Statement": f"SELECT * FROM worst WHERE p IN [{hashes}] AND s IN [{ranges}] ORDER BY p DESC, s", "Parameters": keys}
    yield Case("5,000 keys of 3 kB, sorted", "dynamodb", target("ExecuteStatement"), body, ranged())
    yield Case("5,000 keys of 3 kB, the last twice", "dynamodb", target("ExecuteStatement"), {**body, "Parameters": [*keys[:-1], keys[-2]]}, ranged())
    branches = filled("SELECT * FROM worst WHERE ", "p='k{0}' AND a={0}", " OR ")
    yield Case("hundreds of branches", "dynamodb", target("ExecuteStatement"), {"Statement": branches[:branches.rindex(" OR ")]}, ranged())
    large = [{"p": {"S": f"k{n}"}, "s": {"S": "r"}, "l": NULLS} for n in range(10)]
    keys = ",".join(f"'k{n}'" for n in range(10))
    yield Case("10 lists of 190,000 members by their keys", "dynamodb", target("ExecuteStatement"), {"Statement": f"SELECT * FROM worst WHERE p IN [{keys}]"}, ranged(*large))
    batches = [(target("BatchWriteItem"), {"RequestItems": {"worst": [{"PutRequest": {"Item": {"p": {"S": f"{n * 25 + i:x}"}}}} for i in range(25)]}})
               for n in range(1_000)]
    yield Case("25,000 small items, 1,300 columns of each", "dynamodb", target("ExecuteStatement"),
               {"Statement": filled("SELECT ", "a{}", ",", " FROM worst")}, [TABLE, *batches])
    yield Case("25,000 small items, 1,000 elements of each", "dynamodb", target("ExecuteStatement"),
               {"Statement": filled("SELECT p,", "l[{}]", ",", " FROM worst")}, [TABLE, *batches])
    yield Case("25,000 small items under a filter of 299 operators", "dynamodb", target("ExecuteStatement"),
               {"Statement": "SELECT * FROM worst WHERE " + " OR ".join(f"a{n % 10}='v'" for n in range(150))}, [TABLE, *batches])
    yield statement("the columns of an item of 100,000", "SELECT " + ",".join(f'"{name}"' for name in names(100_000)[-1_200:]) + " FROM worst WHERE p='k'", WIDE)


def writes() -> Iterator[Case]:
    yield statement("700 attributes of an item of 100,000 set", "UPDATE worst SET " + ",".join(f'"{name}"=1' for name in names(100_000)[-800:]) + " WHERE p='k' RETURNING MODIFIED OLD *", WIDE)
    yield statement("1,000 elements of a list of 190,000 removed", filled("UPDATE worst ", "REMOVE l[{}]", " ", " WHERE p='k' RETURNING ALL OLD *"), {"l": NULLS})
    yield statement("a list of 190,000 members joined to itself 100 times", "UPDATE worst SET l=" + "list_append(" * 100 + "l" + ",l)" * 100 + " WHERE p='k'", {"l": NULLS})
    inserted = filled("INSERT INTO worst VALUE {'p':'k',", "'{}':?", ",", "}")
    yield statement("an item of 400 kB as 900 parameters", inserted, Parameters=[{"L": [NOTHING] * 300}] * inserted.count("?"))


def together() -> Iterator[Case]:
    text = "UPDATE worst SET " + ",".join(f"a{n}={n}" for n in range(400)) + " WHERE p='{}' AND " + " AND ".join(f"b{n}=1" for n in range(290))
    for count, large, operation, member in ((25, 25, "BatchExecuteStatement", "Statements"), (100, 10, "ExecuteTransaction", "TransactStatements")):
        items = [(target("PutItem"), {"TableName": "worst", "Item": {"p": {"S": str(n)}} | {f"b{i}": {"N": "1"} for i in range(290)}}) for n in range(count)]
        texts = [{"Statement": text.format(n)} for n in range(count)]
        yield Case(f"{count} updates of 400 attributes with 290 conditions", "dynamodb", target(operation), {member: texts}, [TABLE, *items])
        lists = [(target("PutItem"), {"TableName": "worst", "Item": {"p": {"S": str(n)}, "l": NULLS}}) for n in range(large)]
        changes = [{"Statement": f"UPDATE worst SET a=1 WHERE p='{n}'"} for n in range(len(lists))]
        yield Case(f"{len(lists)} lists of 190,000 members changed", "dynamodb", target(operation), {member: changes}, [TABLE, *lists])
        gets = [{"Statement": f"SELECT * FROM worst WHERE p='{n}'"} for n in range(len(lists))]
        yield Case(f"{len(lists)} lists of 190,000 members read", "dynamodb", target(operation), {member: gets}, [TABLE, *lists])
        columns = filled("SELECT ", "l[{}]", ",", " FROM worst WHERE p='00'")[:-3]
        yield Case(f"{len(lists)} times 1,000 elements", "dynamodb", target(operation),
                   {member: [{"Statement": f"{columns}{n}'"} for n in range(len(lists))]}, [TABLE, *lists])
    puts = [{"Statement": f"INSERT INTO worst VALUE {{'p':'{n}','l':?}}", "Parameters": [{"L": [NOTHING] * 40_000}]} for n in range(25)]
    yield case("25 lists of 40,000 members inserted", "BatchExecuteStatement", json.dumps({"Statements": puts}, separators=(",", ":")).encode())
