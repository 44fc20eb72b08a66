/* predicate.h - the Expression of GetPartitions: a condition on a table's partition keys.
 *
 * aws: GetPartitions: "The expression uses SQL syntax similar to the SQL WHERE filter clause", with the operators =,
 * <>,
 * >, <, >=, <=, AND, OR, IN, BETWEEN, LIKE, NOT and IS NULL; keys are of the types string, date, timestamp, int,
 * bigint, long, tinyint, smallint and decimal. */
#pragma once
#include "catalogue.h"

typedef struct Predicate Predicate;

/* NULL, with the words in which it is refused: it isn't one. */
const Predicate *predicate_read(Arena *arena, const GlueColumnList *keys, Bytes text, Bytes *ret_message);
/* values: one of each key. */
bool predicate_holds(Arena *arena, const Predicate *predicate, const Bytes *values);
