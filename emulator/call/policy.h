/* policy.h - policy documents of keys, streams and tables: kept and told as they are given. There are no identities yet
 * whom they could refuse. */
#pragma once
#include "bytes.h"

/* aws: DynamoDB Developer Guide, Quotas: "The maximum size supported for a resource-based policy document attached to a
 * DynamoDB table is 20 KB." Kinesis publishes no bound. */
#define RESOURCE_POLICY_BYTES_MAX (20 * 1024)

/* An object of JSON, none of its names twice, that has a Statement. */
bool policy_is_document(Bytes policy);
