#!/bin/sh
# A hook: runs before the emulator says it is ready. AWS_ENDPOINT_URL, credentials and a region are set.
exec aws kinesis put-record --stream-name orders --partition-key 1 --data first
