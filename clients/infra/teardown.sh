#!/bin/sh
# teardown.sh - removes what setup.sh has made; what isn't there is passed by.
set -eu
. "$(dirname "$0")/names.sh"

for alarm in event-stream-trouble event-stream-throttled event-stream-consumer-late; do # the composite one first
    [ -z "$(aws cloudwatch describe-alarms --alarm-names "$alarm" --alarm-types MetricAlarm CompositeAlarm --query '[MetricAlarms, CompositeAlarms][][].AlarmName' --output text)" ] ||
        aws cloudwatch delete-alarms --alarm-names "$alarm"
done
! there cloudwatch get-dashboard --dashboard-name "$DASHBOARD" || aws cloudwatch delete-dashboards --dashboard-names "$DASHBOARD"
! there firehose describe-delivery-stream --delivery-stream-name "$DELIVERY" || aws firehose delete-delivery-stream --delivery-stream-name "$DELIVERY"
[ -z "$(log_group)" ] || aws logs delete-log-group --log-group-name "$LOG_GROUP"
for role in "$ROLE" "$PROCESSOR"; do
    there iam get-role --role-name "$role" || continue
    aws iam delete-role-policy --role-name "$role" --policy-name own
    [ "$role" != "$PROCESSOR" ] || aws iam detach-role-policy --role-name "$role" --policy-arn "$PROCESSOR_POLICY"
    aws iam delete-role --role-name "$role"
done
! there s3api head-bucket --bucket "$BUCKET" || aws s3 rb --force "s3://$BUCKET" >/dev/null
if there dynamodb describe-table --table-name "$TABLE"; then
    aws dynamodb delete-table --table-name "$TABLE" >/dev/null
    aws dynamodb wait table-not-exists --table-name "$TABLE"
fi
! there glue get-registry --registry-id "RegistryName=$REGISTRY" || aws glue delete-registry --registry-id "RegistryName=$REGISTRY" >/dev/null
for stream in "$STREAM" "$DERIVED_STREAM"; do
    there kinesis describe-stream-summary --stream-name "$stream" || continue
    aws kinesis delete-stream --stream-name "$stream" --enforce-consumer-deletion
    aws kinesis wait stream-not-exists --stream-name "$stream"
done
key=$(aws kms describe-key --key-id "$KEY_ALIAS" --query KeyMetadata.KeyId --output text 2>/dev/null || true)
if [ -n "$key" ]; then
    aws kms delete-alias --alias-name "$KEY_ALIAS"
    aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7 >/dev/null
fi
echo "nothing of the reference system is left"
