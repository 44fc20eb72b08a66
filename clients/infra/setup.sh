#!/bin/sh
# setup.sh - the reference system's infrastructure in plain aws commands: run it again, and what is there stays.
# With AWS_ENDPOINT_URL it is made in an emulator.
set -eu
here=$(dirname "$0")
. "$here/names.sh"

filled() { # a document with the names in it
    sed -e "s/STREAM/$STREAM/g" -e "s/DERIVED/$DERIVED_STREAM/g" -e "s/TABLE/$TABLE/g" -e "s/BUCKET/$BUCKET/g" -e "s/REGION/$REGION/g" -e "s/ACCOUNT/$ACCOUNT/g" "$1"
}

# -- a key for what lies on the streams ---------------------------------------------------------------------------
if ! there kms describe-key --key-id "$KEY_ALIAS"; then
    key=$(aws kms create-key --description "Events on $STREAM" --query KeyMetadata.KeyId --output text)
    aws kms create-alias --alias-name "$KEY_ALIAS" --target-key-id "$key"
fi

# -- streams, kept for a week -------------------------------------------------------------------------------------
stream() { # name, shards
    there kinesis describe-stream-summary --stream-name "$1" && return
    aws kinesis create-stream --stream-name "$1" --shard-count "$2"
    aws kinesis wait stream-exists --stream-name "$1"
    aws kinesis increase-stream-retention-period --stream-name "$1" --retention-period-hours 168
    aws kinesis wait stream-exists --stream-name "$1"
    aws kinesis start-stream-encryption --stream-name "$1" --encryption-type KMS --key-id "$KEY_ALIAS"
    aws kinesis wait stream-exists --stream-name "$1"
}
stream "$STREAM" 2
stream "$DERIVED_STREAM" 1

# -- registry and schemas -----------------------------------------------------------------------------------------
there glue get-registry --registry-id "RegistryName=$REGISTRY" || aws glue create-registry --registry-name "$REGISTRY" --description "Schemas of the events on the stream" >/dev/null
for type in user system transaction derived; do
    there glue get-schema --schema-id "RegistryName=$REGISTRY,SchemaName=$type-event" && continue
    aws glue create-schema --registry-id "RegistryName=$REGISTRY" --schema-name "$type-event" --data-format AVRO --compatibility BACKWARD \
        --schema-definition "file://$here/../../schemas/$type-event.avsc" >/dev/null
done

# -- table --------------------------------------------------------------------------------------------------------
if ! there dynamodb describe-table --table-name "$TABLE"; then
    aws dynamodb create-table --table-name "$TABLE" --billing-mode PAY_PER_REQUEST \
        --attribute-definitions AttributeName=eventId,AttributeType=S AttributeName=eventType,AttributeType=S AttributeName=eventTime,AttributeType=N \
        --key-schema AttributeName=eventId,KeyType=HASH \
        --global-secondary-indexes 'IndexName=eventType-eventTime-index,KeySchema=[{AttributeName=eventType,KeyType=HASH},{AttributeName=eventTime,KeyType=RANGE}],Projection={ProjectionType=ALL}' >/dev/null
    aws dynamodb wait table-exists --table-name "$TABLE"
fi

# -- who may what: the delivery stream reads the event stream and writes the bucket, the function works on events --------
role() { # name, service, file of its policy
    there iam get-role --role-name "$1" || aws iam create-role --role-name "$1" --assume-role-policy-document "$(sed "s/SERVICE/$2/" "$here/trust.json")" >/dev/null
    aws iam put-role-policy --role-name "$1" --policy-name own --policy-document "$(filled "$here/$3")"
}
role "$ROLE" firehose archive-policy.json
role "$PROCESSOR" lambda processor-policy.json
aws iam attach-role-policy --role-name "$PROCESSOR" --policy-arn "$PROCESSOR_POLICY"

# -- archive: a bucket, and the delivery stream ------------------------------------------------------------------------
role=arn:aws:iam::$ACCOUNT:role/$ROLE
there s3api head-bucket --bucket "$BUCKET" || aws s3 mb "s3://$BUCKET" >/dev/null
if [ -z "$(log_group)" ]; then
    aws logs create-log-group --log-group-name "$LOG_GROUP"
    aws logs put-retention-policy --log-group-name "$LOG_GROUP" --retention-in-days 7
    aws logs create-log-stream --log-group-name "$LOG_GROUP" --log-stream-name S3Delivery
fi
there firehose describe-delivery-stream --delivery-stream-name "$DELIVERY" || aws firehose create-delivery-stream --delivery-stream-name "$DELIVERY" \
    --delivery-stream-type KinesisStreamAsSource \
    --kinesis-stream-source-configuration "KinesisStreamARN=arn:aws:kinesis:$REGION:$ACCOUNT:stream/$STREAM,RoleARN=$role" \
    --extended-s3-destination-configuration "RoleARN=$role,BucketARN=arn:aws:s3:::$BUCKET,Prefix=events/,CompressionFormat=GZIP,BufferingHints={SizeInMBs=5,IntervalInSeconds=60},CloudWatchLoggingOptions={Enabled=true,LogGroupName=$LOG_GROUP,LogStreamName=S3Delivery}" >/dev/null

# -- alarms and a dashboard: to put them again is to put them as they are here ----------------------------------------
topic=arn:aws:sns:$REGION:$ACCOUNT:operators
aws cloudwatch put-metric-alarm --alarm-name event-stream-throttled --alarm-description "Producers are throttled" \
    --namespace AWS/Kinesis --metric-name WriteProvisionedThroughputExceeded --dimensions "Name=StreamName,Value=$STREAM" --statistic Sum \
    --period 60 --evaluation-periods 3 --datapoints-to-alarm 2 --threshold 0 --comparison-operator GreaterThanThreshold \
    --treat-missing-data notBreaching --alarm-actions "$topic" --ok-actions "$topic"
aws cloudwatch put-metric-alarm --alarm-name event-stream-consumer-late --alarm-description "A consumer is a minute behind" \
    --namespace AWS/Kinesis --metric-name GetRecords.IteratorAgeMilliseconds --dimensions "Name=StreamName,Value=$STREAM" --statistic Maximum \
    --period 60 --evaluation-periods 3 --threshold 60000 --comparison-operator GreaterThanThreshold \
    --treat-missing-data notBreaching --alarm-actions "$topic" --ok-actions "$topic"
aws cloudwatch put-composite-alarm --alarm-name event-stream-trouble --alarm-rule "ALARM(event-stream-throttled) OR ALARM(event-stream-consumer-late)"
aws cloudwatch put-dashboard --dashboard-name "$DASHBOARD" --dashboard-body "$(filled "$here/dashboard.json")" >/dev/null

echo "streams $STREAM and $DERIVED_STREAM, registry $REGISTRY, table $TABLE, bucket $BUCKET, roles $ROLE and $PROCESSOR, delivery stream $DELIVERY, log group, alarms and dashboard are there"
