"""The rows of DynamoDB and of its streams: refusals.py says how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import ACCOUNT, Body, Row

DYNAMODB_ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:"
TABLE_ARN = f"{DYNAMODB_ARN}table/"
STREAM_ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/"
TABLE_OPERATIONS: dict[str, Body] = {
    "DeleteTable": {}, "DescribeTable": {}, "UpdateTable": {"BillingMode": "PAY_PER_REQUEST"}, "DescribeTimeToLive": {}, "Scan": {},
    "UpdateTimeToLive": {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}}, "PutItem": {"Item": {"k": {"S": "a"}}},
    "GetItem": {"Key": {"k": {"S": "a"}}}, "UpdateItem": {"Key": {"k": {"S": "a"}}}, "DeleteItem": {"Key": {"k": {"S": "a"}}},
    "Query": {"KeyConditionExpression": "k = :k", "ExpressionAttributeValues": {":k": {"S": "a"}}},
}
CREATE_TABLE = {"TableName": "here", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
PUT = {"TableName": "here", "Item": {"k": {"S": "a"}}}
FALSE = {"ConditionExpression": "attribute_not_exists(k)"}
TAG = {"Key": "a", "Value": "b"}


def index_update(name: str) -> Body:
    return {"Create": {"IndexName": name, "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}


def dynamodb() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "dynamodb", operation, error, body)

    yield from partiql()
    yield from settings()
    yield from backups()

    for operation, body in TABLE_OPERATIONS.items():
        yield row(operation, "ResourceNotFoundException", {"TableName": "not-there", **body})
    for operation in ("DescribeContinuousBackups", "UpdateContinuousBackups"):
        more = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}} if operation.startswith("Update") else {}
        yield row(operation, "TableNotFoundException", {"TableName": "not-there", **more})
    for operation, more in (("TagResource", {"Tags": [TAG]}), ("UntagResource", {"TagKeys": ["a"]}), ("ListTagsOfResource", {})):
        yield row(operation, "ResourceNotFoundException", {"ResourceArn": f"{TABLE_ARN}not-there", **more})
    for n in range(2):
        tags = [{"Key": f"{n}{m}", "Value": "v"} for m in range(30)]
        yield row("TagResource", "LimitExceededException" if n else "", {"ResourceArn": f"{TABLE_ARN}here", "Tags": tags})
    yield row("CreateTable", "ResourceInUseException", CREATE_TABLE)
    yield row("CreateTable", "ValidationException", {"TableName": "new"})
    yield row("UpdateTable", "LimitExceededException", {"TableName": "here", "AttributeDefinitions": CREATE_TABLE["AttributeDefinitions"],
                                                        "GlobalSecondaryIndexUpdates": [index_update("one"), index_update("two")]})
    yield row("UpdateTable", "ResourceNotFoundException", {"TableName": "here", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "none"}}]})
    yield row("PutItem", "ConditionalCheckFailedException", {**PUT, **FALSE})
    for operation, more in (("UpdateItem", {"UpdateExpression": "REMOVE v"}), ("DeleteItem", {})):
        yield row(operation, "ConditionalCheckFailedException", {"TableName": "here", "Key": {"k": {"S": "a"}}, **FALSE, **more})
    yield row("UpdateItem", "ValidationException", {"TableName": "here", "Key": {"k": {"S": "a"}}, "UpdateExpression": "ADD v :v",
                                                    "ExpressionAttributeValues": {":v": {"N": "1"}}})
    yield row("UpdateItem", "ValidationException", {"TableName": "here", "Key": {"k": {"S": "a"}}, "UpdateExpression": "SET n = n + :v",
                                                    "ExpressionAttributeValues": {":v": {"N": "9" * 38 + "0" * 88}}})
    yield row("PutItem", "ValidationException", {"TableName": "here", "Item": {"k": {"S": "a"}, "v": {"S": "x" * 420_000}}})
    for operation, requests in (("BatchWriteItem", [{"PutRequest": {"Item": PUT["Item"]}}]), ("BatchGetItem", {"Keys": [PUT["Item"]]})):
        yield row(operation, "ResourceNotFoundException", {"RequestItems": {"here": requests, "not-there": requests}})
    puts = [{"Put": {**PUT, "Item": {"k": {"S": f"new{n}"}}}} for n in range(3)]
    yield row("TransactWriteItems", "TransactionCanceledException", {"TransactItems": [*puts, {"Put": {**PUT, **FALSE}}]})
    yield row("TransactWriteItems", "ResourceNotFoundException", {"TransactItems": [*puts, {"Put": {**PUT, "TableName": "not-there"}}]})
    yield row("TransactWriteItems", "IdempotentParameterMismatchException", {"TransactItems": puts, "ClientRequestToken": "token"})
    yield row("TransactWriteItems", "ValidationException", {"TransactItems": [puts[0], puts[0]]})
    yield row("TransactGetItems", "ResourceNotFoundException", {"TransactItems": [{"Get": {"TableName": "not-there", "Key": PUT["Item"]}}]})
    yield row("ListTables", "ValidationException", {"Limit": 1000})


def partiql() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "dynamodb", operation, error, body)

    def transaction(*statements: str, **more: str) -> Body:
        return {"TransactStatements": [{"Statement": statement} for statement in statements], **more}

    insert, again = "INSERT INTO here VALUE {'k': 'new'}", "INSERT INTO here VALUE {'k': 'a'}"
    nowhere = 'SELECT * FROM "not-there" WHERE k = \'a\''
    yield row("ExecuteStatement", "ResourceNotFoundException", {"Statement": nowhere})
    yield row("ExecuteStatement", "ConditionalCheckFailedException", {"Statement": "UPDATE here SET v = 'x' WHERE k = 'none'"})
    yield row("ExecuteStatement", "DuplicateItemException", {"Statement": again})
    yield row("ExecuteStatement", "ValidationException", {"Statement": "SELECT * FROM"})
    yield row("BatchExecuteStatement", "ValidationException", {"Statements": [{"Statement": insert}, {"Statement": nowhere}]})
    yield row("ExecuteTransaction", "ResourceNotFoundException", transaction(nowhere))
    yield row("ExecuteTransaction", "TransactionCanceledException", transaction(insert, again))
    yield row("ExecuteTransaction", "IdempotentParameterMismatchException", transaction(insert, ClientRequestToken="statements"))
    yield row("ExecuteTransaction", "ValidationException", transaction(insert, nowhere))


POLICY = {"Policy": '{"Version":"2012-10-17","Statement":[]}'}
PRECISION = {"UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "MICROSECOND"}}
BY_TABLE: dict[str, Body] = {
    "EnableKinesisStreamingDestination": {"StreamArn": f"{STREAM_ARN}here"}, "DisableKinesisStreamingDestination": {"StreamArn": f"{STREAM_ARN}here"},
    "DescribeKinesisStreamingDestination": {}, "UpdateKinesisStreamingDestination": {"StreamArn": f"{STREAM_ARN}here", **PRECISION},
    "DescribeContributorInsights": {}, "UpdateContributorInsights": {"ContributorInsightsAction": "ENABLE"}, "ListContributorInsights": {},
    "DescribeTableReplicaAutoScaling": {},
}


def settings() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "dynamodb", operation, error, body)

    for operation, body in BY_TABLE.items():
        yield row(operation, "ResourceNotFoundException", {"TableName": "not-there", **body})
    for operation in ("DescribeContributorInsights", "UpdateContributorInsights"):
        yield row(operation, "ResourceNotFoundException", {"TableName": "here", "IndexName": "none", **BY_TABLE[operation]})
    for operation, body in {"GetResourcePolicy": {}, "PutResourcePolicy": POLICY, "DeleteResourcePolicy": {}}.items():
        yield row(operation, "ResourceNotFoundException", {"ResourceArn": f"{TABLE_ARN}not-there", **body})
        expected = {} if operation.startswith("Get") else {"ExpectedRevisionId": "1"}
        yield row(operation, "PolicyNotFoundException", {"ResourceArn": f"{TABLE_ARN}here", **expected, **body})
    for operation in ("DescribeGlobalTable", "DescribeGlobalTableSettings"):
        yield row(operation, "GlobalTableNotFoundException", {"GlobalTableName": "none"})


NO_BACKUP = {"BackupArn": f"{TABLE_ARN}here/backup/01489602797149-73d8d5bc"}
LATEST = {"UseLatestRestorableTime": True}
BUCKET = {"S3Bucket": "bucket"}
IMPORT: Body = {"S3BucketSource": BUCKET, "InputFormat": "CSV", "TableCreationParameters": CREATE_TABLE}


def backups() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body, mode: str = "plain") -> Row:
        return Row(mode, "dynamodb", operation, error, body)

    yield row("CreateBackup", "TableNotFoundException", {"TableName": "not-there", "BackupName": "new"})
    yield row("CreateBackup", "TableInUseException", {"TableName": "restoring", "BackupName": "new"}, "busy")
    yield row("UpdateContinuousBackups", "ContinuousBackupsUnavailableException",
              {"TableName": "restoring", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}, "busy")
    for operation, body in {"DescribeBackup": {}, "DeleteBackup": {}, "RestoreTableFromBackup": {"TargetTableName": "restored"}}.items():
        yield row(operation, "BackupNotFoundException", {**NO_BACKUP, **body})
        if operation != "DescribeBackup":
            yield row(operation, "BackupInUseException", {"BackupArn": "$backup", **body}, "busy")
    yield row("ListBackups", "ValidationException", {"ExclusiveStartBackupArn": "x" * 37})
    for operation, body in {"RestoreTableFromBackup": {"BackupArn": "$backup"}, "RestoreTableToPointInTime": {"SourceTableName": "changed", **LATEST}}.items():
        yield row(operation, "TableAlreadyExistsException", {"TargetTableName": "here", **body})
    for operation in ("DeleteTable", "UpdateTable"):
        yield row(operation, "ResourceInUseException", {"TableName": "restoring", **TABLE_OPERATIONS[operation]}, "busy")
    yield row("RestoreTableToPointInTime", "TableInUseException", {"TargetTableName": "restoring", "SourceTableName": "writers", **LATEST}, "busy")
    yield row("RestoreTableToPointInTime", "LimitExceededException", {"TargetTableName": "one-more", "SourceTableName": "writers", **LATEST}, "busy")
    yield row("RestoreTableToPointInTime", "TableNotFoundException", {"TargetTableName": "restored", "SourceTableName": "not-there", **LATEST})
    yield row("RestoreTableToPointInTime", "PointInTimeRecoveryUnavailableException", {"TargetTableName": "restored", "SourceTableName": "here", **LATEST})
    yield row("RestoreTableToPointInTime", "InvalidRestoreTimeException", {"TargetTableName": "restored", "SourceTableName": "changed", "RestoreDateTime": 1})
    yield row("ExportTableToPointInTime", "TableNotFoundException", {"TableArn": f"{TABLE_ARN}not-there", **BUCKET})
    yield row("ExportTableToPointInTime", "PointInTimeRecoveryUnavailableException", {"TableArn": f"{TABLE_ARN}here", **BUCKET})
    yield row("ExportTableToPointInTime", "InvalidExportTimeException", {"TableArn": f"{TABLE_ARN}changed", "ExportTime": 1, **BUCKET})
    yield row("DescribeExport", "ExportNotFoundException", {"ExportArn": f"{TABLE_ARN}here/export/01489602797149-73d8d5bc"})
    yield row("ImportTable", "ResourceInUseException", IMPORT)
    yield row("DescribeBulkOperation", "ResourceNotFoundException", {"BulkOperationArn": f"{TABLE_ARN}here/bulk-operation/01489602797149-73d8d5bc"})
    yield row("DescribeImport", "ImportNotFoundException", {"ImportArn": f"{TABLE_ARN}here/import/01489602797149-73d8d5bc"})


def dynamodbstreams() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "dynamodbstreams", operation, error, body)

    def iterator(arn: str = "$changed", shard: str = "$changes-shard", kind: str = "TRIM_HORIZON") -> Body:
        return {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": kind}

    nowhere = f"{TABLE_ARN}not-there/stream/2026-01-01T00:00:00.000"
    yield row("DescribeStream", "ResourceNotFoundException", {"StreamArn": nowhere})
    yield row("GetShardIterator", "ResourceNotFoundException", iterator(arn=nowhere))
    yield row("GetShardIterator", "ResourceNotFoundException", iterator(shard="shardId-00000000000000000000-00000000"))
    yield row("GetShardIterator", "TrimmedDataAccessException", {**iterator(kind="AT_SEQUENCE_NUMBER"), "SequenceNumber": "$changes-first"})
    yield row("GetRecords", "ExpiredIteratorException", {"ShardIterator": "$changes-old"})
    yield row("GetRecords", "TrimmedDataAccessException", {"ShardIterator": "$changes-trimmed"})
    yield row("GetRecords", "ResourceNotFoundException", {"ShardIterator": "$changes-dropped"})
    yield row("ListStreams", "ValidationException", {"ExclusiveStartStreamArn": "x" * 37})
