"""Where DynamoDB Local differs from DynamoDB, and we take DynamoDB's side: each with its source.

A difference is known if a row of `WORDS` fits the two refusals, or one of the cases below them the two answers; a case's docstring is its source.
Whatever else differs is a fault, of ours or of this table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

Members = dict[str, Any]
Answer = tuple[int, Members]

ENVELOPE = "1 validation error detected: "
EXACT = Context(prec=60)

# tests/wire/dynamodb pins the words that are ours.
CAPTURES = "paritysuite/dynamodb-conformance: captures of AWS of 2026-09 and 2026-10"
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

INVALID = "One or more parameter values were invalid: "
OF_KEY = r"ExpressionAttributeValues contains invalid value: (?P<what>.*) for key :\w+"
MAYBE_OF_KEY = r"( for key :\w+)?"
UPDATED = (r"(The document path provided in the update expression is invalid for update|Type mismatch for attribute to update|"
           r"The provided expression refers to an attribute that does not exist in the item|"
           r"An operand in the update expression has an incorrect data type)")
START = r"Type mismatch for attribute to update|Exclusive Start Key must have same size .*"
WORDS: list[tuple[str, str, str]] = [
    # values
    (r"(.*: )?A value provided cannot be converted into a number" + MAYBE_OF_KEY,
     r"(.*: )?The parameter cannot be converted to a numeric value.*", CAPTURES),
    (r"(.*: )?DynamoDB only supports precision up to 38 digits" + MAYBE_OF_KEY,
     r"(.*: )?Attempting to store more than 38 significant digits in a Number" + MAYBE_OF_KEY, CAPTURES),
    (r"(.*: )?Input collection .*", rf"(.*: )?{INVALID}Input collection .*duplicates.*", CAPTURES),
    (rf"(.*: )?{INVALID}An? \w+ set  ?may not be empty.*", rf"(.*: )?{INVALID}An? \w+ set  ?may not be empty.*", CAPTURES),
    # keys
    (rf"The number of conditions on the keys is invalid|Invalid attribute value type|{INVALID}Type mismatch for key",
     r"The provided key element does not match the schema", "nubo-db/dynoxide, README: AWS says so, other than DynamoDB Local"),
    (r"One of the required keys was not given a value", rf"{INVALID}Missing the key \w+ in the item", CAPTURES),
    (r"One of the required keys was not given a value", r"The provided key element does not match the schema", "of a batch: " + CAPTURES),
    (rf"Invalid attribute value type|{INVALID}Type mismatch for (key|Index Key)", rf"{INVALID}Type mismatch for (key|Index Key) \w+ .*", CAPTURES),
    (r"Query condition missed key schema element", r"Query condition missed key schema element: \w+", CAPTURES),
    (r".* A value specified for a secondary index key is not supported.*",
     r"One or more parameter values are not valid. The AttributeValue for a key attribute cannot.*", "of a Query, which writes nothing: " + CAPTURES),
    (START, r"The provided starting key is invalid.*|The provided key element does not match the schema", "of a start key: " + CAPTURES),
    (r"The provided starting key does not match the range key predicate", r"The provided starting key is outside query boundaries .*",
     "without a condition of the range key it is none: architect/dynalite, tests/query.js, held against AWS"),
    # parameters
    (r"ExpressionAttributeValues can only be specified when using expressions: .*",
     r"ExpressionAttributeValues can only be specified when using expressions.*", CAPTURES),
    (r"ExpressionAttributeNames contains invalid value: Empty attribute name for key #\w+", r"Empty attribute name", CAPTURES),
    (r"Cannot do operations on a non-existent table", r"Requested resource not found.*", CAPTURES),
    (r"Return values set to invalid value", r"ReturnValues can only be ALL_OLD or NONE", CAPTURES),
    (r".*'segment'.*", r"The Segment parameter is zero-based .*", CAPTURES),
    (r"Value null at 'tableName' .*", r"The parameter 'TableName' is required but was not present in the request", CAPTURES),
    # two mistakes, or one in several places
    (r".*Two document paths (overlap|conflict) .*", r".*Two document paths (overlap|conflict) .*",
     "DynamoDB Local names a path that isn't among those that overlap"),
    (r"(Invalid \w+: The BETWEEN operator requires same data type) .*", r"(Invalid \w+: The BETWEEN operator requires same data type) .*",
     "DynamoDB Local tells binary values as Java objects"),
    (r"(Invalid \w+: Invalid attribute type name found; type: .*, valid types): .*",
     r"(Invalid \w+: Invalid attribute type name found; type: .*, valid types): .*", "a set in another order"),
    (r"(.*) is not defined; attribute (name|value): .*", r"(.*) is not defined; attribute (name|value): .*", EITHER),
    (r"Invalid \w+: The expression has redundant parentheses;", r"Invalid \w+: Syntax error; .*", EITHER),
    (r"Invalid \w+: Two document paths .*", r"Invalid \w+: Incorrect operand type .*", EITHER),
    (r"Invalid \w+: Incorrect operand type .*", r"Invalid \w+: (Incorrect operand type|An expression attribute value) .*", EITHER),
    (r"Invalid \w+: Two document paths .*", r"Invalid \w+: An expression attribute (name|value) used .*", EITHER),
    (r"Key attributes must be scalars; .*", r"Key attributes must be scalars; .*", EITHER),
    (r"Key attributes must be scalars; .*", rf"Consistent reads are not supported .*|{INVALID}Cannot update attribute .*", EITHER),
    (r"Key attributes must be scalars; .*", r".*(empty (string|binary) value|does not match the schema).*", EITHER),
    (rf"{INVALID}.*", r"Key attributes must be scalars; .*", EITHER),
    (r"Provided list of item keys contains duplicates", r"The provided key element does not match the schema", EITHER),
    (r"Query key condition not supported", r"Query condition missed key schema element.*", EITHER),
    (START, rf"{INVALID}.*|Filter Expression can .*|Key attributes must be scalars; .*", EITHER),
    (UPDATED, UPDATED, EITHER),
]


def bare(message: str) -> str:
    """Without what differs in all messages: the envelope, which AWS has had since mid-2026, and how a set of types is called."""
    message = message.removeprefix(ENVELOPE).replace("typeSet: ", "typeset: ")
    return re.sub(r"typeset: ALLOWED_FOR_\w+", "typeset", message).rstrip(".")


# The order of checks (emulator/services/dynamodb/src/request.h), by what a message is about. Of two mistakes we may tell the earlier one.

STAGES = [
    r"(?i)failed to satisfy constraint|Invalid table/index name|Cannot have null key|Item to put in|must have some requests|"
    r"null or no requests|must be greater than",
    r"Can not use both|can only be specified when|ReturnValues can only|Return values set|^Cannot specify|^Must specify|"
    r"ALL_PROJECTED_ATTRIBUTES can|Segment|ConditionalOperator|Limit must",
    r"ExpressionAttribute|^Empty attribute name|^Invalid \w+Expression|unused in expressions",
    r"numeric value|into a number|38 |Number (over|under)flow|duplicates|may not be empty|datatypes|Null attribute|Item size|Nesting|"
    r"ComparisonOperator|KeyConditions|of length 1 or 2|BETWEEN condition|same type|Attribute: |action (with value )?is not supported",
    r"non-existent table|resource not found",
    r"does not match the schema|conditions on the keys|Type mismatch for|Invalid attribute value type|Missing the key|required keys|"
    r"Cannot update attribute|Key attributes must|specified index|missed key schema|does not project|starting key|Start Key|"
    r"global secondary index|empty (string|binary) value|non-primary key|one condition per key|Query key condition|schema type|Select type|"
    r"operations on one item",
    r"conditional request failed|" + UPDATED + r"|Transaction cancelled|Item size to update",
]
KEYS = 5


def stage(message: str) -> int:
    return next((number for number, pattern in enumerate(STAGES) if re.search(pattern, bare(message))), len(STAGES))


# Whole answers


@dataclass(frozen=True)
class Pair:
    """One call, and both answers."""

    operation: str
    members: Members
    ours: Answer
    theirs: Answer

    def says(self, whose: Answer, pattern: str) -> bool:
        return whose[0] == 400 and bool(re.search(pattern, whose[1]["message"]))

    def we_say(self, pattern: str) -> bool:
        return self.says(self.ours, pattern)

    def they_say(self, pattern: str) -> bool:
        return self.says(self.theirs, pattern)

    @property
    def are_refused(self) -> bool:
        return self.ours[0] == self.theirs[0] == 400

    @property
    def are_told(self) -> bool:
        return self.ours[0] == self.theirs[0] == 200

    @property
    def is_transaction(self) -> bool:
        return self.operation.startswith("Transact")

    @property
    def is_statement(self) -> bool:
        return self.operation == "ExecuteStatement"

    def only_differ_in(self, *names: str) -> bool:
        return self.are_told and without(self.ours[1], *names) == without(self.theirs[1], *names)


def without(body: Members, *names: str) -> Members:
    return {name: value for name, value in body.items() if name not in names}


def only_takes_away(operation: str, members: Members) -> bool:
    """An update, or one in a transaction."""
    if operation == "TransactWriteItems":
        return any(only_takes_away("UpdateItem", part["Update"]) for part in members.get("TransactItems", []) if "Update" in part)
    if operation != "UpdateItem" or not (members.get("UpdateExpression") or members.get("AttributeUpdates")):
        return False
    actions = {one.get("Action", "PUT") for one in members.get("AttributeUpdates", {}).values()}
    words = set(re.findall(r"(?i)\b(?:set|add)\b(?=\s)", members.get("UpdateExpression", "")))
    return not words and not actions & {"PUT", "ADD"}


def codes(answer: Answer) -> list[str]:
    """Of a cancelled transaction."""
    return [reason.get("Code", "") for reason in answer[1].get("CancellationReasons", [])]


def plain_reasons(answer: Answer) -> list[Members]:
    return [reason | {"Message": reason.get("Message", "").rstrip(".")} for reason in answer[1].get("CancellationReasons", [])]


def same_words(ours: Answer, theirs: Answer) -> bool:
    both = ours[0] == theirs[0] == 400 and ours[1]["__type"] == theirs[1]["__type"]
    return both and bare(ours[1]["message"]) == bare(theirs[1]["message"])


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


Case = Callable[[Pair], Any]
CASES: list[Case] = []


def case(fits: Case) -> Case:
    CASES.append(fits)
    return fits


@case
def envelope(pair: Pair) -> Any:
    """the envelope: captures of AWS, paritysuite/dynamodb-conformance"""
    return same_words(pair.ours, pair.theirs) and plain_reasons(pair.ours) == plain_reasons(pair.theirs)


@case
def capacity(pair: Pair) -> Any:
    """DynamoDB Local keeps no track of consumed capacity and item collections: Developer Guide, DynamoDB local usage notes, Differences"""
    return pair.only_differ_in("ConsumedCapacity", "ItemCollectionMetrics")


@case
def taking_away_makes_nothing(pair: Pair) -> Any:
    """API Reference, UpdateItem, AttributeUpdates, DELETE: "Causes nothing to happen; there is no attribute to delete\""""
    return only_takes_away(pair.operation, pair.members) and pair.ours[0] == 200


@case
def limit_is_reached(pair: Pair) -> Any:
    """a page that reaches its Limit has a LastEvaluatedKey, also where the table has no range key: API Reference, Query, Limit"""
    return (pair.operation == "Query" and pair.members.get("Limit") and pair.are_told and pair.ours[1]["Items"] == pair.theirs[1]["Items"]
            and pair.ours[1]["ScannedCount"] == [*pair.theirs[1]["ScannedCount"], 0])


@case
def updated_part(pair: Pair) -> Any:
    """of a document only what was updated is returned: scylladb, Alternator's tests, held against AWS (test_update_item_returnvalues_nested)"""
    return (pair.members.get("ReturnValues", "").startswith("UPDATED_") and pair.only_differ_in("Attributes", "ConsumedCapacity", "ItemCollectionMetrics")
            and re.search(r"[.\[]", pair.members.get("UpdateExpression", ""))
            and is_part_of(pair.ours[1].get("Attributes"), pair.theirs[1].get("Attributes")))


@case
def index_filter(pair: Pair) -> Any:
    """an index has what it projects, also for filters: Developer Guide, Global Secondary Indexes, Attribute projections"""
    if pair.operation == "Scan":
        has_filter = pair.members.get("FilterExpression") or pair.members.get("ScanFilter")
        return pair.members.get("IndexName") and has_filter and pair.are_told and pair.ours[1]["ScannedCount"] == pair.theirs[1]["ScannedCount"]
    return pair.is_statement and re.search(r'FROM "[^"]+"\."', pair.members.get("Statement", "")) and pair.only_differ_in("Items")


@case
def index_key(pair: Pair) -> Any:
    """DynamoDB Local lets some updates make an index's key of another type: Alternator's tests, held against AWS (test_gsi_wrong_type_attribute_update)"""
    return pair.operation in ("UpdateItem", "ExecuteStatement") and pair.we_say("Type mismatch for Index Key")


@case
def update_cancels(pair: Pair) -> Any:
    """what an update cannot do to its item cancels: API Reference, TransactWriteItems, Cancellation reasons, Validation Error"""
    return pair.operation == "TransactWriteItems" and pair.they_say(UPDATED) and (codes(pair.ours) or only_takes_away(pair.operation, pair.members))


@case
def key_cancels(pair: Pair) -> Any:
    """a key that doesn't fit is its part's reason: API Reference, TransactWriteItems, Cancellation reasons, Validation Error"""
    return pair.is_transaction and pair.theirs[0] == 400 and "ValidationError" in codes(pair.ours) and stage(pair.theirs[1]["message"]) == KEYS


@case
def reasons_in_order(pair: Pair) -> Any:
    """reasons are looked for in the order of keys, conditions, updates: API Reference, TransactWriteItems, Cancellation reasons"""
    return pair.is_transaction and codes(pair.theirs) and "ValidationError" in codes(pair.ours)


@case
def one_item_twice(pair: Pair) -> Any:
    """two mistakes, a key that doesn't fit and an item that is there twice: no source says which one DynamoDB tells"""
    is_key = pair.theirs[0] == 400 and stage(pair.theirs[1]["message"]) == KEYS
    twice_in_batch = pair.operation == "BatchGetItem" and pair.they_say("contains duplicates") and pair.ours[0] == 400
    return pair.is_transaction and is_key and pair.we_say("multiple operations on one item") or twice_in_batch


@case
def condition_check_into_key(pair: Pair) -> Any:
    """DynamoDB Local refuses paths into keys everywhere but in a ConditionCheck: Alternator's tests, held against AWS"""
    return pair.operation == "TransactWriteItems" and "Key attributes must be scalars" in str(pair.ours[1])


@case
def get_cancels(pair: Pair) -> Any:
    """DynamoDB Local cancels with the message of the first part alone: API Reference, TransactGetItems, TransactionCanceledException"""
    return pair.operation == "TransactGetItems" and pair.are_refused and pair.theirs[1]["__type"] == "TransactionCanceledException"


@case
def statement_words(pair: Pair) -> Any:
    """statements are refused in the words of a newer parser: captures of AWS, paritysuite/dynamodb-conformance"""
    kinds = {pair.ours[1].get("__type"), pair.theirs[1].get("__type")}
    is_checked = pair.we_say("does not project one or more filter attributes|Number of parameters in request and statement")
    return pair.is_statement and (pair.are_refused and kinds == {"ValidationException"} or is_checked)


@case
def duplicate_item(pair: Pair) -> Any:
    """the error's name: the service's model, DuplicateItemException"""
    return pair.is_statement and pair.we_say("Duplicate primary key") and pair.they_say("Duplicate primary key")


@case
def statement_filter(pair: Pair) -> Any:
    """a condition that doesn't give the key is a filter, of any type: Developer Guide, PartiQL select statements"""
    return pair.is_statement and pair.they_say("Condition parameter type does not match") and pair.ours[0] == 200


@case
def fails_itself(pair: Pair) -> Any:
    """DynamoDB Local fails"""
    return pair.is_statement and pair.theirs[0] == 500


@case
def table_words(pair: Pair) -> Any:
    """DynamoDB Local has its own words for tables that cannot be: architect/dynalite, tests/createTable.js, held against AWS"""
    return pair.operation == "CreateTable" and pair.are_refused and pair.ours[1]["__type"] == pair.theirs[1]["__type"] == "ValidationException"


@case
def table_is_looked_at(pair: Pair) -> Any:
    """DynamoDB Local overlooks what goes unused: architect/dynalite, tests/createTable.js, held against AWS"""
    unused = "SecondaryIndexes is empty|AttributeDefinitions are not used|ProvisionedThroughput should not be specified for index"
    return pair.operation == "CreateTable" and pair.we_say(unused) and pair.theirs[0] == 200


@case
def long_keys(pair: Pair) -> Any:
    """a global index has up to four hash and four range attributes: Developer Guide, Multi-attribute keys pattern"""
    is_refused = pair.they_say("Key Schema too big|Too many hash keys")
    return pair.operation == "CreateTable" and is_refused and pair.ours[0] == 200 and "GlobalSecondaryIndexes" in pair.members


@case
def mistyped(pair: Pair) -> Any:
    """the protocol: a member of another type than the model's"""
    return pair.ours[0] == 400 and pair.ours[1]["__type"] == "SerializationException"


@case
def constraint(pair: Pair) -> Any:
    """the service's model: a constraint of the API, told in the protocol's words"""
    return pair.we_say("(?i)failed to satisfy constraint")


@case
def projected_names(pair: Pair) -> Any:
    """a list of names in another order"""
    return projects(pair.ours) and projects(pair.ours) == projects(pair.theirs)


@case
def local_stumbles(pair: Pair) -> Any:
    """DynamoDB Local fails by itself (500), as at an UpdateItem of nothing that asks for UPDATED_OLD"""
    return pair.theirs[0] == 500 and pair.ours[0] == 200


@case
def modified_of_a_path(pair: Pair) -> Any:
    """RETURNING MODIFIED of a path: DynamoDB Local tells the whole attribute; API Reference, UpdateItem, UPDATED_OLD: only what was updated"""
    told = re.search(r"(?is)\bset\b.*[.\[].*\breturning\s+modified\b", str(pair.members.get("Statement")))
    return pair.is_statement and told and pair.only_differ_in("Items")


@case
def earlier_mistake(pair: Pair) -> Any:
    """two mistakes: the order of checks is that of request.h, of captures of AWS, paritysuite/dynamodb-conformance"""
    return pair.are_refused and stage(pair.ours[1]["message"]) < stage(pair.theirs[1]["message"])


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
    pair = Pair(operation, members, ours, theirs)
    return next((fits.__doc__ for fits in CASES if fits(pair)), None)
