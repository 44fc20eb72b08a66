"""Where DynamoDB Local differs from DynamoDB, and we take DynamoDB's side: each with its source.

A difference is known if a row of `WORDS` fits the two refusals, or one of `CASES` the two answers. Whatever else differs is a fault, of ours or of
this table."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

Members = dict[str, Any]
Answer = tuple[int, Members]

ENVELOPE = "1 validation error detected: "
EXACT = Context(prec=60)

USAGE = "Developer Guide, DynamoDB local usage notes, Differences"
# tests/wire/dynamodb pins the words that are ours.
CAPTURES = "paritysuite/dynamodb-conformance: captures of AWS of 2026-09 and 2026-10"
MODEL = "the service's model: a constraint of the API, told in the protocol's words"
EITHER = "two mistakes: no source says which one DynamoDB tells"


def number(text: str) -> str:
    """As DynamoDB tells it: "Leading and trailing zeroes are trimmed" (Developer Guide, Supported data types, Number)."""
    value = Decimal(text).normalize(EXACT)
    return format(value if value else Decimal(0), "f")


def numbers(thing: Any) -> Any:
    """DynamoDB Local leaves numbers inside documents as they were sent."""
    if isinstance(thing, list):
        return [numbers(part) for part in thing]
    if not isinstance(thing, dict):
        return thing
    if len(thing) == 1 and isinstance(thing.get("N"), str):
        return {"N": number(thing["N"])}
    if len(thing) == 1 and isinstance(thing.get("NS"), list):
        return {"NS": sorted(map(number, thing["NS"]))}
    return {name: numbers(value) for name, value in thing.items()}


# Refusals in other words: a pattern for DynamoDB Local's, one for ours, and the source.

OF_KEY = r"ExpressionAttributeValues contains invalid value: (?P<what>.*) for key :\w+"
UPDATED = (r"(The document path provided in the update expression is invalid for update|Type mismatch for attribute to update|"
           r"The provided expression refers to an attribute that does not exist in the item|An operand in the update expression has an incorrect data type)")
WORDS: list[tuple[str, str, str]] = [
    (r"(.*: )?A value provided cannot be converted into a number( for key :\w+)?", r"(.*: )?The parameter cannot be converted to a numeric value.*", CAPTURES),
    (r"(.*: )?DynamoDB only supports precision up to 38 digits( for key :\w+)?", r"(.*: )?Attempting to store more than 38 significant digits in a Number( for key :\w+)?", CAPTURES),
    (r"(.*: )?Input collection .*", r"(.*: )?One or more parameter values were invalid: Input collection .*duplicates.*", CAPTURES),
    (r"(.*: )?One or more parameter values were invalid: An? \w+ set  ?may not be empty.*", r"(.*: )?One or more parameter values were invalid: An? \w+ set  ?may not be empty.*", CAPTURES),
    (r"The number of conditions on the keys is invalid|Invalid attribute value type|One or more parameter values were invalid: Type mismatch for key",
     r"The provided key element does not match the schema", "nubo-db/dynoxide, README: AWS, other than DynamoDB Local, says so; also " + CAPTURES),
    (r"One of the required keys was not given a value", r"One or more parameter values were invalid: Missing the key \w+ in the item", CAPTURES),
    (r"Invalid attribute value type|One or more parameter values were invalid: Type mismatch for (key|Index Key)",
     r"One or more parameter values were invalid: Type mismatch for (key|Index Key) \w+ .*", CAPTURES),
    (r"Query condition missed key schema element", r"Query condition missed key schema element: \w+", CAPTURES),
    (r"ExpressionAttributeValues can only be specified when using expressions: .*", r"ExpressionAttributeValues can only be specified when using expressions.*", CAPTURES),
    (r"ExpressionAttributeNames contains invalid value: Empty attribute name for key #\w+", r"Empty attribute name", CAPTURES),
    (r"Cannot do operations on a non-existent table", r"Requested resource not found.*", CAPTURES),
    (r"Return values set to invalid value", r"ReturnValues can only be ALL_OLD or NONE", CAPTURES),
    (r".*'segment'.*", r"The Segment parameter is zero-based .*", CAPTURES),
    (r".*Two document paths (overlap|conflict) .*", r".*Two document paths (overlap|conflict) .*", "DynamoDB Local names a path that isn't among those that overlap"),
    (r"(.*) is not defined; attribute (name|value): .*", r"(.*) is not defined; attribute (name|value): .*", EITHER),
    (r"(Invalid \w+: The BETWEEN operator requires same data type) .*", r"(Invalid \w+: The BETWEEN operator requires same data type) .*",
     "DynamoDB Local tells binary values as Java objects"),
    (r"Invalid \w+: Incorrect operand type .*", r"Invalid \w+: (Incorrect operand type|An expression attribute value) .*", EITHER),
    (r"Invalid \w+: The expression has redundant parentheses;", r"Invalid \w+: Syntax error; .*", EITHER),
    (r"Key attributes must be scalars; .*", r"Key attributes must be scalars; .*", EITHER),
    (r"Invalid \w+: Two document paths .*", r"Invalid \w+: Incorrect operand type .*", EITHER),
    (r"The provided starting key does not match the range key predicate", r"The provided starting key is outside query boundaries .*",
     "without a condition of the range key it is none: architect/dynalite, tests/query.js, held against AWS"),
    (r"One of the required keys was not given a value", r"The provided key element does not match the schema", "of a batch: " + CAPTURES),
    (r"Type mismatch for attribute to update|Exclusive Start Key must have same size .*", r"One or more parameter values were invalid: .*|Filter Expression can .*", EITHER),
    (r".* A value specified for a secondary index key is not supported.*", r"One or more parameter values are not valid. The AttributeValue for a key attribute cannot.*",
     "of a Query: it asks, and writes nothing: " + CAPTURES),
    (r"Type mismatch for attribute to update|Exclusive Start Key must have same size .*", r"The provided starting key is invalid.*|The provided key element does not match the schema",
     "of a start key: " + CAPTURES),
    (r"Query key condition not supported", r"Query condition missed key schema element.*", EITHER),
    (r"Key attributes must be scalars; .*", r".*(empty (string|binary) value|does not match the schema).*", EITHER),
    (r"Value null at 'tableName' .*", r"The parameter 'TableName' is required but was not present in the request", CAPTURES),
    (UPDATED, UPDATED, EITHER),
]


def bare(message: str) -> str:
    """Without what differs in all messages: the envelope, which AWS has had since mid-2026, and how a set of types is called."""
    message = message.removeprefix(ENVELOPE).replace("typeSet: ", "typeset: ")
    return re.sub(r"typeset: ALLOWED_FOR_\w+", "typeset", message).rstrip(".")


# The order of checks (emulator/services/dynamodb/src/request.h), by what a message is about. Of two mistakes we may tell the earlier one.

STAGES = [
    r"failed to satisfy constraint|Failed to satisfy constraint|Invalid table/index name|Cannot have null key|Item to put in|must have some requests|null or no requests|must be greater than",
    r"Can not use both|can only be specified when|ReturnValues can only|Return values set|^Cannot specify|^Must specify|ALL_PROJECTED_ATTRIBUTES can|Segment|"
    r"ConditionalOperator|Limit must",
    r"ExpressionAttribute|^Empty attribute name|^Invalid \w+Expression|unused in expressions",
    r"numeric value|into a number|38 |Number (over|under)flow|duplicates|may not be empty|datatypes|Null attribute|Item size|Nesting|ComparisonOperator|"
    r"KeyConditions|of length 1 or 2|BETWEEN condition|same type|Attribute: |action (with value )?is not supported",
    r"non-existent table|resource not found",
    r"does not match the schema|conditions on the keys|Type mismatch for|Invalid attribute value type|Missing the key|required keys|Cannot update attribute|Key attributes must|"
    r"specified index|missed key schema|does not project|starting key|Start Key|global secondary index|empty (string|binary) value|"
    r"non-primary key|one condition per key|Query key condition|schema type|Select type|operations on one item",
    r"conditional request failed|" + UPDATED + r"|Transaction cancelled|Item size to update",
]


def stage(message: str) -> int:
    return next((number for number, pattern in enumerate(STAGES) if re.search(pattern, bare(message))), len(STAGES))


# Whole answers


def says(answer: Answer, *patterns: str) -> bool:
    """Refused, with all of these words."""
    return answer[0] == 400 and all(re.search(pattern, answer[1]["message"]) for pattern in patterns)


def only_takes_away(operation: str, members: Members) -> bool:
    if operation == "TransactWriteItems":
        return any(only_takes_away("UpdateItem", part["Update"]) for part in members.get("TransactItems", []) if "Update" in part)
    if operation != "UpdateItem" or not (members.get("UpdateExpression") or members.get("AttributeUpdates")):
        return False
    actions = {one.get("Action", "PUT") for one in members.get("AttributeUpdates", {}).values()}
    words = set(re.findall(r"(?i)\b(?:set|add)\b(?=\s)", members.get("UpdateExpression", "")))
    return not words and not actions & {"PUT", "ADD"}


def without(answer: Answer, *names: str) -> Answer:
    return answer[0], {name: value for name, value in answer[1].items() if name not in names}


def only_differ_in(ours: Answer, theirs: Answer, *names: str) -> bool:
    return ours[0] == theirs[0] == 200 and without(ours, *names) == without(theirs, *names)


def reasons(answer: Answer) -> list[str]:
    return [reason.get("Code", "") for reason in answer[1].get("CancellationReasons", [])]


def same_words(ours: Answer, theirs: Answer) -> bool:
    return ours[0] == theirs[0] == 400 and ours[1]["__type"] == theirs[1]["__type"] and bare(ours[1]["message"]) == bare(theirs[1]["message"])


def plain_reasons(answer: Answer) -> list[Members]:
    return [reason | {"Message": reason.get("Message", "").rstrip(".")} for reason in answer[1].get("CancellationReasons", [])]


def projects(answer: Answer) -> set[str]:
    match = re.search(r"does not project \[(.*)\]", answer[1].get("message", ""))
    return set(match[1].split(", ")) if match else set()


def is_part_of(part: Any, whole: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_part_of(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        rest = iter(whole)  # a list closes its gaps
        return all(any(is_part_of(one, other) for other in rest) for one in part)
    return bool(part == whole)


def is_statement(operation: str) -> bool:
    return operation == "ExecuteStatement"


Case = Callable[[str, Members, Answer, Answer], Any]
CASES: list[tuple[Case, str]] = [
    (lambda op, members, ours, theirs: same_words(ours, theirs) and plain_reasons(ours) == plain_reasons(theirs), "the envelope: " + CAPTURES),
    (lambda op, members, ours, theirs: only_differ_in(ours, theirs, "ConsumedCapacity", "ItemCollectionMetrics"),
     "DynamoDB Local does not keep track of consumed capacity, nor of item collections: " + USAGE),
    (lambda op, members, ours, theirs: only_takes_away(op, members) and ours[0] == 200,
     "what only takes away makes no item: API Reference, UpdateItem, AttributeUpdates, DELETE: \"Causes nothing to happen; there is no attribute to delete\""),
    (lambda op, members, ours, theirs: is_statement(op) and says(ours, "does not project one or more filter attributes"), "a statement's filter of an index: " + CAPTURES),
    (lambda op, members, ours, theirs: is_statement(op) and says(ours, "Duplicate primary key") and says(theirs, "Duplicate primary key"),
     "the error's name: the service's model, DuplicateItemException"),
    (lambda op, members, ours, theirs: is_statement(op) and says(ours, "onsistent read") and says(theirs, "onsistent read"), "words: " + CAPTURES),
    (lambda op, members, ours, theirs: is_statement(op) and ours[0] == theirs[0] == 400 and ours[1]["__type"] == theirs[1]["__type"] == "ValidationException",
     "statements are refused in the words of a newer parser: " + CAPTURES),
    (lambda op, members, ours, theirs: is_statement(op) and re.search(r'FROM "[^"]+"\."', members.get("Statement", "")) and only_differ_in(ours, theirs, "Items"),
     "an index has what it projects, also for filters: Developer Guide, Global Secondary Indexes, Attribute projections"),
    (lambda op, members, ours, theirs: is_statement(op) and says(theirs, "Condition parameter type does not match") and ours[0] == 200,
     "a condition that doesn't name the key is a filter, of any type: Developer Guide, PartiQL select statements"),
    (lambda op, members, ours, theirs: is_statement(op) and says(ours, "Number of parameters in request and statement"), "each parameter has its place: " + CAPTURES),
    (lambda op, members, ours, theirs: is_statement(op) and theirs[0] == 500, "DynamoDB Local fails"),
    (lambda op, members, ours, theirs: op == "Query" and members.get("Limit") and ours[0] == theirs[0] == 200 and ours[1]["Items"] == theirs[1]["Items"]
     and ours[1]["ScannedCount"] == [*theirs[1]["ScannedCount"], 0],
     "a page that reaches its Limit has a LastEvaluatedKey, also where the table has no range key: API Reference, Query, Limit"),
    (lambda op, members, ours, theirs: op == "UpdateItem" and members.get("ReturnValues", "").startswith("UPDATED_") and only_differ_in(ours, theirs, "Attributes", "ConsumedCapacity", "ItemCollectionMetrics")
     and is_part_of(ours[1]["Attributes"], theirs[1]["Attributes"]) and re.search(r"[.\[]", members.get("UpdateExpression", "")),
     "of a document only what was updated: scylladb, Alternator's tests, held against AWS (test_update_item_returnvalues_nested)"),
    (lambda op, members, ours, theirs: op == "TransactWriteItems" and says(theirs, UPDATED) and (reasons(ours) or only_takes_away(op, members)),
     "what an update cannot do to its item cancels: API Reference, TransactWriteItems, Cancellation reasons, Validation Error"),
    (lambda op, members, ours, theirs: op.startswith("Transact") and theirs[0] == 400 and "ValidationError" in reasons(ours) and stage(theirs[1]["message"]) == 5,
     "a key that doesn't fit is its part's reason: API Reference, TransactWriteItems, Cancellation reasons, Validation Error"),
    (lambda op, members, ours, theirs: op.startswith("Transact") and theirs[0] == 400 and stage(theirs[1]["message"]) == 5 and says(ours, "multiple operations on one item"), EITHER),
    (lambda op, members, ours, theirs: op.startswith("Transact") and reasons(theirs) and "ValidationError" in reasons(ours),
     "the parts' reasons are looked for in the order of keys, conditions, updates: API Reference, TransactWriteItems, Cancellation reasons"),
    (lambda op, members, ours, theirs: op in ("UpdateItem", "ExecuteStatement") and says(ours, "Type mismatch for Index Key"),
     "DynamoDB Local lets some updates make a key of an index that is none: scylladb, Alternator's tests, held against AWS (test_gsi_wrong_type_attribute_update)"),
    (lambda op, members, ours, theirs: op == "TransactGetItems" and theirs[0] == 400 and theirs[1]["__type"] == "TransactionCanceledException" and ours[0] == 400,
     "DynamoDB Local cancels with the message of the first part alone: API Reference, TransactGetItems, TransactionCanceledException"),
    (lambda op, members, ours, theirs: op == "Scan" and members.get("IndexName") and (members.get("FilterExpression") or members.get("ScanFilter"))
     and ours[0] == theirs[0] == 200 and ours[1]["ScannedCount"] == theirs[1]["ScannedCount"],
     "an index has what it projects, also for filters: Developer Guide, Global Secondary Indexes, Attribute projections"),
    (lambda op, members, ours, theirs: op == "BatchGetItem" and says(theirs, "contains duplicates") and ours[0] == 400, EITHER),
    (lambda op, members, ours, theirs: op == "TransactWriteItems" and "Key attributes must be scalars" in str(ours[1]),
     "DynamoDB Local refuses paths into keys everywhere but in a ConditionCheck: scylladb, Alternator's tests, held against AWS"),
    (lambda op, members, ours, theirs: ours[0] == 400 and ours[1]["__type"] == "SerializationException", "the protocol: a member of another type than the model's"),
    (lambda op, members, ours, theirs: says(ours, "(?i)failed to satisfy constraint"), MODEL),
    (lambda op, members, ours, theirs: projects(ours) and projects(ours) == projects(theirs), "a list of names in another order"),
    (lambda op, members, ours, theirs: ours[0] == theirs[0] == 400 and stage(ours[1]["message"]) < stage(theirs[1]["message"]),
     "two mistakes: the order of checks is that of request.h: " + CAPTURES),
]


def known(operation: str, members: Members, ours: Answer, theirs: Answer) -> str | None:
    """Why the answers may differ; None: they may not."""
    if ours[0] == theirs[0] == 400 and ours[1]["__type"] == theirs[1]["__type"]:
        ours_said, theirs_said = bare(ours[1]["message"]), bare(theirs[1]["message"])
        of_key = re.fullmatch(OF_KEY, theirs_said)
        if of_key and bare(of_key["what"]) == ours_said:
            return "values of expressions, told without their key: " + CAPTURES
        for one, other, why in WORDS:
            if re.fullmatch(one, theirs_said) and re.fullmatch(other, ours_said):
                return f"{ours_said[:60]}…: {why}"
    return next((why for fits, why in CASES if fits(operation, members, ours, theirs)), None)
