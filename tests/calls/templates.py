"""Calls that succeed on what resources.py makes, for the fuzzer to change a little. `$name`: what an answer told as that member."""

from __future__ import annotations

import random
import re
from typing import Any

from encode import Blob, Pairs, Struct, Time
from model import Operation, is_union
from refusals import BY_ARN, BY_KEY, BY_NAME, BY_SCHEMA, DATA, PAIR, SHARD, STREAM_ARN
from refusals_catalogue import TEMPLATES as CATALOGUE
from refusals_dynamodb import TABLE_ARN, TAG
from refusals_firehose import TEMPLATES as FIREHOSE
from refusals_kms import TEMPLATES as KMS
from refusals_logs import TEMPLATES as LOGS
from templates_dynamodb import DYNAMODB
from templates_s3 import S3

Body = dict[str, Any]
KEY = {"k": {"S": "fuzz1"}}
RANGE_KEY = {**KEY, "r": {"N": "1"}}
ITEM = {**RANGE_KEY, "g": {"S": "x"}, "a": {"M": {"b": {"L": [{"N": "1"}, {"S": "y"}]}}}, "b": {"NS": ["1", "2"]}, "c": {"BS": [DATA]}, "l": {"L": []}}
QUERY = {"KeyConditionExpression": "#k = :k", "ExpressionAttributeNames": {"#k": "k"}, "ExpressionAttributeValues": {":k": {"S": "fuzz1"}}}
CONDITION = {"ConditionExpression": "attribute_exists(#k) AND a.b[0] <> :v", "ExpressionAttributeNames": {"#k": "k"},
             "ExpressionAttributeValues": {":v": {"N": "7"}}}
UPDATE = {"Key": KEY, "UpdateExpression": "SET a.b[1] = :v, n = if_not_exists(n, :v) + :v, l = list_append(l, :l) REMOVE c ADD b :s",
          "ExpressionAttributeValues": {":v": {"N": "1"}, ":l": {"L": [{"S": "x"}]}, ":s": {"NS": ["5"]}}}
LEGACY = {"Key": KEY, "AttributeUpdates": {"n": {"Action": "ADD", "Value": {"N": "1"}}, "v": {"Action": "PUT", "Value": {"S": "x"}}},
          "Expected": {"k": {"ComparisonOperator": "NOT_NULL"}, "z": {"Exists": False}}}
FILTER = {"FilterExpression": "contains(g, :v) OR size(a) > :n", "ExpressionAttributeValues": {":v": {"S": "x"}, ":n": {"N": "0"}}}
SCAN_FILTER = {"ScanFilter": {"g": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "x"}]}, "b": {"ComparisonOperator": "NOT_NULL"}}}
METRIC = {"Namespace": "n", "MetricName": "m"}
ALARM_ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"
TIMES = {"StartTime": 1, "EndTime": 2}  # made of now
DATUM = {"MetricName": "m", "Value": 1.5, "Dimensions": [{"Name": "d", "Value": "v"}], "Timestamp": 0, "Unit": "Count"}
SET_DATUM = {"MetricName": "m", "StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2}}
VALUES_DATUM = {"MetricName": "o", "Values": [1, 2, 3.5], "Counts": [1, 5, 2]}
QUERIES = [{"Id": "m1", "MetricStat": {"Metric": {**METRIC, "Dimensions": []}, "Period": 60, "Stat": "Sum"}}]

OTHERS: dict[str, list[Body]] = {
    **DYNAMODB, **S3, **FIREHOSE, **KMS, **CATALOGUE, **LOGS,
    "kinesis CreateStream": [{"StreamName": "fuzz-c", "ShardCount": 2}, {"StreamName": "fuzz-d", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}],
    "kinesis ListStreams": [{}], "kinesis DescribeLimits": [{}], "kinesis DescribeAccountSettings": [{}],
    "kinesis UpdateAccountSettings": [{"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}],
    "kinesis GetRecords": [{"ShardIterator": "$NextShardIterator"}],
    "kinesis SubscribeToShard": [{"ConsumerARN": "$ConsumerARN", "ShardId": SHARD, "StartingPosition": {"Type": "TRIM_HORIZON"}}],
    "dynamodb CreateTable": [{"TableName": "new", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
                              "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}],
    "dynamodb UpdateTable": [{"TableName": "hash", "AttributeDefinitions": [{"AttributeName": "v", "AttributeType": "S"}], "GlobalSecondaryIndexUpdates": [
        {"Create": {"IndexName": "made", "KeySchema": [{"AttributeName": "v", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}]},
        {"TableName": "hash", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "made"}}]}],
    "dynamodb ListTables": [{}], "dynamodb DescribeLimits": [{}],
    "dynamodb UpdateTimeToLive": [{"TableName": "hash", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}}],
    "dynamodb PutItem": [{"TableName": "range", "Item": ITEM, "ReturnValues": "ALL_OLD"}, {"TableName": "hash", "Item": ITEM, **CONDITION}],
    "dynamodb GetItem": [{"TableName": "hash", "Key": KEY, "ProjectionExpression": "a.b[0], g, c"}, {"TableName": "hash", "Key": KEY, "AttributesToGet": ["a"]}],
    "dynamodb UpdateItem": [{"TableName": "hash", "ReturnValues": "ALL_NEW", **UPDATE}, {"TableName": "hash", **LEGACY}],
    "dynamodb DeleteItem": [{"TableName": "range", "Key": RANGE_KEY, "ReturnValues": "ALL_OLD"}, {"TableName": "hash", "Key": KEY, **CONDITION}],
    "dynamodb Query": [{"TableName": "range", **QUERY}, {"TableName": "hash", "IndexName": "index", "KeyConditionExpression": "g = :g",
                                                         "ExpressionAttributeValues": {":g": {"S": "x"}}},
                       {"TableName": "range", "KeyConditions": {"k": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "fuzz1"}]}}, "Limit": 1}],
    "dynamodb Scan": [{"TableName": "hash", **FILTER}, {"TableName": "range", **SCAN_FILTER}, {"TableName": "range", "Segment": 1, "TotalSegments": 3}],
    "dynamodb BatchWriteItem": [{"RequestItems": {"hash": [{"PutRequest": {"Item": ITEM}}], "range": [{"DeleteRequest": {"Key": RANGE_KEY}}]}}],
    "dynamodb BatchGetItem": [{"RequestItems": {"hash": {"Keys": [KEY], "ProjectionExpression": "a, b"}, "range": {"Keys": [RANGE_KEY]}}}],
    "dynamodb TransactWriteItems": [{"TransactItems": [{"Put": {"TableName": "range", "Item": ITEM}}, {"Update": {"TableName": "hash", **UPDATE}},
                                                       {"ConditionCheck": {"TableName": "range", "Key": {"k": {"S": "fuzz2"}, "r": {"N": "1"}}, **CONDITION}}]}],
    "dynamodb TransactGetItems": [{"TransactItems": [{"Get": {"TableName": "hash", "Key": KEY}}, {"Get": {"TableName": "range", "Key": RANGE_KEY}}]}],
    "dynamodb TagResource": [{"ResourceArn": f"{TABLE_ARN}hash", "Tags": [TAG]}], "dynamodb UntagResource": [{"ResourceArn": f"{TABLE_ARN}hash", "TagKeys": ["a"]}],
    "dynamodb ListTagsOfResource": [{"ResourceArn": f"{TABLE_ARN}hash"}],
    "dynamodb UpdateContinuousBackups": [{"TableName": "hash", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}],
    "glue CreateRegistry": [{"RegistryName": "made"}], "glue ListRegistries": [{}], "glue ListSchemas": [{}, {"RegistryId": {"RegistryName": "fuzz"}}],
    "glue GetRegistry": [{"RegistryId": {"RegistryName": "fuzz"}}], "glue UpdateRegistry": [{"RegistryId": {"RegistryName": "fuzz"}, "Description": "d"}],
    "glue DeleteRegistry": [{"RegistryId": {"RegistryName": "made"}}],
    "glue CreateSchema": [{"RegistryId": {"RegistryName": "fuzz"}, "SchemaName": "made", "DataFormat": "JSON", "Compatibility": "FULL_ALL",
                           "SchemaDefinition": '{"type":"object"}'}],
    "glue CheckSchemaVersionValidity": [{"DataFormat": "AVRO", "SchemaDefinition": '"int"'}],
    "glue UpdateSchema": [{"Compatibility": "FULL", "SchemaVersionNumber": {"LatestVersion": True}}],
    "glue PutSchemaVersionMetadata": [{"SchemaVersionId": "$SchemaVersionId", **PAIR}],
    "glue QuerySchemaVersionMetadata": [{"SchemaVersionId": "$SchemaVersionId"}],
    "glue TagResource": [{"ResourceArn": "$RegistryArn", "TagsToAdd": {"a": "b"}}], "glue UntagResource": [{"ResourceArn": "$RegistryArn", "TagsToRemove": ["a"]}],
    "glue GetTags": [{"ResourceArn": "$RegistryArn"}],
    "cloudwatch PutMetricData": [{"Namespace": "n", "MetricData": [DATUM, SET_DATUM, VALUES_DATUM]}],
    "cloudwatch ListMetrics": [{}, METRIC], "sts GetCallerIdentity": [{}],
    "cloudwatch GetMetricStatistics": [{**METRIC, **TIMES, "Period": 60, "Statistics": ["Sum", "Average"], "ExtendedStatistics": ["p99"]}],
    "cloudwatch PutDashboard": [{"DashboardName": "d", "DashboardBody": '{"widgets":[{"type":"text","properties":{"markdown":"#"}}]}'}],
    "cloudwatch GetDashboard": [{"DashboardName": "d"}], "cloudwatch ListDashboards": [{}], "cloudwatch DeleteDashboards": [{"DashboardNames": ["d"]}],
    "cloudwatch PutMetricAlarm": [{"AlarmName": "a", **METRIC, "Period": 60, "Statistic": "Sum", "EvaluationPeriods": 1, "Threshold": 1,
                                   "ComparisonOperator": "GreaterThanThreshold"}],
    "cloudwatch PutCompositeAlarm": [{"AlarmName": "c", "AlarmRule": "TRUE OR NOT FALSE"}], "cloudwatch DescribeAlarms": [{}, {"AlarmNames": ["a"]}],
    "cloudwatch DescribeAlarmsForMetric": [METRIC], "cloudwatch DescribeAlarmHistory": [{}, {"AlarmName": "a"}], "cloudwatch DeleteAlarms": [{"AlarmNames": ["a"]}],
    "cloudwatch SetAlarmState": [{"AlarmName": "a", "StateValue": "ALARM", "StateReason": "r", "StateReasonData": "{}"}],
    "cloudwatch EnableAlarmActions": [{"AlarmNames": ["a"]}], "cloudwatch DisableAlarmActions": [{"AlarmNames": ["a"]}],
    "cloudwatch DescribeAlarmContributors": [{"AlarmName": "a"}], "cloudwatch TagResource": [{"ResourceARN": ALARM_ARN, "Tags": [{"Key": "a", "Value": "b"}]}],
    "cloudwatch UntagResource": [{"ResourceARN": ALARM_ARN, "TagKeys": ["a"]}], "cloudwatch ListTagsForResource": [{"ResourceARN": ALARM_ARN}],
    "cloudwatch GetMetricWidgetImage": [{"MetricWidget": '{"metrics":[["n","m"],[{"expression":"FILL(METRICS(),0)","id":"e"}]],"width":60,"height":40}'}],
    "cloudwatch PutMetricStream": [{"Name": "s", "FirehoseArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/d", "RoleArn": "arn:aws:iam::000000000000:role/r",
                                    "OutputFormat": "opentelemetry1.0", "IncludeFilters": [{"Namespace": "n", "MetricNames": ["m"]}], "StatisticsConfigurations": [
                                        {"IncludeMetrics": [{"Namespace": "n", "MetricName": "m"}], "AdditionalStatistics": ["p99"]}]}],
    "cloudwatch GetMetricStream": [{"Name": "s"}], "cloudwatch ListMetricStreams": [{}, {"MaxResults": 1}], "cloudwatch DeleteMetricStream": [{"Name": "s"}],
    "cloudwatch StartMetricStreams": [{"Names": ["s"]}], "cloudwatch StopMetricStreams": [{"Names": ["s"]}],
    "cloudwatch DescribeAnomalyDetectors": [{}], "cloudwatch DescribeInsightRules": [{}], "cloudwatch ListManagedInsightRules": [{"ResourceARN": ALARM_ARN}],
    "cloudwatch ListAlarmMuteRules": [{}], "cloudwatch GetAlarmMuteRule": [{"AlarmMuteRuleName": "r"}], "cloudwatch ListMetricDataQueryDefinitions": [{}],
    "cloudwatch GetMetricData": [{"MetricDataQueries": QUERIES, **TIMES}],
    "kms CreateKey": [{"Description": "d"}], "kms ListKeys": [{}], "kms ListAliases": [{}, {"KeyId": "$KeyId"}],
    "kms CreateAlias": [{"AliasName": "alias/other", "TargetKeyId": "$KeyId"}], "kms UpdateAlias": [{"AliasName": "alias/fuzz", "TargetKeyId": "$KeyId"}],
    "kms DeleteAlias": [{"AliasName": "alias/other"}],
}


def bodies_of(operation: Operation) -> list[Body]:
    name = operation.name
    found = list(OTHERS.get(f"{operation.service} {name}", []))
    if operation.service == "kinesis" and name in BY_NAME:
        found += [{"StreamName": stream, **BY_NAME[name]} for stream in ("fuzz-a", "fuzz-b")]
    if operation.service == "kinesis" and name in BY_ARN:
        member, body = BY_ARN[name]
        found += [{member: f"{STREAM_ARN}fuzz-b", **body}]
    if operation.service == "s3" and not found:
        found += [{"Bucket": "fuzz-bucket"}]
    if operation.service == "dynamodb" and not found:
        found += [{"TableName": table} for table in ("hash", "range")]
    if operation.service == "glue" and name in BY_SCHEMA:
        by_id = [body for body in found if "SchemaVersionId" in body]
        found = by_id + [{"SchemaId": {"RegistryName": "fuzz", "SchemaName": schema}, **BY_SCHEMA[name], **body}
                         for schema in ("avro", "json", "protobuf") for body in [body for body in found if body not in by_id] or [{}]]
    if operation.service == "kms" and name in BY_KEY:
        found += [{"KeyId": "$KeyId", **BY_KEY[name]}]
    return found


def shaped(operation: Operation, shape_name: str, value: Any) -> Any:
    """JSON as the encoders want it."""
    shape = operation.shape(shape_name)
    if shape["type"] == "structure":
        return Struct((name, shaped(operation, shape["members"][name]["shape"], member)) for name, member in value.items() if name in shape["members"])
    if shape["type"] == "map":
        return Pairs((key, shaped(operation, shape["value"]["shape"], member)) for key, member in value.items())
    if shape["type"] == "list":
        return [shaped(operation, shape["member"]["shape"], member) for member in value]
    return {"blob": lambda: Blob(value.encode()), "timestamp": lambda: Time(value)}.get(shape["type"], lambda: value)()


# What belongs together in an expression


def used_words(value: Struct, sign: str) -> set[str]:
    text = " ".join(member for name, member in value if name.endswith("Expression") and isinstance(member, str))
    return set(re.findall(f"{sign}\\w+", text))


def with_words_used(value: Any, chance: random.Random, maker: Any) -> Any:
    """The names and values of expressions are those that they use, as AWS wants it; older members are left out beside expressions."""
    if isinstance(value, (Struct, Pairs)):
        made = type(value)((name, with_words_used(member, chance, maker)) for name, member in value)
        if isinstance(made, Struct) and isinstance(dict(made[:3]).get("Statement"), str):
            return with_parameters(made, maker)
        return mended(made, chance, maker) if isinstance(made, Struct) and any(name.endswith("Expression") for name, _ in made) else made
    return [with_words_used(member, chance, maker) for member in value] if isinstance(value, list) else value


def with_parameters(value: Struct, maker: Any) -> Struct:
    """As many as its statement has question marks."""
    there = [member for name, members in value if name == "Parameters" and isinstance(members, list) for member in members]
    count = min(sum(member.count("?") for name, member in value if name == "Statement" and isinstance(member, str)), 50)
    kept = Struct((name, member) for name, member in value if name != "Parameters")
    if count:
        kept.append(("Parameters", (there + [maker.value("AttributeValue", "", 2) for _ in range(count)])[:count]))
    return kept


OLDER = {"Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter", "AttributesToGet", "ConditionalOperator"}


def mended(value: Struct, chance: random.Random, maker: Any) -> Struct:
    names, values = used_words(value, "#"), used_words(value, ":")
    there = dict(member for _, members in value if isinstance(members, Pairs) for member in members if isinstance(member[0], str))
    kept = Struct((name, member) for name, member in value if name not in OLDER and name not in ("ExpressionAttributeNames", "ExpressionAttributeValues"))
    if names:
        kept.append(("ExpressionAttributeNames", Pairs((name, there.get(name) or chance.choice("abckrg")) for name in sorted(names))))
    if values:
        kept.append(("ExpressionAttributeValues", Pairs((name, there.get(name) or maker.value("AttributeValue", "", 2)) for name in sorted(values))))
    return kept


class Changer:
    """A template with some of its members changed, added or left out."""

    def __init__(self, operation: Operation, maker: Any, chance: random.Random):
        self.operation, self.maker, self.chance = operation, maker, chance
        self.share = chance.choice((0, 0.05, 0.2, 0.4))

    def input(self) -> Struct | None:
        bodies = bodies_of(self.operation)
        if not bodies or not self.operation.input:
            return None
        made = self.changed(shaped(self.operation, self.operation.input, self.chance.choice(bodies)), self.operation.input)
        return with_words_used(made, self.chance, self.maker) if self.chance.random() < 0.8 else made

    def filled(self, value: Any, member: str) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.maker.pool.pick(value[1:]) or "none"
        if isinstance(value, Time):
            return self.maker.timestamp({}, member)
        return value

    def changed(self, value: Any, shape_name: str, member: str = "", depth: int = 0) -> Any:
        shape = self.operation.shape(shape_name)
        if depth and self.chance.random() < self.share * 0.5:
            return self.maker.value(shape_name, member, depth)
        if isinstance(value, Struct):
            made = Struct((name, self.changed(each, shape["members"][name]["shape"], name, depth + 1)) for name, each in value)
            there = {name for name, _ in made}
            others = [] if is_union(shape_name, shape) else [name for name in shape["members"] if name not in there]
            for name in others:
                if self.chance.random() < self.share * 0.3:
                    made.append((name, self.maker.value(shape["members"][name]["shape"], name, depth + 1)))
            return made
        if isinstance(value, Pairs):
            return Pairs((key, self.changed(each, shape["value"]["shape"], key, depth + 1)) for key, each in value)
        if isinstance(value, list):
            return [self.changed(each, shape["member"]["shape"], member, depth + 1) for each in value]
        return self.filled(value, member)
