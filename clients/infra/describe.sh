#!/bin/sh
# describe.sh - what there is of the reference system, a line each; what is missing has no line.
set -eu
. "$(dirname "$0")/names.sh"

show() {
    aws "$@" --output text 2>/dev/null || true
}
for stream in "$STREAM" "$DERIVED_STREAM"; do
    show kinesis describe-stream-summary --stream-name "$stream" \
        --query "StreamDescriptionSummary.['stream', StreamName, StreamStatus, to_string(OpenShardCount), to_string(RetentionPeriodHours), EncryptionType]"
done
show glue list-schemas --registry-id "RegistryName=$REGISTRY" --query "Schemas[].['schema', SchemaName, SchemaStatus]"
show dynamodb describe-table --table-name "$TABLE" --query "Table.['table', TableName, TableStatus]"
! there s3api head-bucket --bucket "$BUCKET" || printf 'bucket\t%s\n' "$BUCKET"
for role in "$ROLE" "$PROCESSOR"; do
    show iam get-role --role-name "$role" --query "Role.['role', RoleName]"
done
show firehose describe-delivery-stream --delivery-stream-name "$DELIVERY" --query "DeliveryStreamDescription.['delivery', DeliveryStreamName, DeliveryStreamStatus]"
show logs describe-log-groups --log-group-name-prefix "$LOG_GROUP" --query "logGroups[].['logs', logGroupName, to_string(retentionInDays)]"
# shellcheck disable=SC2086 # the names are words
show cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm --alarm-names $ALARMS --query "[MetricAlarms, CompositeAlarms][][].['alarm', AlarmName, StateValue]"
show cloudwatch list-dashboards --dashboard-name-prefix "$DASHBOARD" --query "DashboardEntries[].['dashboard', DashboardName]"
show kms describe-key --key-id "$KEY_ALIAS" --query "KeyMetadata.['key', '$KEY_ALIAS', KeyState]"
