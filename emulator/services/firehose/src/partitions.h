/* partitions.h - dynamic partitioning: a query of jq tells each record's keys, the prefix has them, and each set of
 * values has an object of its own. aws: Developer Guide, "Partition streaming data in Amazon Data Firehose".
 *
 * The query runs in another process (query.h), so a delivery hands over what a piece has become, and goes on when the
 * answers are there. */
#pragma once
#include "deliveries.h"
#include "destination.h"
#include "query.h"

#define PARTITIONS_MAX 500 /* aws: "Amazon Data Firehose Quota": active partitions of a stream */

/* MetadataExtractionQuery; absent: the destination has no partitions. */
Bytes partition_query(const FirehoseExtendedS3DestinationDescription *destination);
/* InvalidArgumentException: what the prefix, the query and the hints must be. before: of an update; else NULL. */
MUST_CHECK Status partitions_check(Call *call, const Destination *destination, const Destination *before);

struct Partitions *partitions_new(Delivery *delivery);                      /* NULL: its destination has none */
struct Partitions *partitions_free(struct Partitions *partitions);          /* NULL is fine; returns NULL */
void partitions_take(struct Partitions *partitions, const Passing *record); /* copied */
/* Asks for the keys of what was taken; deliveries_are_answered is called when each has its object. False: there is
 * nothing to ask. */
bool partitions_ask(struct Partitions *partitions);
bool partitions_wait(const struct Partitions *partitions); /* an answer is outstanding */

size_t partitions_count(const struct Partitions *partitions); /* of NULL: 0 */

/* Before the first write of a handler: is the destination's query one? Ends with OK, or a refusal, or call_wait: then
 * go_on(call, context) is called when it is known to be good, as a handler. */
typedef struct QueryCheck {
    Status (*go_on)(Call *call, void *context);
    void *context;
} QueryCheck;
MUST_CHECK Status partition_query_check(Call *call, const Destination *destination, QueryCheck check);
