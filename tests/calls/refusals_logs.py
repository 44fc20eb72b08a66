"""The rows of CloudWatch Logs, and calls of it that succeed: refusals.py and templates.py say how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import Body, Row

GROUP, STREAM = {"logGroupName": "/group"}, {"logGroupName": "/group", "logStreamName": "stream"}
EVENTS = {"logEvents": [{"timestamp": 1, "message": "hello"}]}
# Calls that would succeed, but for the group.
BY_GROUP: dict[str, Body] = {
    "DeleteLogGroup": {}, "CreateLogStream": {"logStreamName": "new"}, "DeleteLogStream": {"logStreamName": "stream"}, "DescribeLogStreams": {},
    "PutLogEvents": {"logStreamName": "stream", **EVENTS}, "GetLogEvents": {"logStreamName": "stream"}, "FilterLogEvents": {},
}
TEMPLATES = {"logs CreateLogGroup": [{"logGroupName": "/new"}], "logs DescribeLogGroups": [{}],
             **{f"logs {name}": [{**GROUP, **body}] for name, body in BY_GROUP.items()}}


def logs() -> Iterator[Row]:
    def row(operation: str, error: str, **body: object) -> Row:
        return Row("plain", "logs", operation, error, body)

    for operation, body in BY_GROUP.items():
        yield row(operation, "ResourceNotFoundException", **body, logGroupName="not-there")
    for operation in ("PutLogEvents", "GetLogEvents"):
        yield row(operation, "ResourceNotFoundException", **{**GROUP, **BY_GROUP[operation], "logStreamName": "not-there"})
    for operation in ("GetLogEvents", "FilterLogEvents", "DescribeLogStreams"):
        yield row(operation, "InvalidParameterException", **GROUP, **BY_GROUP[operation], nextToken="none*")
    yield row("DescribeLogGroups", "InvalidParameterException", nextToken="none*")
    yield row("DescribeLogGroups", "InvalidParameterException", logGroupNamePrefix="a", logGroupNamePattern="b")
    yield row("CreateLogGroup", "ResourceAlreadyExistsException", **GROUP)
    yield row("CreateLogGroup", "InvalidParameterException", logGroupName="a b")
    yield row("CreateLogGroup", "InvalidParameterException", logGroupName="/new", tags={"aws:a": "b"})
    yield row("CreateLogStream", "ResourceAlreadyExistsException", **STREAM)
    yield row("DescribeLogStreams", "InvalidParameterException", **GROUP, orderBy="LastEventTime", logStreamNamePrefix="a")
    yield row("PutLogEvents", "InvalidParameterException", **STREAM, logEvents=[{"timestamp": 2, "message": "a"}, {"timestamp": 1, "message": "b"}])
    yield row("FilterLogEvents", "InvalidParameterException", **GROUP, logStreamNamePrefix="a", logStreamNames=["b"])
