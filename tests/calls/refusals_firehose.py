"""The rows of Firehose, and calls of it that succeed: refusals.py and templates.py say how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import Body, Row

DATA = "aGVsbG8="
DESTINATION = {"RoleARN": "arn:aws:iam::000000000000:role/firehose", "BucketARN": "arn:aws:s3:::bucket"}
CREATE = {"ExtendedS3DestinationConfiguration": DESTINATION}
UPDATE: Body = {"DestinationId": "destinationId-000000000001", "CurrentDeliveryStreamVersionId": "1", "ExtendedS3DestinationUpdate": {"Prefix": "p/"}}
BY_NAME: dict[str, Body] = {
    "DescribeDeliveryStream": {}, "DeleteDeliveryStream": {}, "UpdateDestination": UPDATE, "PutRecord": {"Record": {"Data": DATA}},
    "PutRecordBatch": {"Records": [{"Data": DATA}] * 2}, "StartDeliveryStreamEncryption": {}, "StopDeliveryStreamEncryption": {},
    "TagDeliveryStream": {"Tags": [{"Key": "a", "Value": "b"}]}, "UntagDeliveryStream": {"TagKeys": ["a"]}, "ListTagsForDeliveryStream": {},
}
TEMPLATES = {"firehose CreateDeliveryStream": [{"DeliveryStreamName": "hose", **CREATE}], "firehose ListDeliveryStreams": [{}],
             **{f"firehose {name}": [{"DeliveryStreamName": "hose", **body}] for name, body in BY_NAME.items()}}


def firehose() -> Iterator[Row]:
    def row(operation: str, error: str, **body: object) -> Row:
        return Row("plain", "firehose", operation, error, {"DeliveryStreamName": "hose", **body})

    for operation, body in BY_NAME.items():
        yield row(operation, "ResourceNotFoundException", **{"DeliveryStreamName": "not-there", **body})
    yield row("CreateDeliveryStream", "ResourceInUseException", **CREATE)
    yield row("CreateDeliveryStream", "InvalidArgumentException", DeliveryStreamName="none")
    yield row("UpdateDestination", "ConcurrentModificationException", **{**UPDATE, "CurrentDeliveryStreamVersionId": "7"})
    yield row("UpdateDestination", "InvalidArgumentException", **{**UPDATE, "DestinationId": "none"})
    yield row("StartDeliveryStreamEncryption", "InvalidArgumentException",
              DeliveryStreamEncryptionConfigurationInput={"KeyType": "CUSTOMER_MANAGED_CMK"})
    yield row("TagDeliveryStream", "ValidationException", Tags=[{"Key": "aws:a", "Value": "b"}])
