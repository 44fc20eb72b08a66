"""AWS's recorded answers on buckets and what they keep: names, regions, tags, policies."""

from __future__ import annotations

import json

import pytest
from s3_replay import at, bucket, located, s3, server, take, unchecked  # noqa: F401 (fixtures)



def tags(*pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs]}


def test_delete_bucket_with_content(take):
    for number in range(10):
        take.call("put_object", Key=f"test-key-{number}", Body=f"test-{number}")
    take("list-objects", "list_objects", MaxKeys=100)
    take.without("list-buckets")  # of an account that has other buckets, too


def test_get_bucket_notification_configuration_no_such_bucket(take):
    take("expected_error", "get_bucket_notification_configuration", Bucket=take.bucket + "-not")


def test_bucket_availability(take):
    take("bucket-lifecycle", "get_bucket_lifecycle_configuration", Bucket=take.bucket + "-not")
    take("bucket-replication", "get_bucket_replication", Bucket=take.bucket + "-not")


def test_different_location_constraint(take):
    other, west, name = at(take, "us-east-2"), at(take, "us-west-1"), take.bucket
    take("get-bucket-location-bucket-us-east-1", "get_bucket_location")
    take("create-bucket-constraint-us-east-1", "create_bucket", Bucket=name + "-1", **located("us-east-1"))
    take("create-bucket-constraint-us-east-1-with-None", "create_bucket", Bucket=name + "-2", CreateBucketConfiguration={})
    other.create_bucket(Bucket=name + "-3", **located("us-east-2"))
    take("get-bucket-location-bucket-us-east-2", "get_bucket_location", other, Bucket=name + "-3")
    take("create-bucket-us-east-2-no-constraint-exc", "create_bucket", other, Bucket=name + "-4")
    take("create-bucket-constraint-us-east-2-with-None", "create_bucket", other, Bucket=name + "-4", CreateBucketConfiguration={})
    take("create-bucket-us-east-2-constraint-to-us-west-1", "create_bucket", other, Bucket=name + "-4", **located("us-west-1"))
    take("create-bucket-us-west-1-constraint-to-us-east-2", "create_bucket", west, Bucket=name + "-4", **located("us-east-2"))
    take("create-bucket-us-west-1-constraint-to-us-east-1", "create_bucket", west, Bucket=name + "-4", **located("us-east-1"))
    take("get-bucket-location-non-existent-bucket", "get_bucket_location", Bucket=name + "-not")


@pytest.mark.parametrize("region", ["us-east-1", "us-west-1"])
def test_bucket_constraint_aws_global(take, region):
    take("aws-global-constraint", "create_bucket", at(take, region), Bucket=take.bucket + "-1", **located("aws-global"))


def test_create_bucket_with_eu_location_constraint(take):
    ireland, name = at(take, "eu-west-1"), take.bucket + "-eu"
    take.call("create_bucket", ireland, Bucket=name, **located("EU"))
    take("get-bucket-location", "get_bucket_location", ireland, Bucket=name)
    take("list-bucket-response", "list_buckets", ireland, Prefix=name)


def test_create_bucket_with_eu_location_constraint_raises(take):
    take("eu-location-constraint-error", "create_bucket", at(take, "eu-west-2"), Bucket=take.bucket + "-1", **located("EU"))


@pytest.mark.parametrize("region,constraint", [("us-east-1", "us-east-1"), ("us-east-1", "foo"), ("eu-west-1", "bar")])
def test_create_bucket_with_invalid_location_constraint(take, region, constraint):
    take(f"{region}-location-constraint-{constraint}-error", "create_bucket", at(take, region), Bucket=take.bucket + "-1", **located(constraint))


def test_s3_uppercase_bucket_name(take):
    take("uppercase-bucket", "create_bucket", Bucket="UPPER" + take.bucket)


def test_create_bucket_with_existing_name(take):
    name = take.bucket + "-west"
    for region in ("us-west-1", "us-east-2"):
        client = at(take, region)
        take.call("create_bucket", client, Bucket=f"{name}-{region}", **located(region))
    take("create-bucket-us-west-1", "create_bucket", at(take, "us-west-1"), Bucket=f"{name}-us-west-1", **located("us-west-1"))
    take("create-bucket-us-east-2", "create_bucket", at(take, "us-west-1"), Bucket=f"{name}-us-west-1", **located("us-west-1"))


def test_bucket_does_not_exist(take):
    take("list_object", "list_objects", Bucket=take.bucket + "-not")
    take("list_object_vhost", "list_objects", Bucket=take.bucket + "-not")


def test_create_bucket_head_bucket(take):
    west, names = at(take, "us-west-1"), [f"{take.bucket}-{number}" for number in (1, 2)]
    take("create_bucket", "create_bucket", Bucket=names[0])
    take("create_bucket_location_constraint", "create_bucket", west, Bucket=names[1], **located("us-west-1"))
    take("head_bucket", "head_bucket", Bucket=names[0])
    take("head_bucket_2", "head_bucket", west, Bucket=names[1])
    take("head_bucket_not_exist", "head_bucket", Bucket=take.bucket + "-not")
    take.without("head_bucket_filtered_header", "head_bucket_2_filtered_header")  # the same by their headers


def test_region_header_exists_outside_us_east_1(take):
    south, name = at(take, "eu-south-1"), take.bucket + "-south"
    take.call("create_bucket", south, Bucket=name, **located("eu-south-1"))
    take("head_bucket", "head_bucket", south, Bucket=name)
    take("list_objects_v2", "list_objects_v2", south, Bucket=name)


def test_bucket_exists(take):
    rules = [{"AllowedMethods": ["GET", "POST", "PUT", "DELETE"], "AllowedOrigins": ["localhost"]}]
    take.call("put_bucket_cors", CORSConfiguration={"CORSRules": rules})
    take("get-bucket-cors", "get_bucket_cors")
    take("get-bucket-acl", "get_bucket_acl")
    take("get-bucket-not-exists", "get_bucket_acl", Bucket="bucket-not-exists")


def test_bucket_operation_between_regions(take):
    name, west = take.bucket + "-west", at(take, "us-west-1")
    take.call("create_bucket", west, Bucket=name, **located("us-west-1"))
    take("put-website-config-region-1", "put_bucket_website", west, Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    take("put-cors-config-region-1", "put_bucket_cors", west, Bucket=name, CORSConfiguration={"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]})
    take("get-website-config-region-2", "get_bucket_website", Bucket=name)
    take("get-cors-config-region-2", "get_bucket_cors", Bucket=name)


# Tags


def test_put_object_tagging_empty_list(take):
    take.where = {"Key": "my-key"}
    take.call("put_object", Body="abcdefgh")
    take("created-object-tags", "get_object_tagging")
    take.call("put_object_tagging", Tagging=tags(("tag1", "tag1"), ("tag2", "")))
    take("updated-object-tags", "get_object_tagging")
    take.call("put_object_tagging", Tagging=tags())
    take("deleted-object-tags", "get_object_tagging")


def test_put_object_with_tags(take):
    take.where = {"Key": "test-put-object-tagging"}
    in_order = lambda answer: answer | {"TagSet": sorted(answer["TagSet"], key=lambda one: one["Key"])}  # noqa: E731
    take("put-object", "put_object", Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag=")
    take.same("get-object-tags", in_order(take.call("get_object_tagging")))
    take("put-object-tags", "put_object_tagging", Tagging=tags(("tag3", "tag3")))
    take("get-object-tags-override", "get_object_tagging")
    take("head-obj", "head_object")
    take("get-obj", "get_object")
    take.call("put_object", Body="test-tagging", Tagging="wrongquery&wrongagain")
    take.same("get-object-tags-wrong-format-qs", in_order(take.call("get_object_tagging")))
    take.call("put_object", Body="test-tagging", Tagging="key1&key2")
    take.same("get-object-tags-wrong-format-qs-2", in_order(take.call("get_object_tagging")))


def test_bucket_tagging_exc(take):
    take.where = {"Bucket": take.bucket + "-not"}
    take("get-no-bucket-tags", "get_bucket_tagging")
    take("delete-no-bucket-tags", "delete_bucket_tagging")
    take("put-no-bucket-tags", "put_bucket_tagging", Tagging=tags())


def test_object_tagging_versioned(take):
    take.enable()
    take.where = {"Key": "test-version-tagging"}
    first, second = (take(f"put-obj-{number}", "put_object", Body=f"test-{number}", Tagging=f"test_tag=tagv{number + 1}")["VersionId"] for number in range(2))
    take("put-object-tags-current-version", "put_object_tagging", Tagging=tags(("tag3", "tag3")))
    take("get-object-tags-current-version", "get_object_tagging")
    take("get-object-tags-previous-version", "get_object_tagging", VersionId=first)
    take("put-object-tags-previous-version", "put_object_tagging", VersionId=first, Tagging=tags(("tag1", "tag1")))
    take("get-object-tags-previous-version-again", "get_object_tagging", VersionId=first)
    take.call("delete_object_tagging")
    take("get-object-tags-deleted-current", "get_object_tagging")
    take.call("delete_object_tagging", VersionId=first)
    take("get-object-tags-previous-version-deleted", "get_object_tagging", VersionId=second)
    marker = take("put-delete-marker", "delete_object")["VersionId"]
    for which, version in (("id", marker), ("latest", None)):
        take(f"put-object-tags-delete-marker-{which}", "put_object_tagging", VersionId=version, Tagging=tags(("tag1", "tag1")))
        take(f"get-object-tags-delete-marker-{which}", "get_object_tagging", VersionId=version)
        take(f"delete-object-tags-delete-marker-{which}", "delete_object_tagging", VersionId=version)


def test_object_tagging_exc(take):
    nowhere = {"Bucket": take.bucket + "-not", "Key": "fake-key"}
    take("get-no-bucket-tags", "get_object_tagging", **nowhere)
    take("delete-no-bucket-tags", "delete_object_tagging", **nowhere)
    take("put-no-bucket-tags", "put_object_tagging", **nowhere, Tagging=tags())
    take.where = {"Key": "fake-key"}
    take("get-no-key-tags", "get_object_tagging")
    take("delete-no-key-tags", "delete_object_tagging")
    take("put-no-key-tags", "put_object_tagging", Tagging=tags())
    take("put-obj-duplicate-tagging", "put_object", Tagging="key1=val1&key1=val2")
    take("put-obj-wrong-format", "put_object", Tagging="key1=val1,key2=val2")


def test_object_tags_delete_or_overwrite_object(take):
    take.where = {"Key": "test-put-object-tagging-kv"}
    for name, tagging in (("creation", "tag1=val1"), ("overwrite", None)):
        take.call("put_object", Body="create", Tagging=tagging)
        take(f"get-object-after-{name}", "get_object_tagging")
    take.call("delete_object")
    take.call("put_object", Body="create")
    take("get-object-after-recreation", "get_object_tagging")


def test_tagging_validation(take):
    take.where = {"Key": "k"}
    take.call("put_object", Body="x")
    free = unchecked(take)
    double, comma, none_value = [("Key1", "Val1"), ("Key1", "Val1")], [("Key1,Key2", "Val1")], {"TagSet": [{"Key": "Key1"}]}
    for what, operation, field in (("bucket", "put_bucket_tagging", "key"), ("object", "put_object_tagging", "field")):
        take(f"put-{what}-tags-duplicate-keys", operation, Tagging=tags(*double))
        take(f"put-{what}-tags-invalid-{field}", operation, Tagging=tags(*comma))
        take(f"put-{what}-tags-none-key", operation, free, Tagging={"TagSet": [{"Value": "Val1"}]})
        take(f"put-{what}-tags-none-value", operation, free, Tagging=none_value)
        take(f"put-{what}-tags-aws-prefixed", operation, Tagging=tags(("aws:prefixed", "Val1")))
    take("put-bucket-tags-invalid-value", "put_bucket_tagging", Tagging=tags(("Key1", "Val1,Val2")))


def test_put_object_tagging_none_value(take):
    take.where = {"Key": "k"}
    take.call("put_object", Body="x")
    take("put-none-tag-set", "put_object_tagging", Tagging=tags())
    take("get-object-tags-none", "get_object_tagging")


def test_put_bucket_tagging_none_value(take):
    take("put-bucket-tags-origin", "put_bucket_tagging", Tagging=tags(("tag1", "tag1")))
    take("put-none-tag-set", "put_bucket_tagging", Tagging=tags())
    take("no-such-tag-set", "get_bucket_tagging")


def tagged(*pairs):
    return {"CreateBucketConfiguration": {"Tags": tags(*pairs)["TagSet"]}}


def test_create_bucket_with_tags(take):
    name = take.bucket + "-1"
    take("create-bucket-with-tags", "create_bucket", Bucket=name, **tagged(("tag1", "value1")))
    take("get-bucket-tags", "get_bucket_tagging", Bucket=name)


def test_create_bucket_with_tags_us_east_1_idempotency(take):
    take.where = {"Bucket": take.bucket + "-1"}
    take("create-bucket-with-tags", "create_bucket", **tagged(("tag1", "value1")))
    take("get-bucket-tags", "get_bucket_tagging")
    take("create-bucket-different-tags", "create_bucket", **tagged(("tag2", "value2")))
    take("create-bucket-with-no-tags", "create_bucket")
    take("get-bucket-tags-after-re-create", "get_bucket_tagging")
    take("create-bucket-with-same-tags", "create_bucket", **tagged(("tag1", "value1")))
    take("create-bucket-with-empty-tags", "create_bucket", **tagged())
    take("get-bucket-tags-after-create-empty", "get_bucket_tagging")


def test_create_bucket_with_tags_exc(take):
    take.where = {"Bucket": take.bucket + "-1"}
    free = unchecked(take)
    take("tags-key-none", "create_bucket", free, CreateBucketConfiguration={"Tags": [{"Value": "value1"}]})
    take("tags-value-none", "create_bucket", free, CreateBucketConfiguration={"Tags": [{"Key": "test"}]})
    take("tags-key-aws-prefix", "create_bucket", **tagged(("aws:test", "value1")))
    take("tags-key-aws-bad-value", "create_bucket", **tagged(("test", "value1,value2")))
    take("tags-key-aws-bad-key", "create_bucket", **tagged(("test,test2", "value1")))
    take.without("tags-key-aws-duplicated-key")  # AWS failed: InternalError


def test_create_bucket_with_empty_tags(take):
    take.where = {"Bucket": take.bucket + "-1"}
    take("create-bucket-with-empty-tags", "create_bucket", **tagged())
    take("get-bucket-tags", "get_bucket_tagging")
    take("create-bucket-with-none-tags", "create_bucket", CreateBucketConfiguration={})


def test_head_object_with_tags(take):
    take.where = {"Key": "k"}
    take("put-object", "put_object", Body="test-tagging", Tagging="tag1=tag1&tag2=tag2&tag=")
    take("head-obj-after-create", "head_object")
    take("put-object-tags", "put_object_tagging", Tagging=tags(("tag3", "tag3")))
    take("head-obj-after-tagging", "head_object")
    take.call("put_object_tagging", Tagging=tags(("a", ""), ("b", ""), ("c", "")))
    take("head-obj-after-overwrite", "head_object")
    take.call("delete_object_tagging")
    take("head-obj-after-removal", "head_object")


# Policies


def policy(take):
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{take.bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def open_bucket(take):
    take.s3.delete_public_access_block(Bucket=take.bucket)
    return take


def test_get_bucket_policy(open_bucket, take):
    take("get-bucket-policy-no-such-bucket-policy", "get_bucket_policy")
    take.call("put_bucket_policy", Policy=policy(take))
    take("get-bucket-policy", "get_bucket_policy")
    take("get-bucket-policy-with-expected-bucket-owner", "get_bucket_policy", ExpectedBucketOwner="000000000000")
    take("get-bucket-policy-with-expected-bucket-owner-error", "get_bucket_policy", ExpectedBucketOwner="000000000020")


def test_delete_bucket_policy(open_bucket, take):
    take.call("put_bucket_policy", Policy=policy(take))
    take("delete-bucket-policy", "delete_bucket_policy")
    take("get-bucket-policy-no-such-bucket-policy", "get_bucket_policy")


def test_put_bucket_policy(open_bucket, take):
    take("put-bucket-policy", "put_bucket_policy", Policy=policy(take))
    take("get-bucket-policy", "get_bucket_policy")


def test_delete_bucket_policy_expected_bucket_owner(open_bucket, take):
    take.call("put_bucket_policy", Policy=policy(take))
    take("delete-bucket-policy-with-expected-bucket-owner-error", "delete_bucket_policy", ExpectedBucketOwner="000000000002")
    take("delete-bucket-policy-invalid-bucket-owner", "delete_bucket_policy", ExpectedBucketOwner="invalid")
    take("delete-bucket-policy-with-expected-bucket-owner", "delete_bucket_policy", ExpectedBucketOwner="000000000000")


def test_put_bucket_policy_expected_bucket_owner(open_bucket, take):
    take("put-bucket-policy-with-expected-bucket-owner-error", "put_bucket_policy", Policy=policy(take), ExpectedBucketOwner="000000000002")
    take("put-bucket-policy-with-expected-bucket-owner", "put_bucket_policy", Policy=policy(take), ExpectedBucketOwner="000000000000")


BAD_ACCOUNTS = ["0000", "0000000000020", "abcd", "aa000000000$"]


@pytest.mark.parametrize("account", BAD_ACCOUNTS)
def test_get_bucket_policy_invalid_account_id(take, account):
    take("get-bucket-policy-invalid-bucket-owner", "get_bucket_policy", ExpectedBucketOwner=account)


@pytest.mark.parametrize("account", BAD_ACCOUNTS)
def test_put_bucket_policy_invalid_account_id(take, account):
    take("put-bucket-policy-invalid-bucket-owner", "put_bucket_policy", Policy=policy(take), ExpectedBucketOwner=account)


def test_bucket_policy_crud(open_bucket, take):
    take("get-bucket-default-policy", "get_bucket_policy")
    take("put-bucket-policy", "put_bucket_policy", Policy=policy(take))
    take("get-bucket-policy", "get_bucket_policy")
    take("delete-bucket-policy", "delete_bucket_policy")
    take("get-bucket-policy-after-delete", "get_bucket_policy")
    take("delete-bucket-policy-after-delete", "delete_bucket_policy")


def test_bucket_policy_exc(take):
    take("put-empty-bucket-policy", "put_bucket_policy", Policy="")
    take("put-bucket-policy-randomstring", "put_bucket_policy", Policy="invalid json")
    take("put-bucket-policy-empty-json", "put_bucket_policy", Policy="{}")
