"""S3: the documents of a bucket, as boto3 puts and gets them, kept over a restart; the files of tests/wire/s3 have the rest."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers import refusal_code

CORS = {"CORSRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example.com"], "MaxAgeSeconds": 3000}]}
SITE = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}}
RULES = {"Rules": [{"ID": "one", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}]}
METRICS = {"Id": "all", "Filter": {"Prefix": "logs/"}}


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    s3.delete_bucket(Bucket=name)


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_documents_come_back(s3, bucket):
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    assert told(s3.get_bucket_cors(Bucket=bucket)) == CORS
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=SITE)
    assert told(s3.get_bucket_website(Bucket=bucket)) == SITE
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=RULES)
    assert told(s3.get_bucket_lifecycle_configuration(Bucket=bucket)) == {**RULES, "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "log"}})
    assert told(s3.get_bucket_logging(Bucket=bucket)) == {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "log"}}
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert told(s3.get_bucket_request_payment(Bucket=bucket)) == {"Payer": "Requester"}
    s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Enabled"})
    assert told(s3.get_bucket_accelerate_configuration(Bucket=bucket)) == {"Status": "Enabled"}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    assert told(s3.get_bucket_notification_configuration(Bucket=bucket)) == {"EventBridgeConfiguration": {}}
    s3.delete_bucket_website(Bucket=bucket)
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.delete_bucket_cors(Bucket=bucket)
    assert refusal_code(s3.get_bucket_website, Bucket=bucket) == "NoSuchWebsiteConfiguration"
    assert refusal_code(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == "NoSuchLifecycleConfiguration"


def test_a_replica_needs_versions(s3, bucket):
    rule = {"ID": "id", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "Tax"}, "Destination": {"Bucket": f"arn:aws:s3:::{bucket}"},
            "DeleteMarkerReplication": {"Status": "Disabled"}}
    wanted = {"Role": "role", "Rules": [rule]}
    assert refusal_code(s3.put_bucket_replication, Bucket=bucket, ReplicationConfiguration=wanted) == "InvalidRequest"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=wanted)
    assert s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == wanted
    s3.delete_bucket_replication(Bucket=bucket)
    assert refusal_code(s3.get_bucket_replication, Bucket=bucket) == "ReplicationConfigurationNotFoundError"


def test_many_of_a_kind_are_paged(s3, bucket):
    for number in range(101):
        s3.put_bucket_metrics_configuration(Bucket=bucket, Id=f"m{number:03}", MetricsConfiguration={**METRICS, "Id": f"m{number:03}"})
    assert s3.get_bucket_metrics_configuration(Bucket=bucket, Id="m007")["MetricsConfiguration"] == {**METRICS, "Id": "m007"}
    page = s3.list_bucket_metrics_configurations(Bucket=bucket)
    assert (len(page["MetricsConfigurationList"]), page["IsTruncated"]) == (100, True)
    rest = s3.list_bucket_metrics_configurations(Bucket=bucket, ContinuationToken=page["NextContinuationToken"])
    assert ([one["Id"] for one in rest["MetricsConfigurationList"]], rest["IsTruncated"]) == (["m100"], False)
    s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="m100")
    assert refusal_code(s3.delete_bucket_metrics_configuration, Bucket=bucket, Id="m100") == "NoSuchConfiguration"


def test_a_locked_version_stays(s3, unique):
    name = unique("locked")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    where = {"Bucket": name, "Key": "k"}
    version = s3.put_object(**where, Body=b"x")["VersionId"]
    until = datetime.datetime(2099, 1, 1, tzinfo=datetime.timezone.utc)
    s3.put_object_retention(**where, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    assert s3.get_object_retention(**where)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": until}
    s3.put_object_legal_hold(**where, LegalHold={"Status": "ON"})
    assert s3.get_object_legal_hold(**where)["LegalHold"] == {"Status": "ON"}
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    assert refusal_code(s3.delete_object, **where, VersionId=version, BypassGovernanceRetention=True) == "AccessDenied"
    s3.put_object_legal_hold(**where, LegalHold={"Status": "OFF"})
    assert refusal_code(s3.delete_object, **where, VersionId=version) == "AccessDenied"
    s3.delete_object(**where, VersionId=version, BypassGovernanceRetention=True)
    s3.delete_bucket(Bucket=name)
