"""AWS's recorded answers on what rules do: lifecycles, object locks, browsers' forms, addresses that expire."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as tree
from typing import Any

import pytest
import urllib3
from admin import ask
from s3_replay import bucket, client_of, s3, server, take, unchecked  # noqa: F401 (fixtures)

NOW = datetime.datetime.now(datetime.UTC)
SOON, LATER = NOW + datetime.timedelta(days=1), NOW + datetime.timedelta(days=5)
PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def rules(*these: dict[str, Any]) -> dict[str, Any]:
    usual = {"Status": "Enabled", "Expiration": {"Days": 7}}
    return {"LifecycleConfiguration": {"Rules": [{name: value for name, value in (usual | rule).items() if value is not None} for rule in these]}}


WHOLE = {"ID": "wholebucket", "Filter": {"Prefix": ""}}


def test_delete_bucket_lifecycle_configuration(take):
    take("get-bucket-lifecycle-exc-1", "get_bucket_lifecycle_configuration")
    take("delete-bucket-lifecycle-no-bucket", "delete_bucket_lifecycle")
    take.call("put_bucket_lifecycle_configuration", **rules(WHOLE))
    take("get-bucket-lifecycle-conf", "get_bucket_lifecycle_configuration")
    take.call("delete_bucket_lifecycle")
    take("get-bucket-lifecycle-exc-2", "get_bucket_lifecycle_configuration")


def test_delete_lifecycle_configuration_on_bucket_deletion(take):
    take.call("put_bucket_lifecycle_configuration", **rules(WHOLE))
    take("get-bucket-lifecycle-conf", "get_bucket_lifecycle_configuration")
    take.s3.delete_bucket(Bucket=take.bucket)
    take.s3.create_bucket(Bucket=take.bucket)
    take("get-bucket-lifecycle-exc", "get_bucket_lifecycle_configuration")


def with_rules(take, *these):
    take.call("put_bucket_lifecycle_configuration", **rules(*these))
    take("get-bucket-lifecycle-conf", "get_bucket_lifecycle_configuration")


def test_bucket_lifecycle_configuration_object_expiry(take):
    with_rules(take, {"ID": "rule_number_one", "Filter": {"Prefix": ""}})
    take.call("put_object", Key="k", Body="test")
    take("head-object-expiry", "head_object", Key="k")
    take("get-object-expiry", "get_object", Key="k")


def test_bucket_lifecycle_configuration_object_expiry_versioned(take):
    take.enable()
    with_rules(take, {"ID": "rule2", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    first = take.call("put_object", Key="k", Body="test")["VersionId"]
    take("head-object-expiry", "head_object", Key="k")
    second = take.call("put_object", Key="k", Body="test")["VersionId"]
    take("head-object-expiry-noncurrent", "head_object", Key="k", VersionId=first)
    take("head-object-expiry-current-with-version-id", "head_object", Key="k", VersionId=second)
    take("head-object-expiry-current-without-version-id", "head_object", Key="k")


def test_object_expiry_after_bucket_lifecycle_configuration(take):
    take("put-object-before", "put_object", Key="k", Body="test")
    with_rules(take, {"ID": "rule3", "Filter": {}})
    take("head-object-expiry-before", "head_object", Key="k")
    take("put-object-after", "put_object", Key="k", Body="test")
    take("head-object-expiry-after", "head_object", Key="k")


def test_bucket_lifecycle_multiple_rules(take):
    with_rules(take, *({"ID": f"rule_{word}", "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}
                       for word, prefix, days in (("one", "testobject", 3), ("two", "test", 5), ("three", "t", 10))))
    take("put-object-match-both-rules", "put_object", Key="testobject/1", Body="test")
    take("put-object-match-rule-2", "put_object", Key="test/1", Body="test")
    take("put-object-no-match", "put_object", Key="no-match", Body="test")


def test_put_bucket_lifecycle_conf_exc(take):
    free = unchecked(take)
    put = lambda name, rule: take(name, "put_bucket_lifecycle_configuration", free, **rules(rule))  # noqa: E731
    put("missing-id", {"Filter": None, "ID": None})
    put("missing-filter", {"ID": "x"})
    put("missing-noncurrent-version-expiration-data", {"ID": "x", "Filter": {}, "NoncurrentVersionExpiration": {}, "Expiration": None})
    put("wrong-filter-and-plus-prefix", {"ID": "x", "Filter": {"Prefix": "a", "And": {"Prefix": "b", "ObjectSizeLessThan": 500}}})
    put("wrong-filter-and-and-object-size", {"ID": "x", "Filter": {"ObjectSizeGreaterThan": 5, "And": {"Prefix": "b", "ObjectSizeLessThan": 500}}})
    take.without("wrong-data-no-midnight")  # the same, but for the time that it tells in a form the recording hides
    put("duplicate-tag-keys", {"ID": "x", "Filter": {"And": {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}})
    put("expired-delete-marker-and-days", {"ID": "x", "Filter": {}, "Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}})


def test_bucket_lifecycle_configuration_date(take):
    with_rules(take, {"ID": "rule_number_one", "Filter": {}, "Expiration": {"Date": datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)}})


def test_bucket_lifecycle_object_size_rules(take):
    take.compare.other_bytes = True
    with_rules(take, {"ID": "rule_one", "Filter": {"ObjectSizeGreaterThan": 20}}, {"ID": "rule_two", "Filter": {"ObjectSizeLessThan": 10}, "Expiration": {"Days": 5}})
    for name, size in (("match-rule-1", 22), ("match-rule-2", 9), ("no-match", 11)):
        take(f"put-object-{name}", "put_object", Key=name, Body="x" * size)


def test_bucket_lifecycle_tag_rules(take):
    one, two = {"Key": "testlifecycle", "Value": "positive"}, {"Key": "testlifecycletwo", "Value": "positive-two"}
    with_rules(take, {"ID": "rule_one", "Filter": {"Tag": one}, "Expiration": {"Days": 5}}, {"ID": "rule_two", "Filter": {"And": {"Tags": [one, two]}}, "Expiration": {"Days": 1}})
    for name, tagging in (("match-both-rules", "testlifecycle=positive&testlifecycletwo=positive-two"), ("match-rule-1", "testlifecycle=positive"),
                          ("no-match", "testlifecycle=negative"), ("no-tags", None)):
        take(f"put-object-{name}", "put_object", Key=name, Body="test", Tagging=tagging)
        take(f"get-object-{name}", "get_object", Key=name)


def test_lifecycle_expired_object_delete_marker(take):
    with_rules(take, {"ID": "rule-marker", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": True}})
    take("put-object", "put_object", Key="k", Body="test")
    take("head-object", "head_object", Key="k")


def test_s3_transition_default_minimum_object_size(take):
    for name, value in (("varies-by-storage", "varies_by_storage_class"), ("default", None), ("all-storage", "all_storage_classes_128K")):
        take(name, "put_bucket_lifecycle_configuration", **rules(WHOLE), TransitionDefaultMinimumObjectSize=value)
        take(f"get-{name}", "get_bucket_lifecycle_configuration")
    take("bad-value", "put_bucket_lifecycle_configuration", **rules(WHOLE), TransitionDefaultMinimumObjectSize="value")


# Object locks


@pytest.fixture
def locked(take):
    take.bucket = take.new_bucket("locked", ObjectLockEnabledForBucket=True)
    return take


def retain(until, mode="GOVERNANCE", **more):
    return {"Retention": {"Mode": mode, "RetainUntilDate": until}, **more}


def lock(until=SOON, mode="GOVERNANCE"):
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}


def test_s3_object_retention_exc(locked, take):
    plain = take.bucket.removesuffix("-locked")
    take.where = {"Key": "k"}
    take("put-object-retention-no-bucket", "put_object_retention", Bucket=plain + "-not", Key="x", **retain(SOON))
    take("put-object-retention-no-key", "put_object_retention", Key="non-existing-key", **retain(SOON))
    take.call("put_object", Body="test")
    take("get-object-retention-never-set", "get_object_retention")
    take("put-object-missing-retention-fields", "put_object_retention", Retention={"Mode": "GOVERNANCE"})
    take.call("put_object_retention", **retain(LATER))
    take("update-retention-no-bypass", "put_object_retention", **retain(SOON))
    take.without("update-retention-past-date")  # AWS tells the time as Java prints it in California
    take("update-retention-bad-value", "put_object_retention", **retain(LATER, "BAD-VALUE"))
    take.call("put_object", Bucket=plain, Body="test")
    take("put-object-retention-regular-bucket", "put_object_retention", Bucket=plain, **retain(SOON))
    take("get-object-retention-regular-bucket", "get_object_retention", Bucket=plain)


def test_s3_copy_object_retention_lock(locked, take):
    source = take("put-source-object", "put_object", Key="source", Body='{"key": "value"}', **lock())
    take("head-source-object", "head_object", Key="source")
    assert source["VersionId"]
    take("copy-lock", "copy_object", Key="dest", CopySource=f"{take.bucket}/source")
    take("head-dest-key", "head_object", Key="dest")


def test_s3_object_retention(locked, take):
    take.where = {"Key": "k"}
    first = take("put-obj-locked-1", "put_object", Body="test")["VersionId"]
    take("put-object-retention-on-key-1", "put_object_retention", **retain(SOON))
    take("get-object-retention-on-key-1", "get_object_retention")
    take("head-object-locked", "head_object")
    take("delete-obj-locked", "delete_object", VersionId=first)
    take("delete-obj-locked-bypass", "delete_object", VersionId=first, BypassGovernanceRetention=True)
    take("put-obj-locked-2", "put_object", Body="test", **lock(LATER))
    take("update-retention-locked-object", "put_object_retention", **retain(SOON))
    take("put-object-empty-retention", "put_object_retention", Retention={}, BypassGovernanceRetention=True)
    take("update-retention-object", "put_object_retention", **retain(SOON))


def test_bucket_config_default_retention(locked, take):
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    take.compare.other_bytes = True
    take("put-lock-config", "put_object_lock_configuration", ObjectLockConfiguration=default)
    take("put-object-default", "put_object", Key="k", Body="x" * 17)
    take("head-object-default", "head_object", Key="k")
    take("put-object-with-lock", "put_object", Key="l", Body="x" * 20, **lock(LATER))
    take("head-object-with-lock", "head_object", Key="l")
    take("put-object-with-lock-no-date", "put_object", Key="l", Body="x", ObjectLockMode="GOVERNANCE")


def test_object_lock_delete_markers(locked, take):
    take.compare.other_bytes = True
    take.where = {"Key": "k"}
    take("put-object-with-lock", "put_object", Body="x" * 20, **lock())
    take("head-object-with-lock", "head_object")
    marker = {"VersionId": take("put-delete-marker", "delete_object")["VersionId"]}
    take("put-object-retention-delete-marker", "put_object_retention", **marker, **retain(LATER))
    take("get-object-retention-delete-marker", "get_object_retention", **marker)
    take("head-object-locked-delete-marker", "head_object", **marker)


def test_object_lock_extend_duration(locked, take):
    take.compare.other_bytes = True
    take.where = {"Key": "k"}
    take("put-object-with-lock", "put_object", Body="x" * 20, **lock())
    take("head-object-with-lock", "head_object")
    take("put-object-retention-extend", "put_object_retention", **retain(LATER))
    take("head-object-with-lock-extended", "head_object")
    take("put-object-retention-reduce", "put_object_retention", **retain(SOON))


def test_s3_object_retention_compliance_mode(locked, take):
    take.where = {"Key": "k"}
    version = {"VersionId": take("put-obj-locked-1", "put_object", Body="test")["VersionId"]}
    take("add-compliance-retention", "put_object_retention", **retain(LATER, "COMPLIANCE"))
    take("delete-locked-1", "delete_object", **version)
    take("put-delete-marker", "delete_object")
    take("delete-locked-2", "delete_object", **version, BypassGovernanceRetention=True)
    take("update-retention-shortened", "put_object_retention", **version, **retain(SOON, "COMPLIANCE"), BypassGovernanceRetention=True)
    take("update-retention-less-restrictive", "put_object_retention", **version, **retain(LATER), BypassGovernanceRetention=True)
    take.without("delete-obj-after-lock-expiration")  # test_s3_documents.py lets the clock run


def test_s3_object_lock_mode_validation(locked, take):
    take.where = {"Key": "k"}
    take("put-obj-locked-error-no-retain-date", "put_object", Body="x", ObjectLockMode="GOVERNANCE")
    take("put-obj-locked-error-no-mode", "put_object", Body="x", ObjectLockRetainUntilDate=SOON)
    take("put-obj-locked-bad-value", "put_object", Body="x", **lock(SOON, "BAD-VALUE"))
    take("create-mpu-locked-bad-value", "create_multipart_upload", **lock(SOON, "BAD-VALUE"))


def hold(status):
    return {"LegalHold": {"Status": status}}


def test_put_get_object_legal_hold(locked, take):
    take.where = {"Key": "k"}
    take("put-obj", "put_object", Body="test")
    take("get-legal-hold-unset", "get_object_legal_hold")
    take("put-object-legal-hold", "put_object_legal_hold", **hold("ON"))
    take("head-object-with-legal-hold", "head_object")
    take("get-legal-hold-set", "get_object_legal_hold")
    take("put-object-legal-hold-off", "put_object_legal_hold", **hold("OFF"))


def test_put_object_legal_hold_exc(locked, take):
    plain = take.bucket.removesuffix("-locked")
    take("put-object-legal-hold-no-bucket", "put_object_legal_hold", Bucket=plain + "-not", Key="k", **hold("ON"))
    take("put-object-legal-hold-no-key", "put_object_legal_hold", Key="non-existing-key", **hold("ON"))
    for name in (take.bucket, plain):
        take.call("put_object", Bucket=name, Key="k", Body="test")
    take("put-object-retention-empty", "put_object_legal_hold", Key="k", LegalHold={})
    take("put-object-retention-regular-bucket", "put_object_legal_hold", Bucket=plain, Key="k", **hold("ON"))
    take("get-object-retention-regular-bucket", "get_object_legal_hold", Bucket=plain, Key="k")


def test_delete_locked_object(locked, take):
    take.where = {"Key": "test-delete-locked"}
    version = {"VersionId": take("put-obj", "put_object", Body="test")["VersionId"]}
    take("put-object-legal-hold", "put_object_legal_hold", **hold("ON"))
    take("delete-object-locked", "delete_object", **version)
    take("delete-objects-locked", "delete_objects", Delete={"Objects": [{"Key": "test-delete-locked", **version}]})
    take("put-object-legal-hold-off", "put_object_legal_hold", **hold("OFF"))


def test_s3_legal_hold_lock_versioned(locked, take):
    take.where = {"Key": "k"}
    versions = []
    for number in (1, 2):
        versions.append(take("put-object" if number == 1 else "put-object-2", "put_object", Body="test")["VersionId"])
        take(f"put-object-legal-hold-ver{number}", "put_object_legal_hold", **hold("ON"))
        take(f"head-object-ver{number}", "head_object")
    first = {"VersionId": versions[0]}
    take("remove-object-legal-hold-ver1", "put_object_legal_hold", **first, **hold("OFF"))
    take("head-object-ver1-no-lock", "head_object", **first)
    take("delete-object-ver1", "delete_object", **first)


def test_s3_copy_object_legal_hold(locked, take):
    take("put-object", "put_object", Key="source", Body='{"key": "value"}', ObjectLockLegalHoldStatus="ON")
    take("head-object", "head_object", Key="source")
    take("copy-legal-hold", "copy_object", Key="dest", CopySource=f"{take.bucket}/source")
    take("head-dest-key", "head_object", Key="dest")


def test_put_object_with_legal_hold(locked, take):
    take.where = {"Key": "k"}
    take("put-obj", "put_object", Body="test", ObjectLockLegalHoldStatus="ON")
    take("head-object-with-legal-hold", "head_object")
    take("put-object-legal-hold-off", "put_object_legal_hold", **hold("OFF"))


def test_put_object_lock_configuration_on_existing_bucket(take):
    put = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    versioning = lambda name, status: take(name, "put_bucket_versioning", VersioningConfiguration={"Status": status})  # noqa: E731
    take("get-object-lock-existing-bucket-no-config", "get_object_lock_configuration")
    take("put-object-lock-existing-bucket-no-versioning", "put_object_lock_configuration", **put)
    versioning("suspended-versioning", "Suspended")
    take("put-object-lock-existing-bucket-versioning-disabled", "put_object_lock_configuration", **put)
    versioning("enabled-versioning", "Enabled")
    take("put-object-lock-existing-bucket-enabled", "put_object_lock_configuration", **put)
    take("get-object-lock-existing-bucket-enabled", "get_object_lock_configuration")


def test_get_put_object_lock_configuration(locked, take):
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    take("get-lock-config-start", "get_object_lock_configuration")
    take("put-lock-config", "put_object_lock_configuration", ObjectLockConfiguration=default)
    take("get-lock-config", "get_object_lock_configuration")
    take("put-lock-config-enabled", "put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    take("get-lock-config-only-enabled", "get_object_lock_configuration")


def test_put_object_lock_configuration_exc(locked, take):
    put = lambda name, document: take(f"put-lock-config-{name}", "put_object_lock_configuration", ObjectLockConfiguration=document)  # noqa: E731
    rule = lambda **retention: {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}  # noqa: E731
    put("no-enabled", {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}})
    put("empty", {})
    put("empty-rule", {"ObjectLockEnabled": "Enabled", "Rule": {}})
    put("empty-retention", rule())
    put("no-days", rule(Mode="GOVERNANCE"))
    put("bad-mode", rule(Mode="BAD-VALUE", Days=1))
    put("both-days-years", rule(Mode="GOVERNANCE", Days=1, Years=1))


def test_get_object_lock_configuration_exc(take):
    take("get-lock-config-no-enabled", "get_object_lock_configuration")
    take("get-lock-config-bucket-not-exists", "get_object_lock_configuration", Bucket=take.bucket + "-not")


def test_disable_versioning_on_locked_bucket(locked, take):
    versioning = lambda name, status: take(name, "put_bucket_versioning", VersioningConfiguration={"Status": status})  # noqa: E731
    versioning("disable-versioning-on-locked-bucket", "Suspended")
    versioning("enable-versioning-again-on-locked-bucket", "Enabled")


def test_delete_object_with_no_locking(take):
    take.call("put_object", Key="k", Body="test")
    take("delete-object-bypass-no-lock", "delete_object", Key="k", BypassGovernanceRetention=True)
    take("delete-object-bypass-no-lock-false", "delete_object", Key="k", BypassGovernanceRetention=False)
    take("delete-objects-bypass-no-lock", "delete_objects", Delete={"Objects": [{"Key": "k"}]}, BypassGovernanceRetention=True)


def test_s3_get_deep_archive_object_restore(take):
    take.where = {"Key": "k"}
    take.call("put_object", Body="body data", StorageClass="DEEP_ARCHIVE")
    take("get-object-invalid-state", "get_object")
    take("get_object_invalid_state", "get_object")
    take("restore_object", "restore_object", RestoreRequest={"Days": 30, "GlacierJobParameters": {"Tier": "Bulk"}})


# Addresses that were signed, and forms


def error_text(data):
    return {"Error": {child.tag: child.text for child in tree.fromstring(data)}}


def post(take, key, fields=None, conditions=None, body=b"abcdef", drop=(), **more):
    signed = take.s3.generate_presigned_post(take.bucket, key, Fields=fields or {}, Conditions=conditions or [], **more)
    given = {name: value for name, value in signed["fields"].items() if name not in drop}
    return urllib3.request("POST", signed["url"], fields={**given, "file": ("f", body)}, redirect=False)


def test_post_object_with_metadata(take):
    take.compare.other_bytes = True
    fields = {"x-amz-meta-test-1": "test-meta-1", "x-amz-meta-TEST-2": "test-meta-2", "Content-Type": "text/plain", "Expires": "Wed, 21 Oct 2099 07:28:00 GMT"}
    assert post(take, "k", fields, [{name: value} for name, value in fields.items()], b"x" * 17).status == 204
    take("head-object", "head_object", Key="k")


def test_post_object_with_storage_class(take):
    take.compare.other_bytes = True
    fields = {"x-amz-storage-class": "STANDARD_IA"}
    assert post(take, "k", fields, [fields], b"x" * 23).status == 204
    take("head-object", "head_object", Key="k")
    fields = {"x-amz-storage-class": "FakeClass"}
    take.same("invalid-storage-error", error_text(post(take, "k", fields, [fields]).data))


TAGS = {"single": "<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag></TagSet></Tagging>",
        "list": "<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag><Tag><Key>TagName2</Key><Value>TagValue2</Value></Tag></TagSet></Tagging>",
        "invalid": "<InvalidXml></InvalidXml>", "notxml": "not-xml"}


@pytest.mark.parametrize("kind", TAGS)
def test_post_object_with_tags(take, kind):
    answer = post(take, "k", {"tagging": TAGS[kind]}, [{"tagging": TAGS[kind]}])
    if kind == "notxml":
        take.same("tagging-error", error_text(answer.data))
    else:
        assert answer.status == 204, answer.data
        take("get-tagging", "get_object_tagging", Key="k")


def test_post_object_default_checksum(take):
    take.compare.other_bytes = True
    assert post(take, "k", body=b"x" * 17).status == 204
    take("head-object", "head_object", Key="k", ChecksumMode="ENABLED")


def test_post_request_expires(take):
    answer = post(take, "k", ExpiresIn=-10)
    take.same("exception", error_text(answer.data) | {"StatusCode": answer.status})


def test_post_object_with_wrong_content_type(take):
    answer = urllib3.request("POST", f"{take.s3.meta.endpoint_url}/{take.bucket}", body=b"a=b", headers={"Content-Type": "text/html; charset=UTF-8"})
    take.same("invalid-content-type-error", error_text(answer.data))


def test_post_object_policy_validation_size(take):
    limits = [["content-length-range", 5, 10]]
    take.same("invalid-content-length-too-big", error_text(post(take, "k", conditions=limits, body=b"a" * 12).data))
    take.same("invalid-content-length-too-small", error_text(post(take, "k", conditions=limits, body=b"a").data))
    assert post(take, "k", conditions=limits, body=b"a" * 10).status == 204
    take("final-object", "get_object", Key="k")
    take.same("invalid-content-length-wrong-type", error_text(post(take, "k", conditions=[["content-length-range", "test", "10"]], body=b"a" * 10).data))


TO, RANDOM = "http://localhost.test/random", "http://localhost.test/random"


def test_post_object_policy_conditions_validation_eq(take):
    to = {"success_action_redirect": "http://wrong.location/test"}
    take.same("invalid-condition-eq", error_text(post(take, "k", to, [["eq", "$success_action_redirect", RANDOM]]).data))
    take.same("invalid-condition-missing-prefix", error_text(post(take, "k", to, [["eq", "success_action_redirect", RANDOM]]).data))
    take.same("invalid-condition-wrong-condition", error_text(post(take, "k", {"success_action_redirect": RANDOM}, [{"key": "k", "bucket": take.bucket}]).data))
    take.same("invalid-condition-wrong-value-casing", error_text(post(take, "k", {"success_action_redirect": RANDOM}, [["eq", "$success_action_redirect", RANDOM.replace("http://", "HTTP://")]]).data))
    fields = {"x-amz-meta-test-1": "test-meta-1", "x-amz-meta-test-2": "test-meta-2", "Content-Type": "text/plain", "Expires": "Wed, 21 Oct 2099 07:28:00 GMT"}
    take.compare.other_bytes = True
    assert post(take, "k", fields, [["eq", f"${name}", value] for name, value in fields.items()]).status == 204
    take("head-object-metadata", "head_object", Key="k")
    assert post(take, "l").status == 204
    take("final-object", "get_object", Key="l")


def test_post_object_policy_conditions_validation_starts_with(take):
    starts = [["starts-with", "$success_action_redirect", "http://localhost"]]
    take.same("invalid-condition-starts-with", error_text(post(take, "k", {"success_action_redirect": "http://wrong.location/test"}, starts).data))
    take.same("invalid-condition-starts-with-casing", error_text(post(take, "k", {"success_action_redirect": "HTTP://localhost.test/random"}, starts).data))
    take.compare.other_bytes = True
    assert post(take, "k", {"success_action_redirect": RANDOM}, starts).status == 303
    take("get-object-1", "get_object", Key="k")
    assert post(take, "k", {"success_action_redirect": RANDOM}, [["starts-with", "$success_action_redirect", ""]], b"manual value to change ETag").status == 303
    take("get-object-2", "get_object", Key="k")


def test_s3_copy_md5(take):
    take.call("put_object", Key="source", Body="something")
    take("copy-obj", "copy_object", Key="copy", CopySource=f"{take.bucket}/source")


def test_presigned_url_v4_x_amz_in_qs(take):
    take.compare.other_bytes = True
    url = take.s3.generate_presigned_url("put_object", Params={"Bucket": take.bucket, "Key": "k", "Metadata": {"foo": "bar-complicated-no-random"}})
    assert urllib3.request("PUT", url, body=b"123456", headers={"x-amz-meta-foo": "bar-complicated-no-random"}).status == 200
    take("head-object", "head_object", Key="k", ChecksumMode="ENABLED")


@pytest.fixture
def later(server):
    """Ten seconds of the emulator's clock go by."""
    def go():
        assert ask(server.url, "clock", advance="10s")
    return go


def by_version(take, version):
    return client_of(take.s3.meta.endpoint_url, "us-east-1", signature_version=version)


VERSIONS = ["s3", "s3v4"]


def expired(take, name, version, later, seconds):
    take.call("put_object", Key="k", Body="something")
    url = by_version(take, version).generate_presigned_url("get_object", Params={"Bucket": take.bucket, "Key": "k"}, ExpiresIn=seconds)
    later()
    take.same(name, error_text(urllib3.request("GET", url).data))


@pytest.mark.parametrize("version", VERSIONS)
def test_s3_presigned_url_expired(take, version, later):
    expired(take, "expired-exception", version, later, 2)


@pytest.mark.parametrize("mode", ["False", "True"])
@pytest.mark.parametrize("version", VERSIONS)
def test_presigned_url_signature_authentication_expired(take, version, mode, later):
    expired(take, "expired", version, later, 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_s3_put_presigned_url_missing_sig_param(take, version):
    url = by_version(take, version).generate_presigned_url("put_object", Params={"Bucket": take.bucket, "Key": "k"})
    answer = urllib3.request("PUT", re.sub(r"(X-Amz-Signature|Signature)=[^&]*&?", "", url), body=b"something")
    take.same("missing-param-exception", error_text(answer.data) | {"StatusCode": answer.status})


def test_presigned_double_encoded_credentials(take):
    url = by_version(take, "s3v4").generate_presigned_url("get_object", Params={"Bucket": take.bucket, "Key": "k"})
    url = re.sub(r"X-Amz-Credential=([^&]*)", lambda found: "X-Amz-Credential=" + found[1].replace("%", "%25"), url)
    take.same("error-malformed", error_text(urllib3.request("GET", url).data))
