"""What AWS once answered to CloudWatch Logs, replayed: test_recorded.py says how. fixtures/aws-recorded/README.md: what isn't."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from conftest import client_at
from local_emulator import LocalEmulator
from test_logs import DAY_MS, group, now_ms, put  # noqa: F401
from test_logs_subscriptions import ROLE, role, stream_arn  # noqa: F401
from test_recorded import plain, recorded, refusal  # noqa: F401


@pytest.fixture
def own():
    with LocalEmulator() as emulator:
        yield client_at(emulator.url, "logs")


def timed(value: Any) -> Any:
    """Times are numbers here, and were recorded as such: of creation as times, of updates as a word."""
    if isinstance(value, dict):
        told = {"creationTime": lambda ms: datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC), "lastUpdatedTime": lambda _: "last-updated-time"}
        return {name: told.get(name, timed)(member) for name, member in value.items()}
    return [timed(member) for member in value] if isinstance(value, list) else value


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    return timed(plain(answer))


EVENT = [{"timestamp": 1, "message": "x"}]


def test_put_log_events_to_invalid_stream(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-invalid-stream": refusal(logs.put_log_events, logGroupName=group, logStreamName="none", logEvents=EVENT)})


def test_put_log_events_wrong_order(recorded, logs, group, put):  # noqa: F811
    put("a", (now_ms(), "x"))
    events = [{"timestamp": now_ms() - ago, "message": "x"} for ago in (0, 60_000)]
    recorded("logs", {"error-wrong-order": refusal(logs.put_log_events, logGroupName=group, logStreamName="a", logEvents=events)})


def test_put_log_events_too_old(recorded, put):  # noqa: F811
    answer = plain(put("a", (now_ms() - 20 * DAY_MS, "x")))
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    recorded("logs", {"response-too-old": answer | {"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": "too-old-log-event-end-index"}}})


def test_put_log_events_too_new(recorded, put):  # noqa: F811
    answer = plain(put("a", (now_ms() + DAY_MS, "x")))
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}
    recorded("logs", {"response-too-new": answer | {"rejectedLogEventsInfo": {"tooNewLogEventStartIndex": "too-new-log-event-start-index"}}})


def test_get_log_events_invalid_token(recorded, logs, group, put):  # noqa: F811
    put("a", (now_ms(), "x"))
    recorded("logs", {"error-invalid-token": refusal(logs.get_log_events, logGroupName=group, logStreamName="a", nextToken="n/00/s")})


def test_get_log_events_limit_validation(recorded, logs, group, put):  # noqa: F811
    put("a", (now_ms(), "x"))
    recorded("logs", {"error-limit-exceeded": refusal(logs.get_log_events, logGroupName=group, logStreamName="a", limit=10001)})


def test_resource_does_not_exist(recorded, logs, group):  # noqa: F811
    recorded("logs", {
        "error-log-group-does-not-exist": refusal(logs.get_log_events, logGroupName="none", logStreamName="none"),
        "error-log-stream-does-not-exist": refusal(logs.get_log_events, logGroupName=group, logStreamName="none")})


def test_filter_log_events_limit_validation(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-limit-exceeded": refusal(logs.filter_log_events, logGroupName=group, limit=10001)})


def test_filter_log_events_unknown_token(recorded, logs, group):  # noqa: F811
    recorded("logs", {"invalid-token": refusal(logs.filter_log_events, logGroupName=group, nextToken="unknown")})


def test_create_log_group_with_kms_key(recorded, logs, kms, unique):  # noqa: F811
    name = unique("group")
    logs.create_log_group(logGroupName=name, kmsKeyId=kms.create_key()["KeyMetadata"]["Arn"])
    recorded("logs", {"describe-log-groups-with-kms": shown(logs.describe_log_groups(logGroupNamePrefix=name))})


def test_create_log_group_duplicate_error(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-duplicate-log-group": refusal(logs.create_log_group, logGroupName=group)})


def test_create_log_group_invalid_name_length(recorded, logs):  # noqa: F811
    recorded("logs", {"error-invalid-name-length": refusal(logs.create_log_group, logGroupName="x" * 513)})


def test_describe_log_groups_with_prefix(recorded, logs, unique):  # noqa: F811
    name = unique("group")
    for number in range(3):
        logs.create_log_group(logGroupName=f"{name}-{number}")
    recorded("logs", {"describe-log-groups-prefix": shown(logs.describe_log_groups(logGroupNamePrefix=name))})


def test_describe_log_groups_prefix_and_pattern_error(recorded, logs):  # noqa: F811
    recorded("logs", {"error-prefix-and-pattern": refusal(logs.describe_log_groups, logGroupNamePrefix="a", logGroupNamePattern="b")})


def test_create_log_group_with_tags(recorded, logs, unique):  # noqa: F811
    name = unique("group")
    logs.create_log_group(logGroupName=name, tags={"env": "testing"})
    recorded("logs", {"list-tags-after-create": plain(logs.list_tags_log_group(logGroupName=name))})


def test_tag_log_group(recorded, logs, group):  # noqa: F811
    logs.tag_log_group(logGroupName=group, tags={"tag_key_1": "tag_value_1"})
    recorded("logs", {"list-tags-after-tag": plain(logs.list_tags_log_group(logGroupName=group))})


def test_untag_log_group(recorded, logs, group):  # noqa: F811
    logs.tag_log_group(logGroupName=group, tags={"tag_key_1": "tag_value_1", "tag_key_2": "tag_value_2"})
    logs.untag_log_group(logGroupName=group, tags=["tag_key_1"])
    recorded("logs", {"list-tags-after-untag": plain(logs.list_tags_log_group(logGroupName=group))})


def test_tag_resource_api(recorded, logs, unique):  # noqa: F811
    name = unique("group")
    logs.create_log_group(logGroupName=name, tags={"env": "testing1"})
    arn = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["logGroupArn"]

    def older() -> dict[str, Any]:
        return plain(logs.list_tags_log_group(logGroupName=name))

    def newer() -> dict[str, Any]:
        return plain(logs.list_tags_for_resource(resourceArn=arn))

    answers = {"list-tags-after-create": older()}
    logs.tag_resource(resourceArn=arn, tags={"test1": "val1", "test2": "val2"})
    answers |= {"list-tags-log-group-after-tag-resource": older(), "list-tags-for-resource-after-tag-resource": newer()}
    logs.tag_log_group(logGroupName=name, tags={"test3": "val3"})
    answers |= {"list-tags-log-group-after-tag-log-group": older(), "list-tags-for-resource-after-tag-log-group": newer()}
    logs.untag_log_group(logGroupName=name, tags=["env", "test1"])
    logs.untag_resource(resourceArn=arn, tagKeys=["test3"])
    recorded("logs", answers | {"list-tags-log-group-after-untag": older(), "list-tags-for-resource-after-untag": newer()})


def test_create_and_delete_log_stream(recorded, logs, group):  # noqa: F811
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    recorded("logs", {"describe-log-streams-after-create": shown(logs.describe_log_streams(logGroupName=group))})


def test_create_log_stream_duplicate_error(recorded, logs, group):  # noqa: F811
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    recorded("logs", {"error-duplicate-log-stream": refusal(logs.create_log_stream, logGroupName=group, logStreamName="a")})


def test_describe_log_streams_with_log_group_identifier(recorded, logs, group):  # noqa: F811
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    arn = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["logGroupArn"]
    recorded("logs", {
        "describe-streams-identifier-name": shown(logs.describe_log_streams(logGroupIdentifier=group)),
        "describe-streams-identifier-arn": shown(logs.describe_log_streams(logGroupIdentifier=arn)),
        "error-both-name-and-identifier": refusal(logs.describe_log_streams, logGroupName=group, logGroupIdentifier=arn)})


def test_describe_log_streams_with_prefix(recorded, logs, group):  # noqa: F811
    for name in ("a1", "a2", "a3"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    recorded("logs", {"describe-streams-with-prefix": shown(logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="a"))})


def test_log_stream_arn_format(recorded, logs, group):  # noqa: F811
    logs.create_log_stream(logGroupName=group, logStreamName="a")
    recorded("logs", {"describe-log-streams-with-arn": shown(logs.describe_log_streams(logGroupName=group))})


def policy(**members: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Sid": "Route53LogsToCloudWatchLogs", "Effect": "Allow", "Action": "logs:PutLogEvents", **members}]}


def read(answer: dict[str, Any]) -> dict[str, Any]:
    """A policy as it was recorded: read from its text."""
    return timed(answer) | {"policyDocument": json.loads(answer["policyDocument"])}


def test_put_resource_policy(recorded, own):  # noqa: F811
    document = policy(Principal={"Service": ["route53.amazonaws.com"]}, Resource="arn:aws:logs:us-east-1:000000000000:log-group:g*")
    made = plain(own.put_resource_policy(policyName="p", policyDocument=json.dumps(document)))
    recorded("logs", {"put-resource-policy": made | {"resourcePolicy": read(made["resourcePolicy"])}})


def test_put_resource_policy_update(recorded, own):  # noqa: F811
    own.put_resource_policy(policyName="p", policyDocument=json.dumps(policy(Principal={"Service": "a.amazonaws.com"}, Resource="*")))
    document = {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": "logs:*", "Resource": "*"}]}
    own.put_resource_policy(policyName="p", policyDocument=json.dumps(document))
    recorded("logs", {"updated-policy": read(own.describe_resource_policies()["resourcePolicies"][0])})


def test_describe_resource_policies(recorded, own):  # noqa: F811
    for name in ("p1", "p2", "p3"):
        own.put_resource_policy(policyName=name, policyDocument=json.dumps(policy(Principal={"Service": "route53.amazonaws.com"}, Resource="log_arn")))
    answer = plain(own.describe_resource_policies())
    policies = [read(one) for one in answer["resourcePolicies"]]
    recorded("logs", {"describe-resource-policies": answer | {"resourcePolicies": policies}, "policies": policies})


def test_delete_resource_policy_not_found(recorded, logs):  # noqa: F811
    recorded("logs", {"error-policy-not-found": refusal(logs.delete_resource_policy, policyName="non-existent")})


def test_put_resource_policy_limit_exceeded(recorded, own):  # noqa: F811
    arguments = {"policyDocument": json.dumps(policy(Principal={"Service": "route53.amazonaws.com"}, Resource="*"))}
    for number in range(10):
        own.put_resource_policy(policyName=f"p{number}", **arguments)
    recorded("logs", {"error-limit-exceeded": refusal(own.put_resource_policy, policyName="q", **arguments)})


def test_describe_subscription_filters_empty(recorded, logs, group):  # noqa: F811
    recorded("logs", {"describe-subscription-filters-empty": plain(logs.describe_subscription_filters(logGroupName=group))})


def test_describe_subscription_filters_log_group_not_found(recorded, logs):  # noqa: F811
    recorded("logs", {"error-log-group-not-found": refusal(logs.describe_subscription_filters, logGroupName="none")})


def test_put_subscription_filter_update(recorded, logs, group, stream_arn):  # noqa: F811
    """Recorded with a function, which needs no role."""
    for pattern in ("", "[]"):
        logs.put_subscription_filter(logGroupName=group, filterName="test", filterPattern=pattern, destinationArn=stream_arn, roleArn=ROLE)
    answer = shown(logs.describe_subscription_filters(logGroupName=group))
    assert answer["subscriptionFilters"][0].pop("roleArn") == ROLE
    recorded("logs", {"updated-filter": answer})


def test_put_subscription_filter_limit_exceeded(recorded, logs, group, stream_arn):  # noqa: F811
    arguments = {"logGroupName": group, "filterPattern": "", "destinationArn": stream_arn, "roleArn": ROLE}
    for name in ("a", "b"):
        logs.put_subscription_filter(filterName=name, **arguments)
    recorded("logs", {"error-limit-exceeded": refusal(logs.put_subscription_filter, filterName="c", **arguments)})


def test_delete_subscription_filter_errors(recorded, logs, group):  # noqa: F811
    recorded("logs", {
        "error-log-group-not-found": refusal(logs.delete_subscription_filter, logGroupName="none", filterName="f"),
        "error-filter-not-found": refusal(logs.delete_subscription_filter, logGroupName=group, filterName="f")})


def test_put_subscription_filter_errors(recorded, logs, group):  # noqa: F811
    function = "arn:aws:lambda:us-east-1:111111111111:function:none"
    arguments = {"filterName": "f", "filterPattern": "error"}
    recorded("logs", {
        "error-log-group-not-found": refusal(logs.put_subscription_filter, logGroupName="none", destinationArn=function, **arguments),
        "error-lambda-not-found": refusal(logs.put_subscription_filter, logGroupName=group, destinationArn=function, **arguments),
        "error-kinesis-not-found": refusal(logs.put_subscription_filter, logGroupName=group,
                                           destinationArn="arn:aws:kinesis:us-east-1:111111111111:stream/none", **arguments)})


@pytest.fixture
def destination(logs, stream_arn, unique):  # noqa: F811
    name = unique("destination")
    return name, lambda: logs.put_destination(destinationName=name, targetArn=stream_arn, roleArn=ROLE)


def test_put_destination(recorded, destination):  # noqa: F811
    recorded("logs", {"put-destination": shown(destination[1]())})


def test_describe_destinations_empty(recorded, own):  # noqa: F811
    recorded("logs", {"describe-destinations-empty": plain(own.describe_destinations())})


def test_describe_destinations_with_prefix(recorded, logs, destination):  # noqa: F811
    destination[1]()
    recorded("logs", {"describe-destinations": shown(logs.describe_destinations(DestinationNamePrefix=destination[0]))})


def test_update_destination(recorded, logs, destination):  # noqa: F811
    destination[1]()
    first = shown(logs.describe_destinations(DestinationNamePrefix=destination[0]))
    destination[1]()
    recorded("logs", {"original-description": first, "updated-description": shown(logs.describe_destinations(DestinationNamePrefix=destination[0]))})


def test_put_destination_policy(recorded, logs, destination, stream_arn):  # noqa: F811
    destination[1]()
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "logs.amazonaws.com"},
                                                       "Action": "logs:PutSubscriptionFilter", "Resource": stream_arn}]}
    done = plain(logs.put_destination_policy(destinationName=destination[0], accessPolicy=json.dumps(document)))
    answer = shown(logs.describe_destinations(DestinationNamePrefix=destination[0]))
    [one] = answer["destinations"]
    one["accessPolicy"] = json.loads(one["accessPolicy"])
    recorded("logs", {"put-destination-policy": done, "destination-with-policy": answer})


def test_delete_destination(recorded, logs, destination):  # noqa: F811
    destination[1]()
    done = plain(logs.delete_destination(destinationName=destination[0]))
    recorded("logs", {"delete-destination": done, "no-destination-found": plain(logs.describe_destinations(DestinationNamePrefix=destination[0]))})


def test_destination_tags(recorded, logs, destination):  # noqa: F811
    arn = destination[1]()["destination"]["arn"]
    logs.tag_resource(resourceArn=arn, tags={"key1": "val1", "key2": "val2"})
    added = plain(logs.list_tags_for_resource(resourceArn=arn))
    logs.untag_resource(resourceArn=arn, tagKeys=["key2"])
    recorded("logs", {"list-tags-after-add": added, "list-tags-after-remove": plain(logs.list_tags_for_resource(resourceArn=arn))})
