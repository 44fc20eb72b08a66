"""The rows of CloudWatch Logs, and calls of it that succeed: refusals.py and templates.py say how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import Body, Row

GROUP, STREAM = {"logGroupName": "/group"}, {"logGroupName": "/group", "logStreamName": "stream"}
POLICY = '{"Version":"2012-10-17","Statement":[]}'
ROLE, KEY = "arn:aws:iam::000000000000:role/r", "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000"
GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group:"
EVENTS = {"logEvents": [{"timestamp": 1, "message": "hello"}]}
# Calls that would succeed, but for the group.
BY_GROUP: dict[str, Body] = {
    "DeleteLogGroup": {}, "CreateLogStream": {"logStreamName": "new"}, "DeleteLogStream": {"logStreamName": "stream"}, "DescribeLogStreams": {},
    "PutLogEvents": {"logStreamName": "stream", **EVENTS}, "GetLogEvents": {"logStreamName": "stream"}, "FilterLogEvents": {},
    "PutRetentionPolicy": {"retentionInDays": 7}, "DeleteRetentionPolicy": {}, "AssociateKmsKey": {"kmsKeyId": KEY}, "DisassociateKmsKey": {},
    "TagLogGroup": {"tags": {"a": "b"}}, "UntagLogGroup": {"tags": ["a"]}, "ListTagsLogGroup": {}, "DescribeSubscriptionFilters": {},
    "StartQuery": {"startTime": 0, "endTime": 4000000000, "queryString": "fields @message | filter @message like /a(b|c)*/ | stats count(*) by bin(5m)"},
    "DeleteSubscriptionFilter": {"filterName": "f"}, "DeleteMetricFilter": {"filterName": "f"}, "DescribeMetricFilters": {},
    "PutMetricFilter": {"filterName": "f", "filterPattern": "", "metricTransformations": [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]},
    "PutSubscriptionFilter": {"filterName": "f", "filterPattern": "", "destinationArn": "arn:aws:kinesis:us-east-1:000000000000:stream/here", "roleArn": ROLE},
}
# Of what has an ARN.
BY_ARN: dict[str, Body] = {"TagResource": {"tags": {"a": "b"}}, "UntagResource": {"tagKeys": ["a"]}, "ListTagsForResource": {}}
QUERY_ID, NOW = "00000000-0000-4000-8000-000000000000", {"startTime": 0, "endTime": 4000000000}
QUERIES: dict[str, Body] = {
    "GetQueryResults": {"queryId": QUERY_ID}, "StopQuery": {"queryId": QUERY_ID}, "DeleteQueryDefinition": {"queryDefinitionId": QUERY_ID},
    "PutQueryDefinition": {"name": "q", "queryString": "fields a", "queryDefinitionId": QUERY_ID}, "GetLogRecord": {"logRecordPointer": "1." + "0" * 56},
}
OTHERS: dict[str, Body] = {
    "DescribeQueries": {}, "DescribeQueryDefinitions": {}, **QUERIES, "PutQueryDefinition": {"name": "q", "queryString": "fields a"},
    "TestMetricFilter": {"filterPattern": "[a, ..., b>1]", "logEventMessages": ["a b 2"]},
    "ListLogGroups": {}, "PutResourcePolicy": {"policyName": "p", "policyDocument": POLICY}, "DescribeResourcePolicies": {}, "DeleteResourcePolicy": {"policyName": "p"},
    "PutDestination": {"destinationName": "d", "targetArn": "arn:aws:kinesis:us-east-1:000000000000:stream/here", "roleArn": ROLE},
    "PutDestinationPolicy": {"destinationName": "d", "accessPolicy": POLICY}, "DescribeDestinations": {}, "DeleteDestination": {"destinationName": "d"},
    "StartLiveTail": {"logGroupIdentifiers": [GROUP_ARN + "/group"]},
    "PutLogGroupDeletionProtection": {"logGroupIdentifier": "/group", "deletionProtectionEnabled": False},
}
TEMPLATES = {"logs CreateLogGroup": [{"logGroupName": "/new"}], "logs DescribeLogGroups": [{}],
             **{f"logs {name}": [{**GROUP, **body}] for name, body in BY_GROUP.items()},
             **{f"logs {name}": [{"resourceArn": GROUP_ARN + "/group", **body}] for name, body in BY_ARN.items()},
             **{f"logs {name}": [body] for name, body in OTHERS.items()}}


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
    for operation in ("FilterLogEvents", "PutMetricFilter"):
        yield row(operation, "InvalidParameterException", **GROUP, **{**BY_GROUP[operation], "filterPattern": "{ $.a = }"})
    for operation, body in QUERIES.items():
        yield row(operation, "ResourceNotFoundException", **body)
    yield row("GetLogRecord", "InvalidParameterException", logRecordPointer="none")
    yield row("DescribeQueries", "InvalidParameterException", nextToken="none")
    yield row("DescribeQueryDefinitions", "InvalidParameterException", nextToken="none")
    yield row("StartQuery", "MalformedQueryException", **GROUP, **NOW, queryString="fields a | nothing b")
    yield row("StartQuery", "InvalidParameterException", **NOW, queryString="fields a")
    yield row("StartQuery", "InvalidParameterException", **GROUP, startTime=2, endTime=1, queryString="fields a")
    yield row("TestMetricFilter", "InvalidParameterException", filterPattern="a-b", logEventMessages=["a"])
    yield row("DescribeMetricFilters", "InvalidParameterException", metricName="m")
    for operation, body in BY_ARN.items():
        yield row(operation, "ResourceNotFoundException", **body, resourceArn=GROUP_ARN + "not-there")
        yield row(operation, "InvalidParameterException", **body, resourceArn="none")
    yield row("TagResource", "TooManyTagsException", resourceArn=GROUP_ARN + "/group", tags={f"k{n}": "" for n in range(50)})
    yield row("AssociateKmsKey", "InvalidParameterException", **GROUP, kmsKeyId=KEY)
    yield row("PutRetentionPolicy", "InvalidParameterException", **GROUP, retentionInDays=2)
    yield row("PutLogGroupDeletionProtection", "ResourceNotFoundException", logGroupIdentifier="not-there", deletionProtectionEnabled=True)
    yield row("ListLogGroups", "InvalidParameterException", nextToken="none*")
    yield row("PutResourcePolicy", "InvalidParameterException", policyName="p", policyDocument="{")
    yield row("DescribeResourcePolicies", "InvalidParameterException", nextToken="none")
    yield row("DeleteResourcePolicy", "ResourceNotFoundException", policyName="not-there")
    yield row("PutDestination", "InvalidParameterException", **{**OTHERS["PutDestination"], "targetArn": "none"})
    yield row("PutDestinationPolicy", "InvalidParameterException", **{**OTHERS["PutDestinationPolicy"], "destinationName": "not-there"})
    yield row("DescribeDestinations", "InvalidParameterException", nextToken="none*")
    yield row("DeleteDestination", "ResourceNotFoundException", destinationName="not-there")
    yield row("PutSubscriptionFilter", "InvalidParameterException", **GROUP, **{**BY_GROUP["PutSubscriptionFilter"], "filterPattern": "{ $.a = "})
    yield row("PutSubscriptionFilter", "AccessDeniedException", **GROUP, filterName="f", filterPattern="",
              destinationArn="arn:aws:lambda:us-east-1:111111111111:function:f")
    yield row("DescribeSubscriptionFilters", "InvalidParameterException", **GROUP, nextToken="none*")
    yield row("DeleteSubscriptionFilter", "ResourceNotFoundException", **GROUP, filterName="not-there")
    yield row("StartLiveTail", "ResourceNotFoundException", logGroupIdentifiers=[GROUP_ARN + "not-there"])
    yield row("StartLiveTail", "InvalidParameterException", logGroupIdentifiers=[GROUP_ARN + "/group"], logEventFilterPattern="{ $.a = ")
