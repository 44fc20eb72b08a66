"""Requests that reach the errors of each operation: operation × error, as data. tests/clients/test_refusals.py sends them while others write.

`$name` in a body is what prepare() noted under that name. Three emulators are needed:

    plain   as it comes
    busy    streams take an hour to change: one is CREATING
    limits  AWS's rates are enforced: a row's request is sent again until it is refused

What the models declare and is not here: errors of access and of services of ours that fail (AccessDeniedException of calls with another identity,
InternalFailure and its like, KMSOptInRequired, KMSThrottlingException, DependencyTimeoutException), of what is not emulated (custom key stores,
throughput of tables, replicas), and those that need more resources than a test makes in a moment (10,000 versions of a schema)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from model import operations
from refusals_catalogue import catalogue
from refusals_dynamodb import dynamodb, dynamodbstreams
from refusals_firehose import firehose
from refusals_iam import iam, sts
from refusals_kms import kms_more
from refusals_logs import logs
from refusals_s3 import s3
from row import ACCOUNT, Body, Row

STREAM_ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/"
GLUE_ARN = f"arn:aws:glue:us-east-1:{ACCOUNT}:"
KMS_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
NO_KEY = "00000000-0000-4000-8000-000000000000"
SHARD, NEXT_SHARD = "shardId-000000000000", "shardId-000000000001"
DATA = "aGVsbG8="
TOO_MUCH = base64.b64encode(bytes(700_000)).decode()
POLICY = '{"Version":"2012-10-17","Statement":[]}'

# Kinesis: a call that would succeed, but for the stream.
BY_NAME: dict[str, Body] = {
    "DeleteStream": {}, "DescribeStream": {}, "DescribeStreamSummary": {}, "ListShards": {}, "ListTagsForStream": {},
    "PutRecord": {"PartitionKey": "k", "Data": DATA}, "PutRecords": {"Records": [{"PartitionKey": "k", "Data": DATA}]},
    "GetShardIterator": {"ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"},
    "SplitShard": {"ShardToSplit": SHARD, "NewStartingHashKey": "1000"}, "MergeShards": {"ShardToMerge": SHARD, "AdjacentShardToMerge": NEXT_SHARD},
    "UpdateShardCount": {"TargetShardCount": 3, "ScalingType": "UNIFORM_SCALING"},
    "IncreaseStreamRetentionPeriod": {"RetentionPeriodHours": 48}, "DecreaseStreamRetentionPeriod": {"RetentionPeriodHours": 24},
    "StartStreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
    "StopStreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
    "AddTagsToStream": {"Tags": {"a": "b"}}, "RemoveTagsFromStream": {"TagKeys": ["a"]},
    "EnableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]}, "DisableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]},
    "UpdateStreamWarmThroughput": {"WarmThroughputMiBps": 1},
}
BY_ARN: dict[str, tuple[str, Body]] = {
    "RegisterStreamConsumer": ("StreamARN", {"ConsumerName": "d"}), "ListStreamConsumers": ("StreamARN", {}),
    "DescribeStreamConsumer": ("StreamARN", {"ConsumerName": "c"}), "DeregisterStreamConsumer": ("StreamARN", {"ConsumerName": "c"}),
    "TagResource": ("ResourceARN", {"Tags": {"a": "b"}}), "UntagResource": ("ResourceARN", {"TagKeys": ["a"]}), "ListTagsForResource": ("ResourceARN", {}),
    "PutResourcePolicy": ("ResourceARN", {"Policy": '{"Version":"2012-10-17","Statement":[]}'}), "GetResourcePolicy": ("ResourceARN", {}),
    "DeleteResourcePolicy": ("ResourceARN", {}), "UpdateStreamMode": ("StreamARN", {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
    "UpdateMaxRecordSize": ("StreamARN", {"MaxRecordSizeInKiB": 2048}),
    "UpdateStreamRecordDistributionStrategy": ("StreamARN", {"RecordDistributionStrategy": "USER_PARTITION_KEY"}),
}
# The state of a stream is not asked for, or the error isn't the model's.
NEVER_BUSY = {"DescribeStream", "DescribeStreamSummary", "ListShards", "ListTagsForStream", "GetShardIterator", "PutRecord", "PutRecords", "ListTagsForResource",
              "DeleteStream", "GetResourcePolicy", "ListStreamConsumers", "DescribeStreamConsumer", "DeregisterStreamConsumer", "AddTagsToStream",
              "RemoveTagsFromStream", "TagResource", "UntagResource", "PutResourcePolicy", "DeleteResourcePolicy"}
CALLS_A_SECOND = {
    "ListStreams": {}, "DescribeStream": {"StreamName": "here"}, "DescribeStreamSummary": {"StreamName": "here"}, "DescribeLimits": {},
    "DescribeAccountSettings": {}, "ListTagsForStream": {"StreamName": "here"}, "AddTagsToStream": {"StreamName": "here", "Tags": {"a": "b"}},
    "RemoveTagsFromStream": {"StreamName": "here", "TagKeys": ["a"]}, "DeleteStream": {"StreamName": "not-there"},
    "CreateStream": {"StreamName": "here", "ShardCount": 1}, "SplitShard": {"StreamName": "not-there", **BY_NAME["SplitShard"]},
    "MergeShards": {"StreamName": "not-there", **BY_NAME["MergeShards"]}, "UpdateShardCount": {"StreamName": "not-there", **BY_NAME["UpdateShardCount"]},
    "UpdateStreamWarmThroughput": {"StreamName": "not-there", "WarmThroughputMiBps": 1},
    "RegisterStreamConsumer": {"StreamARN": f"{STREAM_ARN}not-there", "ConsumerName": "d"}, "ListStreamConsumers": {"StreamARN": f"{STREAM_ARN}here"},
    "DescribeStreamConsumer": {"StreamARN": f"{STREAM_ARN}here", "ConsumerName": "c"},
    "DeregisterStreamConsumer": {"StreamARN": f"{STREAM_ARN}here", "ConsumerName": "none"}, "ListShards": {"StreamName": "here"},
    "UpdateAccountSettings": {"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}},
}
ENCRYPTED = {"disabled": "KMSDisabledException", "pending": "KMSInvalidStateException", "gone": "KMSNotFoundException"}


def other_account(arn: str) -> str:
    return arn.replace(ACCOUNT, "111111111111")


def kinesis() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body, mode: str = "plain", times: int = 1) -> Row:
        return Row(mode, "kinesis", operation, error, body, times)

    for operation, body in BY_NAME.items():
        yield row(operation, "ResourceNotFoundException", {"StreamName": "not-there", **body})
        yield row(operation, "AccessDeniedException", {"StreamARN": other_account(STREAM_ARN) + "here", **body})
        yield row(operation, "InvalidArgumentException", body)
        if operation not in NEVER_BUSY:
            yield row(operation, "ResourceInUseException", {"StreamName": "busy", **body}, "busy")
    for operation, (member, body) in BY_ARN.items():
        yield row(operation, "ResourceNotFoundException", {member: f"{STREAM_ARN}not-there", **body})
        yield row(operation, "AccessDeniedException", {member: other_account(STREAM_ARN) + "here", **body})
        if operation not in NEVER_BUSY:
            yield row(operation, "ResourceInUseException", {member: f"{STREAM_ARN}busy", **body}, "busy")
    for operation, body in CALLS_A_SECOND.items():
        yield row(operation, "LimitExceededException", body, "limits", 1500)
    for stream, error in ENCRYPTED.items():
        yield row("PutRecord", error, {"StreamName": stream, **BY_NAME["PutRecord"]})
        yield row("PutRecords", error, {"StreamName": stream, **BY_NAME["PutRecords"]})
        yield row("GetRecords", error, {"ShardIterator": f"$iterator-{stream}"})
        yield row("StartStreamEncryption", error, {"StreamName": "here", "EncryptionType": "KMS", "KeyId": f"$key-{stream}"})
    yield row("StartStreamEncryption", "KMSNotFoundException", {"StreamName": "here", "EncryptionType": "KMS", "KeyId": "alias/not-there"})
    yield row("GetRecords", "ResourceNotFoundException", {"ShardIterator": "$iterator-deleted"})
    yield row("GetRecords", "ExpiredIteratorException", {"ShardIterator": "$iterator-old"})
    yield row("GetRecords", "InvalidArgumentException", {"ShardIterator": "x"})
    yield row("GetRecords", "ProvisionedThroughputExceededException", {"ShardIterator": "$iterator"}, "limits", 30)
    yield row("GetShardIterator", "ProvisionedThroughputExceededException", {"StreamName": "here", **BY_NAME["GetShardIterator"]}, "limits", 30)
    yield row("PutRecord", "ProvisionedThroughputExceededException", {"StreamName": "here", "PartitionKey": "k", "Data": TOO_MUCH}, "limits", 9)
    for operation in ("PutRecord", "PutRecords", "GetShardIterator"):
        yield row(operation, "DryRunOperationException", {"StreamName": "here", "DryRun": True, **BY_NAME[operation]})
    yield row("GetRecords", "DryRunOperationException", {"ShardIterator": "$iterator", "DryRun": True})
    yield row("SubscribeToShard", "DryRunOperationException",
              {"ConsumerARN": "$consumer", "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}, "DryRun": True})
    yield row("SubscribeToShard", "ResourceNotFoundException",
              {"ConsumerARN": f"{STREAM_ARN}here/consumer/none:1", "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}})
    yield row("SubscribeToShard", "InvalidArgumentException", {"ConsumerARN": "$consumer", "ShardId": SHARD, "StartingPosition": {"Type": "AT_TIMESTAMP"}})
    yield row("CreateStream", "ResourceInUseException", {"StreamName": "here", "ShardCount": 1})
    yield row("CreateStream", "LimitExceededException", {"StreamName": "large", "ShardCount": 1_000_000})
    yield row("CreateStream", "InvalidArgumentException", {"StreamName": "none", "ShardCount": 1, "RecordDistributionStrategy": "AUTO"})
    yield row("CreateStream", "ValidationException", {"StreamName": "a b", "ShardCount": 1})
    yield row("DeleteStream", "ResourceInUseException", {"StreamName": "here"})
    yield row("RegisterStreamConsumer", "ResourceInUseException", {"StreamARN": f"{STREAM_ARN}here", "ConsumerName": "c"})
    yield row("RegisterStreamConsumer", "LimitExceededException", {"StreamARN": f"{STREAM_ARN}full", "ConsumerName": "one-more"})
    yield row("DescribeStreamConsumer", "InvalidArgumentException", {})
    yield row("DeregisterStreamConsumer", "InvalidArgumentException", {})
    for operation in ("ListStreams", "ListShards", "ListStreamConsumers"):
        body = {"StreamARN": f"{STREAM_ARN}here"} if operation == "ListStreamConsumers" else {}
        yield row(operation, "InvalidArgumentException", {"NextToken": "x", **body})
        if operation != "ListStreamConsumers":
            yield row(operation, "ExpiredNextTokenException", {"NextToken": f"$token-{operation}", **body})
    yield row("SplitShard", "InvalidArgumentException", {"StreamName": "here", "ShardToSplit": SHARD, "NewStartingHashKey": "0"})
    yield row("MergeShards", "InvalidArgumentException", {"StreamName": "here", "ShardToMerge": SHARD, "AdjacentShardToMerge": SHARD})
    yield row("UpdateShardCount", "InvalidArgumentException", {"StreamName": "here", "TargetShardCount": 1_000_000, "ScalingType": "UNIFORM_SCALING"})
    yield row("AddTagsToStream", "InvalidArgumentException", {"StreamName": "here", "Tags": {"aws:a": "b"}})
    yield row("TagResource", "InvalidArgumentException", {"ResourceARN": f"{STREAM_ARN}here", "Tags": {"aws:a": "b"}})
    yield row("IncreaseStreamRetentionPeriod", "InvalidArgumentException", {"StreamName": "here", "RetentionPeriodHours": 9000})
    yield row("DecreaseStreamRetentionPeriod", "InvalidArgumentException", {"StreamName": "here", "RetentionPeriodHours": 1})
    yield row("PutResourcePolicy", "InvalidArgumentException", {"ResourceARN": f"{STREAM_ARN}here", "Policy": "{"})
    yield row("PutResourcePolicy", "LimitExceededException", {"ResourceARN": f"{STREAM_ARN}here", "Policy": "x" * 30_000})
    yield row("UpdateMaxRecordSize", "ValidationException", {"StreamARN": f"{STREAM_ARN}here", "MaxRecordSizeInKiB": 1})


SCHEMA = {"SchemaId": {"RegistryName": "here", "SchemaName": "s"}}
NO_SCHEMA = {"SchemaId": {"RegistryName": "here", "SchemaName": "none"}}
PAIR = {"MetadataKeyValue": {"MetadataKey": "a", "MetadataValue": "b"}}
LATEST = {"SchemaVersionNumber": {"LatestVersion": True}}
BY_SCHEMA: dict[str, Body] = {
    "GetSchema": {}, "UpdateSchema": {"Description": "d"}, "RegisterSchemaVersion": {"SchemaDefinition": '"int"'}, "GetSchemaVersion": LATEST,
    "GetSchemaByDefinition": {"SchemaDefinition": '"int"'}, "ListSchemaVersions": {}, "DeleteSchemaVersions": {"Versions": "1"}, "DeleteSchema": {},
    "GetSchemaVersionsDiff": {"FirstSchemaVersionNumber": {"VersionNumber": 1}, "SecondSchemaVersionNumber": {"VersionNumber": 2},
                              "SchemaDiffType": "SYNTAX_DIFF"},
    "PutSchemaVersionMetadata": {**LATEST, **PAIR}, "QuerySchemaVersionMetadata": LATEST, "RemoveSchemaVersionMetadata": {**LATEST, **PAIR},
}
CREATE_SCHEMA = {"RegistryId": {"RegistryName": "here"}, "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "BACKWARD", "SchemaDefinition": '"string"'}


def glue() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "glue", operation, error, body)

    for operation, body in BY_SCHEMA.items():
        yield row(operation, "EntityNotFoundException", {**NO_SCHEMA, **body})
        yield row(operation, "InvalidInputException", {"SchemaId": {}, **body})
    for operation, body in {"GetRegistry": {}, "UpdateRegistry": {"Description": "d"}, "DeleteRegistry": {}}.items():
        yield row(operation, "EntityNotFoundException", {"RegistryId": {"RegistryName": "none"}, **body})
        yield row(operation, "InvalidInputException", {"RegistryId": {}, **body})
    yield row("ListSchemas", "EntityNotFoundException", {"RegistryId": {"RegistryName": "none"}})
    yield row("ListRegistries", "InvalidInputException", {"NextToken": "x"})
    yield row("ListSchemas", "InvalidInputException", {"NextToken": "x"})
    yield row("CreateRegistry", "AlreadyExistsException", {"RegistryName": "here"})
    yield row("CreateRegistry", "ResourceNumberLimitExceededException", {"RegistryName": "one-more"})
    yield row("CreateSchema", "AlreadyExistsException", CREATE_SCHEMA)
    yield row("CreateSchema", "EntityNotFoundException", {**CREATE_SCHEMA, "RegistryId": {"RegistryName": "none"}})
    yield row("CreateSchema", "InvalidInputException", {**CREATE_SCHEMA, "SchemaName": "new", "SchemaDefinition": "{"})
    yield row("UpdateSchema", "InvalidInputException", SCHEMA)
    yield row("DeleteSchemaVersions", "InvalidInputException", {**SCHEMA, "Versions": "1-3"})
    yield row("DeleteSchemaVersions", "ConcurrentModificationException", {**SCHEMA, "Versions": "2"})
    yield row("PutSchemaVersionMetadata", "AlreadyExistsException", {**SCHEMA, **LATEST, **PAIR})
    yield row("PutSchemaVersionMetadata", "ResourceNumberLimitExceededException",
              {**SCHEMA, "SchemaVersionNumber": {"VersionNumber": 1}, "MetadataKeyValue": {"MetadataKey": "one", "MetadataValue": "more"}})
    for operation, body in {"TagResource": {"TagsToAdd": {"a": "b"}}, "UntagResource": {"TagsToRemove": ["a"]}, "GetTags": {}}.items():
        yield row(operation, "EntityNotFoundException", {"ResourceArn": f"{GLUE_ARN}registry/none", **body})
    yield row("TagResource", "InvalidInputException", {"ResourceArn": f"{GLUE_ARN}registry/here", "TagsToAdd": {"aws:a": "b"}})


def cloudwatch() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "cloudwatch", operation, error, body)

    datum = {"MetricName": "m", "Value": 1}
    times = {"StartTime": 1700000000, "EndTime": 1700003600}
    yield row("PutMetricData", "InvalidParameterValueException", {"Namespace": "n", "MetricData": [{**datum, "Timestamp": 1}]})
    yield row("PutMetricData", "InvalidParameterCombinationException",
              {"Namespace": "n", "MetricData": [{**datum, "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1}}]})
    yield row("PutMetricData", "MissingRequiredParameterException", {"Namespace": "n"})
    yield row("ListMetrics", "InvalidParameterValueException", {"NextToken": "x"})
    statistics = {"Namespace": "n", "MetricName": "m", "Period": 60, **times}
    yield row("GetMetricStatistics", "InvalidParameterCombinationException", {**statistics, "Statistics": ["Sum"], "StartTime": 1, "EndTime": 1700000000})
    yield row("GetMetricStatistics", "InvalidParameterValueException", {**statistics, "Statistics": ["Sum"], "EndTime": 1600000000})
    query = {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
    yield row("GetMetricData", "InvalidNextToken", {"MetricDataQueries": [query], "NextToken": "x", **times})
    yield row("GetMetricWidgetImage", "InvalidParameterValueException", {"MetricWidget": "{}", "OutputFormat": "gif"})
    stream = {"Name": "s", "FirehoseArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/d", "RoleArn": "arn:aws:iam::000000000000:role/r", "OutputFormat": "json"}
    both = {"IncludeFilters": [{"Namespace": "a"}], "ExcludeFilters": [{"Namespace": "b"}]}
    yield row("PutMetricStream", "InvalidParameterCombinationException", {**stream, **both})
    yield row("PutMetricStream", "InvalidParameterValueException", {**stream, "RoleArn": "me"})
    yield row("GetMetricStream", "ResourceNotFoundException", {"Name": "nobody"})
    yield row("ListMetricStreams", "InvalidNextToken", {"NextToken": "x" * 300})
    yield row("GetAlarmMuteRule", "ResourceNotFoundException", {"AlarmMuteRuleName": "nobody"})
    for operation in ("DescribeAnomalyDetectors", "DescribeInsightRules", "ListAlarmMuteRules"):
        yield row(operation, "InvalidNextToken", {"NextToken": "x"})
    yield row("ListManagedInsightRules", "InvalidNextToken", {"ResourceARN": "arn:aws:s3:::b", "NextToken": "x"})
    yield row("PutDashboard", "DashboardInvalidInputError", {"DashboardName": "d", "DashboardBody": "{}"})
    yield row("GetDashboard", "DashboardNotFoundError", {"DashboardName": "nobody"})
    yield row("ListDashboards", "InvalidParameterValueException", {"NextToken": "no name"})
    yield row("DeleteDashboards", "DashboardNotFoundError", {"DashboardNames": ["nobody"]})
    yield row("DeleteDashboards", "InvalidParameterValueException", {"DashboardNames": ["no name"]})
    alarm = {"AlarmName": "nobody"}
    yield row("SetAlarmState", "ResourceNotFound", {**alarm, "StateValue": "OK", "StateReason": "r"})
    yield row("SetAlarmState", "InvalidFormatFault", {**alarm, "StateValue": "OK", "StateReason": "r", "StateReasonData": "{"})
    yield row("DeleteAlarms", "ResourceNotFound", {"AlarmNames": ["nobody"]})
    yield row("DescribeAlarms", "InvalidNextToken", {"NextToken": "x" * 300})
    yield row("DescribeAlarmHistory", "InvalidNextToken", {"NextToken": "x"})
    yield row("DescribeAlarmContributors", "InvalidNextToken", {**alarm, "NextToken": "x"})
    yield row("DescribeAlarmContributors", "ResourceNotFoundException", alarm)
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:nobody"
    for operation, more in (("TagResource", {"Tags": [{"Key": "a", "Value": "b"}]}), ("UntagResource", {"TagKeys": ["a"]}), ("ListTagsForResource", {})):
        yield row(operation, "InvalidParameterValueException", {"ResourceARN": "nobody", **more})
        gone = arn if more else "arn:aws:cloudwatch::000000000000:dashboard/nobody"
        yield row(operation, "ResourceNotFoundException", {"ResourceARN": gone, **more})


BY_KEY: dict[str, Body] = {
    "DescribeKey": {}, "EnableKey": {}, "DisableKey": {}, "ScheduleKeyDeletion": {}, "CancelKeyDeletion": {}, "UpdateKeyDescription": {"Description": "d"},
    "GetKeyPolicy": {}, "PutKeyPolicy": {"Policy": POLICY}, "ListKeyPolicies": {}, "TagResource": {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "UntagResource": {"TagKeys": ["a"]}, "ListResourceTags": {},
}


def kms() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "kms", operation, error, body)

    for operation, body in BY_KEY.items():
        yield row(operation, "NotFoundException", {"KeyId": NO_KEY, **body})
        if operation != "DescribeKey":
            yield row(operation, "InvalidArnException", {"KeyId": "alias/made", **body})
        if operation not in ("DescribeKey", "GetKeyPolicy", "ListKeyPolicies", "ListResourceTags", "CancelKeyDeletion"):
            yield row(operation, "KMSInvalidStateException", {"KeyId": "$key-pending", **body})
    yield row("DescribeKey", "NotFoundException", {"KeyId": "alias/not-there"})
    yield row("DescribeKey", "NotFoundException", {"KeyId": "alias/aws/not-there"})
    yield row("CancelKeyDeletion", "KMSInvalidStateException", {"KeyId": "$key"})
    yield row("CreateKey", "MalformedPolicyDocumentException", {"Policy": "{"})
    yield row("CreateKey", "TagException", {"Tags": [{"TagKey": "aws:a", "TagValue": "b"}]})
    yield row("CreateAlias", "AlreadyExistsException", {"AliasName": "alias/made", "TargetKeyId": "$key"})
    yield row("CreateAlias", "NotFoundException", {"AliasName": "alias/new", "TargetKeyId": NO_KEY})
    yield row("CreateAlias", "KMSInvalidStateException", {"AliasName": "alias/new", "TargetKeyId": "$key-pending"})
    yield row("UpdateAlias", "NotFoundException", {"AliasName": "alias/none", "TargetKeyId": "$key"})
    yield row("UpdateAlias", "KMSInvalidStateException", {"AliasName": "alias/made", "TargetKeyId": "$key-pending"})
    yield row("DeleteAlias", "NotFoundException", {"AliasName": "alias/none"})
    yield row("ListAliases", "NotFoundException", {"KeyId": NO_KEY})
    yield row("ListAliases", "InvalidArnException", {"KeyId": "alias/made"})
    yield row("PutKeyPolicy", "MalformedPolicyDocumentException", {"KeyId": "$key", "Policy": "{"})
    yield row("TagResource", "TagException", {"KeyId": "$key", "Tags": [{"TagKey": "aws:a", "TagValue": "b"}]})


def damaged() -> Iterator[Row]:
    """Of every operation: what isn't JSON, and its first member of another type. Any error will do."""
    for one in operations():
        if "json" in one.protocols:
            yield Row("plain", one.service, one.name, "*", b'{"')
            if one.members():
                yield Row("plain", one.service, one.name, "*", {next(iter(one.members())): [[1]]})


def rows() -> list[Row]:
    return [row for of in (damaged, kinesis, dynamodb, dynamodbstreams, glue, catalogue, cloudwatch, kms, kms_more, s3, firehose, logs, iam, sts) for row in of()]


# Operations of which no declared error is reached, and why.
OURS = "but for what is ours (InternalServerError, throttling), none is declared"
HEAD = "an answer to HEAD has no body: its status is all"
IAM_WITHOUT = ("CreateGroup", "ListRoles", "ListUsers", "ListGroups", "ListPolicies", "ListInstanceProfiles", "CreateAccountAlias", "ListAccountAliases",
               "GetAccountSummary", "UpdateAccountPasswordPolicy", "ListServerCertificates", "ListOpenIDConnectProviders",
               "ListSAMLProviders", "GenerateCredentialReport", "SetSecurityTokenServicePreferences",
               "GetAccountAuthorizationDetails")
WITHOUT = {
    "dynamodb ListTables": OURS, "dynamodb DescribeLimits": OURS, "dynamodb BatchExecuteStatement": "a statement's error is in the answer",
    "dynamodb ListBackups": OURS, "dynamodb ListExports": OURS, "dynamodb ListImports": OURS, "dynamodb ListGlobalTables": OURS,
    "dynamodbstreams ListStreams": "what isn't there has no streams", "glue CheckSchemaVersionValidity": "an invalid schema is an answer", "glue GetDatabases": "any token is taken",
    "cloudwatch StartMetricStreams": "names that nobody has are no error", "cloudwatch StopMetricStreams": "the same", "cloudwatch DeleteMetricStream": "the same",
    "cloudwatch PutMetricAlarm": "but for a limit on how many there are, none is declared", "cloudwatch PutCompositeAlarm": "the same",
    **{f"iam {name}": OURS for name in IAM_WITHOUT}, "sts GetSessionToken": OURS,
    "kms ListKeys": "any marker is taken", "s3 HeadBucket": HEAD, "s3 HeadObject": HEAD, "s3 CopyObject": "tests/clients/test_s3_more.py archives",
    "s3 RenameObject": "its tokens are not kept", "s3 RestoreObject": "AWS answers InvalidObjectState",
}
ROWS_MIN = 320  # of what the models declare
