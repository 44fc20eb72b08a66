"""The names that the programs of the reference system agree on. Each program's --help tells how to use others."""

STREAM = "event-stream-poc"
DERIVED_STREAM = "derived-events-poc"
REGISTRY = "event-schema-registry-poc"
TABLE = "event-store-poc"
TABLE_BY_TYPE_INDEX = "eventType-eventTime-index"
STREAM_KEY = "alias/aws/kinesis"
RETENTION_HOURS = 168
EVENT_TYPES = ("user", "system", "transaction", "derived")
