# names.sh - the names that the three scripts agree on, those of clients/python/names.py among them.
# The CLI reads AWS_ENDPOINT_URL since 1.29 and 2.13: older ones (Debian 12's is 2.9) are told by an option.
aws() {
    command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"
}

STREAM=event-stream-poc
DERIVED_STREAM=derived-events-poc
REGISTRY=event-schema-registry-poc
TABLE=event-store-poc
KEY_ALIAS=alias/event-stream-poc
DELIVERY=event-archive-firehose-poc
LOG_GROUP=/aws/kinesisfirehose/event-archive-firehose-poc # what it could not deliver
ROLE=event-archive-poc
PROCESSOR=event-processor-poc # the function's, and its role's
PROCESSOR_POLICY=arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole
DASHBOARD=event-system-dashboard-poc
ALARMS="event-stream-throttled event-stream-consumer-late event-stream-trouble"
ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
BUCKET=event-archive-poc-$ACCOUNT

# The log group of that very name; nothing where there is none. What has no way to ask for one thing tells what begins so.
log_group() {
    aws logs describe-log-groups --log-group-name-prefix "$LOG_GROUP" --query "logGroups[?logGroupName=='$LOG_GROUP'].logGroupName" --output text
}

# there <words of an aws command>: does it find what it asks for?
there() {
    aws "$@" >/dev/null 2>&1
}
