# names.sh - the names that the three scripts agree on, those of clients/python/names.py among them.
STREAM=event-stream-poc
DERIVED_STREAM=derived-events-poc
REGISTRY=event-schema-registry-poc
TABLE=event-store-poc
KEY_ALIAS=alias/event-stream-poc
DELIVERY=event-archive-poc
ROLE=event-archive-poc
DASHBOARD=event-stream-poc
ALARMS="event-stream-throttled event-stream-consumer-late event-stream-trouble"
ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
BUCKET=event-archive-poc-$ACCOUNT

# there <words of an aws command>: does it find what it asks for?
there() {
    aws "$@" >/dev/null 2>&1
}
