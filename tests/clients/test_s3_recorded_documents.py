"""AWS's recorded answers on the documents of a bucket: payment, logging, analytics, inventory, website, replication …"""

from __future__ import annotations

from s3_replay import at, bucket, located, s3, server, take, unchecked  # noqa: F401 (fixtures)

LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"


def test_s3_request_payer(take):
    take("put-bucket-request-payment", "put_bucket_request_payment", RequestPaymentConfiguration={"Payer": "Requester"})
    take("get-bucket-request-payment", "get_bucket_request_payment")


def test_s3_request_payer_exceptions(take):
    take("wrong-payer-type", "put_bucket_request_payment", RequestPaymentConfiguration={"Payer": "Random"})
    take("wrong-bucket-name", "put_bucket_request_payment", Bucket=take.bucket + "-not", RequestPaymentConfiguration={"Payer": "Requester"})


def test_put_bucket_logging(take):
    take("get-bucket-logging-default", "get_bucket_logging")
    take("get-bucket-default-acl", "get_bucket_acl")
    take("put-bucket-logging", "put_bucket_logging", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": take.bucket, "TargetPrefix": "log"}})
    take("get-bucket-logging", "get_bucket_logging")
    take("put-bucket-logging-delete", "put_bucket_logging", BucketLoggingStatus={})


def test_put_bucket_logging_accept_wrong_grants(take):
    target = take.new_bucket("target")
    take.s3.put_bucket_ownership_controls(Bucket=target, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    grants = [{"Grantee": {"Type": "Group", "URI": LOG_DELIVERY}, "Permission": permission} for permission in ("WRITE", "READ_ACP")]
    take("put-bucket-logging", "put_bucket_logging", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log", "TargetGrants": grants}})
    take("get-bucket-logging", "get_bucket_logging")


def log_to(target):
    return {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log"}}}


def test_put_bucket_logging_wrong_target(take):
    name = take.bucket + "-west"
    take.call("create_bucket", at(take, "us-west-2"), Bucket=name, **located("us-west-2"))
    take("put-bucket-logging-different-regions", "put_bucket_logging", **log_to(name))
    take("put-bucket-logging-non-existent-bucket", "put_bucket_logging", **log_to(take.bucket + "-not"))


def test_put_bucket_logging_cross_locations(take):
    for region in ("us-west-2", "us-west-1"):
        take.call("create_bucket", at(take, region), Bucket=f"{take.bucket}-{region}", **located(region))
    take("put-bucket-logging-cross-us-east-1", "put_bucket_logging", **log_to(take.bucket + "-us-west-1"))
    take("put-bucket-logging-different-regions", "put_bucket_logging", at(take, "us-west-2"), Bucket=take.bucket + "-us-west-2", **log_to(take.bucket + "-us-west-1"))


def analysis(identity, prefix):
    export = {"OutputSchemaVersion": "V_1", "Destination": {"S3BucketDestination": {"Format": "CSV", "Bucket": "arn:aws:s3:::b", "Prefix": "test"}}}
    return {"Id": identity, "Filter": {"Prefix": prefix}, "StorageClassAnalysis": {"DataExport": export}}


def test_s3_analytics_configurations(take):
    one, two = "config_with_storage_analysis_1", "config_with_storage_analysis_2"
    put = lambda identity, prefix: take.call("put_bucket_analytics_configuration", Id=identity, AnalyticsConfiguration=analysis(identity, prefix))  # noqa: E731
    take("put_config_with_storage_analysis_err", "put_bucket_analytics_configuration", Id=one,
         AnalyticsConfiguration={"Id": one, "Filter": {"Prefix": "test_ls"}, "StorageClassAnalysis": {"DataExport": {"OutputSchemaVersion": "V_2", "Destination": {
             "S3BucketDestination": {"Format": "CSV", "Bucket": "arn:aws:s3:::b"}}}}})
    take("get_config_with_storage_analysis_err", "get_bucket_analytics_configuration", Id="non-existing")
    take("delete_config_with_storage_analysis_err", "delete_bucket_analytics_configuration", Id="non-existing")
    take.same("put_config_with_storage_analysis_1", put(one, "test_ls"))
    take("get_config_with_storage_analysis_1", "get_bucket_analytics_configuration", Id=one)
    put(one, "test_ls_2")
    take("get_config_with_storage_analysis_2", "get_bucket_analytics_configuration", Id=one)
    put(two, "test_ls_3")
    take("get_config_with_storage_analysis_3", "get_bucket_analytics_configuration", Id=two)
    take("list_config_with_storage_analysis_1", "list_bucket_analytics_configurations")
    take.call("delete_bucket_analytics_configuration", Id=two)
    take("list_config_with_storage_analysis_2", "list_bucket_analytics_configurations")


def test_s3_intelligent_tier_config(take):
    tiered = lambda identity, prefix: {"Id": identity, "IntelligentTieringConfiguration": {  # noqa: E731
        "Id": identity, "Filter": {"Prefix": prefix}, "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}}
    put, delete = "put_bucket_intelligent_tiering_configuration", "delete_bucket_intelligent_tiering_configuration"
    wrong = tiered("test1", "test1")
    wrong["IntelligentTieringConfiguration"]["Status"] = "Wrong"
    take(f"{put}_err_1`", put, **wrong)
    take(f"{put}_1", put, **tiered("test1", "test1"))
    take("get_bucket_intelligent_tiering_configuration_1", "get_bucket_intelligent_tiering_configuration", Id="test1")
    take.call(put, **tiered("test2", "test2"))
    take("list_bucket_intelligent_tiering_configurations_1", "list_bucket_intelligent_tiering_configurations")
    take.call(put, **tiered("test1", "testupdate"))
    take("list_bucket_intelligent_tiering_configurations_2", "list_bucket_intelligent_tiering_configurations")
    take(f"{delete}_err_1", delete, Bucket=take.bucket + "-not", Id="test1")
    take(f"{delete}_err_2", delete, Id="test1-1")
    take.call(delete, Id="test1")
    take("list_bucket_intelligent_tiering_configurations_3", "list_bucket_intelligent_tiering_configurations")


def inventory(identity, **more):
    usual = {"Id": identity, "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::target", "Format": "CSV"}}, "IsEnabled": True,
             "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}
    return {"Id": identity, "InventoryConfiguration": usual | more}


def test_s3_inventory_report_crud(take):
    take("put-inventory-config", "put_bucket_inventory_configuration", **inventory("test-inventory", OptionalFields=["Size", "ETag"]))
    take("list-inventory-config", "list_bucket_inventory_configurations")
    take("get-inventory-config", "get_bucket_inventory_configuration", Id="test-inventory")
    take("del-inventory-config", "delete_bucket_inventory_configuration", Id="test-inventory")
    take("list-inventory-config-after-del", "list_bucket_inventory_configurations")
    take("get-nonexistent-inv-config", "get_bucket_inventory_configuration", Id="test-inventory")


def test_s3_put_inventory_report_exceptions(take):
    wrong = lambda name, **more: take(name, "put_bucket_inventory_configuration", **inventory("test-inventory", **more))  # noqa: E731
    take("wrong-id", "put_bucket_inventory_configuration", **(inventory("test-inventory") | {"Id": "other"}))
    wrong("wrong-destination-arn", Destination={"S3BucketDestination": {"Bucket": "target", "Format": "CSV"}})
    wrong("wrong-destination-format", Destination={"S3BucketDestination": {"Bucket": "arn:aws:s3:::target", "Format": "WRONG"}})
    wrong("wrong-schedule-frequency", Schedule={"Frequency": "Hourly"})
    wrong("wrong-object-versions", IncludedObjectVersions="Wrong")
    wrong("wrong-optional-field", OptionalFields=["Wrong"])


def test_put_bucket_inventory_config_order(take):
    for identity in ("z-test", "a-test", "test-1"):
        take.call("put_bucket_inventory_configuration", **inventory(identity))
    take("list-inventory-config", "list_bucket_inventory_configurations")
    take("del-inventory-config", "delete_bucket_inventory_configuration", Id="z-test")
    take("list-inventory-config-after-del", "list_bucket_inventory_configurations")


def metrics(identity, prefix):
    return {"Id": identity, "MetricsConfiguration": {"Id": identity, "Filter": {"Prefix": prefix}}}


def test_put_bucket_metrics_configuration(take):
    take("put_bucket_metrics_configuration", "put_bucket_metrics_configuration", **metrics("one", "logs/"))
    take("get_bucket_metrics_configuration", "get_bucket_metrics_configuration", Id="one")


def test_overwrite_bucket_metrics_configuration(take):
    take.call("put_bucket_metrics_configuration", **metrics("one", "logs/prefix"))
    take("overwrite_bucket_metrics_configuration", "put_bucket_metrics_configuration", **metrics("one", "logs/new-prefix"))
    take("get_bucket_metrics_configuration", "get_bucket_metrics_configuration", Id="one")


def test_list_bucket_metrics_configurations(take):
    for identity in ("one", "two"):
        take.call("put_bucket_metrics_configuration", **metrics(identity, "logs/prefix"))
    take("list_bucket_metrics_configurations", "list_bucket_metrics_configurations")


def test_list_bucket_metrics_configurations_paginated(take):
    for number in range(102):
        take.call("put_bucket_metrics_configuration", **metrics(f"{number:03}", "logs/prefix"))
    token = take.call("list_bucket_metrics_configurations")["NextContinuationToken"]
    take("list_bucket_metrics_configurations_page_2", "list_bucket_metrics_configurations", ContinuationToken=token)


def test_get_bucket_metrics_configuration(take):
    take.call("put_bucket_metrics_configuration", **metrics("one", "logs/"))
    take("get_bucket_metrics_configuration", "get_bucket_metrics_configuration", Id="one")


def test_get_bucket_metrics_configuration_not_exist(take):
    take("get_bucket_metrics_configuration", "get_bucket_metrics_configuration", Id="does_not_exist")


def test_delete_metrics_configuration(take):
    take.call("put_bucket_metrics_configuration", **metrics("one", "logs/"))
    take("delete_bucket_metrics_configuration", "delete_bucket_metrics_configuration", Id="one")
    take("get_bucket_metrics_configuration", "get_bucket_metrics_configuration", Id="one")


def test_delete_metrics_configuration_twice(take):
    take.call("put_bucket_metrics_configuration", **metrics("one", "logs/"))
    for number in (1, 2):
        take(f"delete_bucket_metrics_configuration_{number}", "delete_bucket_metrics_configuration", Id="one")


def test_validate_website_configuration(take):
    index, rule = {"IndexDocument": {"Suffix": "index.html"}}, lambda **one: {"RoutingRules": [one]}
    elsewhere = {"RedirectAllRequestsTo": {"HostName": "test.com"}}
    for number, wrong in enumerate([
            {"IndexDocument": {"Suffix": "/index.html"}}, {"IndexDocument": {"Suffix": ""}}, {**elsewhere, **index}, {"ErrorDocument": {"Key": "/error.html"}},
            {"RedirectAllRequestsTo": {"HostName": "test.com", "Protocol": "test"}}, {**index, **rule(Redirect={"ReplaceKeyWith": "k", "ReplaceKeyPrefixWith": "p"})},
            {**index, **rule(Condition={}, Redirect={"ReplaceKeyWith": "k"})}, {**index, **rule(Condition={"HttpErrorCodeReturnedEquals": "404"}, Redirect={})}]):
        take(f"invalid-website-conf-{number}", "put_bucket_website", WebsiteConfiguration=wrong)


def test_crud_website_configuration(take):
    take("get-no-such-website-config", "get_bucket_website")
    take("del-no-such-website-config", "delete_bucket_website")
    take("put-website-config", "put_bucket_website", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    take("get-website-config", "get_bucket_website")


def replication(target, **rule):
    return {"ReplicationConfiguration": {"Role": "arn:aws:iam::000000000000:role/r", "Rules": [{"Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}, **rule}]}}


def test_replication_config(take):
    target = take.new_bucket()
    rule = {"ID": "id", "Priority": 1, "Filter": {"Prefix": "Tax"}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    take.enable(bucket=target)
    take("expected_error_no_replication_set", "get_bucket_replication")
    take("expected_error_versioning_not_enabled", "put_bucket_replication", **replication(target, **rule))
    take.enable()
    take("put-bucket-replication", "put_bucket_replication", **replication(target, **rule))
    answer = take.call("get_bucket_replication")
    answer["ReplicationConfiguration"]["Rules"][0]["Destination"]["Bucket"] = "dest-bucket"
    take.same("get-bucket-replication", answer)
    take("put-empty-bucket-replication-rules", "put_bucket_replication", ReplicationConfiguration={"Role": "arn:aws:iam::000000000000:role/r", "Rules": []})
    take("delete-bucket-replication", "delete_bucket_replication")
    take("delete-bucket-replication-idempotent", "delete_bucket_replication")


def test_replication_config_without_filter(take):
    target, minutes = take.bucket + "-target", {"Status": "Enabled", "Time": {"Minutes": 15}}
    take.enable()
    rule = {"ID": "rtc", "Priority": 0, "Filter": {}, "Status": "Disabled", "DeleteMarkerReplication": {"Status": "Disabled"}}
    wanted = replication(target, **rule)
    wanted["ReplicationConfiguration"]["Rules"][0]["Destination"] |= {"StorageClass": "STANDARD", "ReplicationTime": minutes, "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}}
    take("expected_error_dest_does_not_exist", "put_bucket_replication", **wanted)
    take.new_bucket("target")
    take("expected_error_dest_versioning_disabled", "put_bucket_replication", **wanted)
    take.enable(bucket=target)
    take("put-bucket-replication", "put_bucket_replication", **wanted)
    take("get-bucket-replication", "get_bucket_replication")


def test_bucket_acceleration_configuration_crud(take):
    take("get-bucket-default-accelerate-config", "get_bucket_accelerate_configuration")
    for word, status in (("enabled", "Enabled"), ("disabled", "Suspended")):
        take(f"put-bucket-accelerate-config-{word}", "put_bucket_accelerate_configuration", AccelerateConfiguration={"Status": status})
        take(f"get-bucket-accelerate-config-{word}", "get_bucket_accelerate_configuration")


def test_bucket_acceleration_configuration_exc(take):
    take("put-bucket-accelerate-config-lowercase", "put_bucket_accelerate_configuration", AccelerateConfiguration={"Status": "enabled"})
    take("put-bucket-accelerate-config-random", "put_bucket_accelerate_configuration", AccelerateConfiguration={"Status": "random"})
    dotted = take.bucket + ".dotted"
    take.s3.create_bucket(Bucket=dotted)
    take("put-bucket-accelerate-config-dot-bucket", "put_bucket_accelerate_configuration", Bucket=dotted, AccelerateConfiguration={"Status": "Enabled"})


def told_of(filter_rules):
    return {"NotificationConfiguration": {"QueueConfigurations": [{"Id": "id1", "QueueArn": "arn:aws:sqs:us-east-1:000000000000:queue", "Events": ["s3:ObjectCreated:*"],
                                                                   "Filter": {"Key": {"FilterRules": filter_rules}}}]}}


def test_bucket_notification_with_missing_values_in_rule(take):
    free = unchecked(take)
    take("invalid-rule-no-values", "put_bucket_notification_configuration", free, **told_of([{}]))
    take("invalid-rule-no-value", "put_bucket_notification_configuration", free, **told_of([{"Name": "prefix"}]))
    take("invalid-rule-no-name", "put_bucket_notification_configuration", free, **told_of([{"Value": "test"}]))


def test_bucket_notification_with_invalid_filter_rules(take):
    take("invalid_filter_name", "put_bucket_notification_configuration", **told_of([{"Name": "INVALID", "Value": "does not matter"}]))


def test_crud_bucket_ownership_controls(take):
    controls = lambda value: {"OwnershipControls": {"Rules": [{"ObjectOwnership": value}]}}  # noqa: E731
    take("default-ownership", "get_bucket_ownership_controls")
    take("put-ownership", "put_bucket_ownership_controls", **controls("ObjectWriter"))
    take("get-ownership", "get_bucket_ownership_controls")
    take("delete-ownership", "delete_bucket_ownership_controls")
    take("get-ownership-after-delete", "get_bucket_ownership_controls")
    take("delete-ownership-after-delete", "delete_bucket_ownership_controls")
    other = take.new_bucket(ObjectOwnership="BucketOwnerPreferred")
    take("get-ownership-at-creation", "get_bucket_ownership_controls", Bucket=other)


def test_bucket_ownership_controls_exc(take):
    take("default-ownership", "get_bucket_ownership_controls")
    rules = lambda *values: {"OwnershipControls": {"Rules": [{"ObjectOwnership": value} for value in values]}}  # noqa: E731
    take("put-ownership-multiple-rules", "put_bucket_ownership_controls", **rules("BucketOwnerPreferred", "ObjectWriter"))
    take("put-ownership-wrong-value", "put_bucket_ownership_controls", **rules("RandomValue"))
    take("put-ownership-empty-rule", "put_bucket_ownership_controls", **rules())
    take("ownership-wrong-value-at-creation", "create_bucket", Bucket=take.bucket + "-1", ObjectOwnership="RandomValue")
    take("ownership-non-value-at-creation", "create_bucket", Bucket=take.bucket + "-1", ObjectOwnership="")
