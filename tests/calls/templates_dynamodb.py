"""Calls of DynamoDB that succeed on what resources.py makes, but for items': settings, backups, statements, streams. See templates.py."""

from __future__ import annotations

from refusals_dynamodb import CREATE_TABLE, POLICY, PRECISION, STREAM_ARN, TABLE_ARN, Body

DESTINATION = {"TableName": "hash", "StreamArn": f"{STREAM_ARN}fuzz-a"}
NUMBER, TEXT = {"N": "1"}, {"S": "x"}
READS = [
    {"Statement": "SELECT * FROM hash WHERE k = ?", "Parameters": [{"S": "fuzz1"}]},
    {"Statement": "SELECT a.b[0], g FROM \"range\" WHERE k IN ['fuzz1', 'fuzz2'] AND r BETWEEN 0 AND ? ORDER BY k DESC", "Parameters": [NUMBER], "Limit": 1},
    {"Statement": 'SELECT k FROM hash."index" WHERE g = \'x\' AND begins_with(k, ?)', "Parameters": [{"S": "fuzz"}]},
    {"Statement": "SELECT * FROM hash WHERE contains(g, ?) OR size(a) > ? OR NOT attribute_type(b, 'NS')", "Parameters": [TEXT, NUMBER]},
]
WRITES = [
    {"Statement": "UPDATE hash SET a.b[1] = ? SET n = n + 1 REMOVE c WHERE k = 'fuzz1' AND g <> ? RETURNING ALL NEW *", "Parameters": [NUMBER, {"S": "y"}]},
    {"Statement": "INSERT INTO \"range\" VALUE {'k': 'fuzz5', 'r': ?, 'a': {'b': [1, 'y', {'c': <<1, 2>>}]}}", "Parameters": [NUMBER]},
    {"Statement": "UPDATE hash SET l = list_append(if_not_exists(l, []), ?) SET b = set_add(b, <<7>>) WHERE k = 'fuzz2'", "Parameters": [{"L": [TEXT]}]},
    {"Statement": "DELETE FROM \"range\" WHERE k = 'fuzz5' AND r = ? RETURNING ALL OLD *", "Parameters": [NUMBER]},
]
GET = [{"Statement": 'SELECT * FROM "range" WHERE k = ? AND r = 1', "Parameters": [{"S": f"fuzz{n}"}]} for n in range(3)]
PUT = [{"Statement": f"UPDATE hash SET v = ? WHERE k = 'fuzz{n}'", "Parameters": [NUMBER]} for n in range(3)]
EXISTS = {"Statement": "EXISTS(SELECT * FROM \"range\" WHERE k = 'fuzz1' AND r = 1 AND g = ?)", "Parameters": [TEXT]}
IMPORTED = {**CREATE_TABLE, "TableName": "imported"}
ITERATOR = {"StreamArn": "$LatestStreamArn", "ShardId": "$ChangesShardId"}
RESTORED = {"SourceTableName": "range", "TargetTableName": "restored"}

DYNAMODB: dict[str, list[Body]] = {
    "dynamodb ExecuteStatement": [*READS, *WRITES, {**READS[3], "NextToken": "$NextToken", "ConsistentRead": True, "ReturnConsumedCapacity": "INDEXES"}],
    "dynamodb BatchExecuteStatement": [{"Statements": GET}, {"Statements": PUT, "ReturnConsumedCapacity": "TOTAL"}],
    "dynamodb ExecuteTransaction": [{"TransactStatements": GET}, {"TransactStatements": [*PUT, EXISTS], "ClientRequestToken": "once"}],
    "dynamodb EnableKinesisStreamingDestination": [DESTINATION], "dynamodb DisableKinesisStreamingDestination": [DESTINATION],
    "dynamodb UpdateKinesisStreamingDestination": [{**DESTINATION, **PRECISION}],
    "dynamodb CreateBackup": [{"TableName": "hash", "BackupName": "backup"}], "dynamodb DescribeBackup": [{"BackupArn": "$BackupArn"}],
    "dynamodb ListBackups": [{}, {"TableName": "hash", "Limit": 1}, {"TimeRangeLowerBound": 1, "TimeRangeUpperBound": 2, "BackupType": "ALL"}],
    "dynamodb DeleteBackup": [{"BackupArn": "$BackupArn"}],
    "dynamodb RestoreTableFromBackup": [{"TargetTableName": "restored", "BackupArn": "$BackupArn"}],
    "dynamodb RestoreTableToPointInTime": [{**RESTORED, "UseLatestRestorableTime": True}, {**RESTORED, "RestoreDateTime": 1, "LocalSecondaryIndexOverride": []}],
    "dynamodb ExportTableToPointInTime": [{"TableArn": f"{TABLE_ARN}range", "S3Bucket": "bucket"}],
    "dynamodb ImportTable": [{"S3BucketSource": {"S3Bucket": "bucket"}, "InputFormat": "DYNAMODB_JSON", "TableCreationParameters": IMPORTED}],
    "dynamodb DescribeExport": [{"ExportArn": f"{TABLE_ARN}range/export/01489602797149-73d8d5bc"}],
    "dynamodb DescribeImport": [{"ImportArn": f"{TABLE_ARN}range/import/01489602797149-73d8d5bc"}],
    "dynamodb UpdateContributorInsights": [{"TableName": "hash", "IndexName": "index", "ContributorInsightsAction": "ENABLE"}],
    "dynamodb ListContributorInsights": [{}, {"TableName": "hash", "MaxResults": 1}, {"NextToken": "$NextToken"}],
    "dynamodb DescribeContributorInsights": [{"TableName": "hash"}, {"TableName": "hash", "IndexName": "index"}],
    "dynamodb PutResourcePolicy": [{"ResourceArn": f"{TABLE_ARN}hash", **POLICY}, {"ResourceArn": "$LatestStreamArn", "ExpectedRevisionId": "$RevisionId", **POLICY}],
    "dynamodb GetResourcePolicy": [{"ResourceArn": f"{TABLE_ARN}hash"}], "dynamodb DeleteResourcePolicy": [{"ResourceArn": f"{TABLE_ARN}hash"}],
    "dynamodb DescribeGlobalTable": [{"GlobalTableName": "hash"}], "dynamodb DescribeGlobalTableSettings": [{"GlobalTableName": "hash"}],
    "dynamodb DescribeBulkOperation": [{"BulkOperationArn": f"{TABLE_ARN}range/bulk-operation/01489602797149-73d8d5bc"}],
    **{f"dynamodb {name}": [{}] for name in ("ListExports", "ListImports", "ListGlobalTables", "ListBulkOperations", "DescribeEndpoints")},
    "dynamodbstreams ListStreams": [{}, {"TableName": "hash", "Limit": 1}, {"ExclusiveStartStreamArn": "$LatestStreamArn"}],
    "dynamodbstreams DescribeStream": [{"StreamArn": "$LatestStreamArn"}, {"StreamArn": "$LatestStreamArn", "ExclusiveStartShardId": "$ChangesShardId", "Limit": 1}],
    "dynamodbstreams GetShardIterator": [
        {**ITERATOR, "ShardIteratorType": "TRIM_HORIZON"}, {**ITERATOR, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "$ChangesNumber"}],
    "dynamodbstreams GetRecords": [{"ShardIterator": "$ChangesIterator"}, {"ShardIterator": "$ChangesIterator", "Limit": 2}],
}
