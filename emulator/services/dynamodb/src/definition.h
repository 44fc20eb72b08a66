/* definition.h - what CreateTable and UpdateTable are given about keys, indexes and throughput, checked as AWS checks
 * it. aws: DynamoDB API Reference, CreateTable and UpdateTable; Developer Guide, Quotas. */
#pragma once
#include "key.h"

/* An index of either kind, as its request names it. */
typedef struct IndexDefinition {
    Bytes name;
    bool is_global;
    const DynamodbKeySchema *key_schema;
    const DynamodbProjection *projection;
    const DynamodbProvisionedThroughput *provisioned;
    const DynamodbOnDemandThroughput *on_demand;
    const DynamodbWarmThroughput *warm;
} IndexDefinition;
/* Of a member of the model that describes one: to be made with the table, or by itself. */
#define LOCAL_DEFINITION(local)                                                                                        \
    ((IndexDefinition){                                                                                                \
        .name = (local)->index_name, .key_schema = &(local)->key_schema, .projection = (local)->projection})
#define GLOBAL_DEFINITION(global)                                                                                      \
    ((IndexDefinition){.name = (global)->index_name,                                                                   \
                       .is_global = true,                                                                              \
                       .key_schema = &(global)->key_schema,                                                            \
                       .projection = (global)->projection,                                                             \
                       .provisioned = (global)->provisioned_throughput,                                                \
                       .on_demand = (global)->on_demand_throughput,                                                    \
                       .warm = (global)->warm_throughput})

/* 3 to 255 of a-z A-Z 0-9 _ - . */
MUST_CHECK Status name_check(Call *call, Bytes name);
/* No table has it. */
MUST_CHECK Status name_check_free(Call *call, Bytes name);
MUST_CHECK Status keys_of_schema(Call *call, const DynamodbKeySchema *schema,
                                 const DynamodbAttributeDefinitions *definitions, Keys *ret_keys);
/* table: with its keys and billing mode. tree and tally stay 0. */
MUST_CHECK Status index_of_definition(Call *call, const Table *table, const DynamodbAttributeDefinitions *definitions,
                                      const IndexDefinition *definition, Index *ret_index);
/* aws-test: DynamoDB Local: what is defined already keeps its type. */
MUST_CHECK Status definitions_check_same(Call *call, const Table *table,
                                         const DynamodbAttributeDefinitions *definitions);
/* Each defined attribute is a key of the table or of an index. */
MUST_CHECK Status definitions_check_used(Call *call, const Table *table,
                                         const DynamodbAttributeDefinitions *definitions);
/* That it is none of the table's. */
MUST_CHECK Status index_absent(Call *call, const Table *table, Bytes name);
/* index: its name; absent for the table itself. *units: as they were (new: zeros), then as they are to be. */
MUST_CHECK Status units_of(Call *call, const Table *table, Bytes index,
                           const DynamodbProvisionedThroughput *provisioned,
                           const DynamodbOnDemandThroughput *on_demand, Units *units);
/* The units grow warm: *units has them as they were, and what is provisioned now. asked may be NULL. */
MUST_CHECK Status warm_of(Call *call, const Table *table, Bytes index, const DynamodbWarmThroughput *asked,
                          Units *units);
/* *ret_key absent: DynamoDB's own key. */
MUST_CHECK Status sse_key_of(Call *call, const DynamodbSSESpecification *sse, Bytes *ret_key);
