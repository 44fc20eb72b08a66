"""What members mean beyond their shapes: strings with a grammar of their own, so that hostile calls get past the first check."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

NAMES = ["k", "r", "g", "a", "b", "c", "#n", "#m", "#k", "a.b", "a[0]", "a.b[1].c", "#n.#m[3]", "size(a)", "r.x"]
VALUES = [":v", ":w", ":x", ":k", ":l"]
COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]


def operand(chance: random.Random) -> str:
    return chance.choice(NAMES if chance.random() < 0.6 else VALUES)


def condition(chance: random.Random, depth: int = 0) -> str:
    kind = chance.randrange(9 if depth < 4 else 5)
    if kind < 2:
        return f"{operand(chance)} {chance.choice(COMPARISONS)} {operand(chance)}"
    if kind == 2:
        return f"{operand(chance)} BETWEEN {operand(chance)} AND {operand(chance)}"
    if kind == 3:
        return f"{operand(chance)} IN ({', '.join(operand(chance) for _ in range(chance.choice((1, 2, 5, 100, 101))))})"
    if kind == 4:
        name = chance.choice(["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size", "nosuch"])
        return f"{name}({', '.join(operand(chance) for _ in range(chance.choice((1, 1, 2, 2, 3))))})"
    if kind == 5:
        return f"NOT {condition(chance, depth + 1)}"
    if kind == 6:
        return f"({condition(chance, depth + 1)})"
    return f"{condition(chance, depth + 1)} {chance.choice(('AND', 'OR'))} {condition(chance, depth + 1)}"


def key_condition(chance: random.Random) -> str:
    rest = chance.choice(["", " AND r = :w", " AND r > :w", " AND r BETWEEN :v AND :w", " AND begins_with(r, :w)", " AND r <> :v", " AND k = :v"])
    return chance.choice(["k = :k", "#k = :k", "g = :v"]) + rest


def update(chance: random.Random) -> str:
    def setting() -> str:
        value = chance.choice([operand(chance), f"{operand(chance)} {chance.choice('+-')} {operand(chance)}",
                               f"if_not_exists({operand(chance)}, {operand(chance)})", f"list_append({operand(chance)}, {operand(chance)})"])
        return f"{chance.choice(NAMES)} = {value}"
    parts = [f"SET {', '.join(setting() for _ in range(chance.choice((1, 2, 5))))}",
             f"REMOVE {', '.join(chance.choice(NAMES) for _ in range(chance.choice((1, 3))))}",
             f"ADD {chance.choice(NAMES)} {chance.choice(VALUES)}", f"DELETE {chance.choice(NAMES)} {chance.choice(VALUES)}"]
    return " ".join(chance.sample(parts, chance.choice((1, 1, 1, 2, 4))))


def projection(chance: random.Random) -> str:
    return ", ".join(chance.choice(NAMES) for _ in range(chance.choice((1, 2, 5))))


def damaged(make: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    """Sometimes cut, doubled, nested or empty."""
    def made(chance: random.Random) -> str:
        text, kind = make(chance), chance.randrange(20)
        if kind == 0:
            return text[: chance.randrange(len(text) + 1)]
        if kind == 1:
            return "(" * chance.choice((1, 50, 400)) + text
        if kind == 2:
            return text + chance.choice(["\x00", " ", "é", ")", ",", " AND", "'"]) + text
        return text
    return made


def literal(chance: random.Random, depth: int = 0) -> str:
    kind = chance.randrange(9 if depth < 3 else 6)
    if kind < 6:
        return chance.choice(["?", "'fuzz1'", "1", "-1.5e3", "'x'", "true", "null", "missing", "''", "9" * 40])
    inner = ", ".join(literal(chance, depth + 1) for _ in range(chance.choice((0, 1, 3))))
    return [f"[{inner}]", f"<<{inner}>>", f"{{'a': {literal(chance, depth + 1)}, 'b': {literal(chance, depth + 1)}}}"][kind - 6]


def where(chance: random.Random, depth: int = 0) -> str:
    path = chance.choice(["k", "r", "g", "a.b[0]", '"a"', "b", "n", "h.k"])
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind < 2:
        return f"k = {literal(chance)}" + chance.choice(["", f" AND r = {literal(chance)}"])
    if kind == 2:
        return f"{path} {chance.choice([*COMPARISONS, '!='])} {literal(chance)}"
    if kind == 3:
        return f"{path} {chance.choice(['IN', 'NOT IN'])} {chance.choice(['[{}]', '({})'])}".format(", ".join(literal(chance) for _ in range(chance.choice((1, 3, 51)))))
    if kind == 4:
        return f"{path} BETWEEN {literal(chance)} AND {literal(chance)}"
    if kind == 5:
        return chance.choice([f"{path} IS {chance.choice(['', 'NOT '])}{chance.choice(['NULL', 'MISSING'])}", f"contains({path}, {literal(chance)})",
                              f"begins_with({path}, {literal(chance)})", f"size({path}) > 1", f"attribute_type({path}, 'S')"])
    if kind == 6:
        return f"NOT ({where(chance, depth + 1)})"
    return f"{where(chance, depth + 1)} {chance.choice(('AND', 'OR'))} {where(chance, depth + 1)}"


def statement(chance: random.Random) -> str:
    table = chance.choice(["hash", '"range"', '"hash"."index"', '"range"."local"', '"not-there"', "hash h"])
    kind = chance.randrange(5)
    if kind < 2:
        what = chance.choice(["*", "k", "k, g, a.b[0]", "a AS x", "DISTINCT k", "COUNT(*)"])
        return f"SELECT {what} FROM {table}" + chance.choice(["", f" WHERE {where(chance)}", f" WHERE {where(chance)} ORDER BY {chance.choice('krg')} DESC"])
    if kind == 2:
        return f"INSERT INTO {table} VALUE {{'k': {literal(chance)}, 'r': {literal(chance)}, 'a': {literal(chance)}}}"
    if kind == 3:
        return f"DELETE FROM {table} WHERE {where(chance)}" + chance.choice(["", " RETURNING ALL OLD *"])
    setting = chance.choice([literal(chance), f"n + {literal(chance)}", f"list_append(l, {literal(chance)})", f"set_add(b, {literal(chance)})", "g"])
    return f"UPDATE {table} SET {chance.choice(['v', 'a.b[1]', 'n', 'l'])} = {setting} WHERE {where(chance)}" + chance.choice(["", " RETURNING MODIFIED NEW *"])


AVRO = [
    '"string"', '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null}]}',
    '{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"],"default":null}]}',
    '{"type":"enum","name":"E","symbols":["A","B"]}', '{"type":"array","items":{"type":"map","values":"long"}}',
    '{"type":"fixed","name":"F","size":16}', '{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}', '["null","int"]',
    '{"type":"record","name":"R","aliases":["Q"],"fields":[{"name":"a","type":"long","aliases":["z"]}]}',
]
JSON_SCHEMA = [
    '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"type":"integer"}}}', "{}", "true",
    '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}',
    '{"$ref":"#/definitions/a","definitions":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/definitions/a"}]}}}',
    '{"oneOf":[{"type":"string","pattern":"^(a+)+$"},{"enum":[1,2,3]},{"not":{"const":null}}]}',
    '{"type":"array","items":[{"type":"number","multipleOf":0.1}],"uniqueItems":true,"minItems":1}',
    '{"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":1,"exclusiveMinimum":true}',
]
PROTOBUF = [
    'syntax = "proto3"; message M { string a = 1; int32 b = 2; }', 'syntax = "proto3"; message M { string a = 1; }',
    'syntax = "proto2"; package p.q; message M { optional M m = 1; repeated int64 n = 2 [packed=true]; enum E { X = 0; } oneof o { E e = 3; } }',
    'syntax = "proto3"; import "google/protobuf/any.proto"; message M { map<string, google.protobuf.Any> m = 1; reserved 2, 5 to 9; }',
    'syntax = "proto3"; service S { rpc A(M) returns (stream M); } message M { message N { message O { } O o = 1; } N n = 1; }',
]


def definition(chance: random.Random) -> str:
    text = chance.choice(chance.choice((AVRO, JSON_SCHEMA, PROTOBUF)))
    kind = chance.randrange(16)
    if kind == 0:
        depth = chance.choice((10, 100, 2000))
        return '{"type":"array","items":' * depth + '"int"' + "}" * depth
    if kind == 1:
        depth = chance.choice((10, 100, 2000))
        return '{"not":' * depth + "{}" + "}" * depth
    if kind == 2:
        return 'syntax = "proto3"; ' + "message M { " * chance.choice((10, 100, 2000))
    if kind == 3:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(["", "\x00", '"', "{", "é", "9" * 50]) + text[at + 1:]
    if kind == 4:
        fields = [{"name": f"f{n}", "type": chance.choice(["int", "string", ["null", "long"]])} for n in range(chance.choice((1, 30, 1000)))]
        return json.dumps({"type": "record", "name": "R", "fields": fields})
    return text


def metric_expression(chance: random.Random) -> str:
    return chance.choice(["m1", "m1 + m2", "SUM(METRICS())", "m1 / 0", "-" * 500 + "m1", "(" * 300 + "m1", "RATE(m1)", "FILL(m1, 0)", "1e308 * m1 * 1e308",
                          "SEARCH('{n,d} m', 'Sum', 300)", "IF(m1 > 1, m1, m2)", "m1 ^ m1", "AVG([m1, m2])", ""])


def policy(chance: random.Random) -> str:
    return chance.choice(['{"Version":"2012-10-17","Statement":[]}', "{}", "[]", "null", "{" * 1000, '{"a":' * 500 + "1" + "}" * 500,
                          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kinesis:*","Resource":"*"}]}'])


def number(chance: random.Random) -> str:
    return chance.choice(["0", "-0", "1", "-1", "1.5", "1e125", "1e126", "-1e-130", "1e-131", "9" * 38, "9" * 39, "0." + "0" * 200 + "1", "1" + "0" * 300,
                          "NaN", "Infinity", "", " 1", "0x1", "1e", "1e99999999999999999999", "--1", "+1", "1_0", "٣"])


def digits(chance: random.Random) -> str:
    return chance.choice(["0", "1", "170141183460469231731687303715884105728", "340282366920938463463374607431768211455",
                          "340282366920938463463374607431768211456", "9" * 38, "9" * 128, "49590338271490256608559692538361571095921575989136588898",
                          "00", "-1", "1" + "0" * 127, str(chance.getrandbits(186))])


# By a member's name, in any service.
HINTS: dict[str, Callable[[random.Random], str]] = {
    "ConditionExpression": damaged(condition), "FilterExpression": damaged(condition), "KeyConditionExpression": damaged(key_condition),
    "UpdateExpression": damaged(update), "ProjectionExpression": damaged(projection), "SchemaDefinition": definition, "N": number,
    "Statement": damaged(statement),
    "Expression": metric_expression, "Policy": policy, "NewStartingHashKey": digits, "ExplicitHashKey": digits, "SequenceNumber": digits,
    "StartingSequenceNumber": digits, "SequenceNumberForOrdering": digits,
    "Versions": lambda chance: chance.choice(["1", "1-3", "2-1", "1-100000", "99999999999999999999", "1-25", "0", "-", "1-2-3"]),
    "Stat": lambda chance: chance.choice(["Sum", "Average", "p99", "p0", "p100", "p99.99999999", "TM(10%:90%)", "PR(1:2)", "IQM", "WM(:)", "p", "p1e3", ""]),
    "ExtendedStatistics": lambda chance: chance.choice(["p99", "p0.0", "p100", "tm90", "TC(1:)", "p-1", "x"]),
    "AliasName": lambda chance: f"alias/{chance.choice(['fuzz', 'aws/kinesis', 'a' * 250, '', '/', 'other'])}",
    "KeyId": lambda chance: chance.choice(["alias/fuzz", "alias/aws/kinesis", "alias/aws/not-there", "alias/not-there", "alias/aws/dynamodb", "arn:aws:kms:us-east-1:000000000000:alias/fuzz",
                                           "00000000-0000-0000-0000-000000000000", "arn:aws:kms:::key/", "alias/"]),
    "Timezone": lambda chance: chance.choice(["+0000", "-1159", "+9999", "UTC", ""]),
    "AttributeName": lambda chance: chance.choice(["k", "r", "g", "a", "b"]),
    "BackupArn": lambda chance: f"arn:aws:dynamodb:us-east-1:000000000000:table/{chance.choice(['hash', 'x' * 300, ''])}/backup/{chance.choice(['1-2', '', '/'])}",
    "IndexName": lambda chance: chance.choice(["index", "local", "other"]),
}

# Keys of a map, by the member that the map is.
MAP_KEYS: dict[str, list[str]] = {
    "Key": ["k", "r"], "Item": ["k", "r", "g", "a", "b", "c", "l"], "ExpressionAttributeNames": ["#n", "#m", "#k"], "ExpressionAttributeValues": VALUES,
    "Expected": ["k", "a", "b"], "AttributeUpdates": ["a", "b", "c", "k"], "KeyConditions": ["k", "r", "g"], "QueryFilter": ["a", "b"],
    "ScanFilter": ["a", "b", "k"], "ExclusiveStartKey": ["k", "r", "g"], "RequestItems": ["hash", "range", "nothing"], "M": ["a", "b", "c"],
    "Tags": ["a", "b", "aws:x"],
}
MAP_VALUES: dict[str, list[str]] = {"ExpressionAttributeNames": ["a", "b", "k", "g", "a.b", ""]}
