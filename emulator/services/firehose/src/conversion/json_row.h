/* json_row.h - a JSON document becomes a row of a Parquet file, by the fields of a table.
 *
 * The two deserializers differ in what they make of a value that is not of its column's type: OpenX's takes it for what
 * it may be (a text that is a number, one value for a list of one, an object for its text), Hive's refuses it. */
#pragma once
#include "hive_type.h"
#include "json_tree.h"

#define ROW_VALUES_MAX 1000000 /* of one record: lists of wide structs make many of few bytes */

typedef struct RowRules {
    bool is_hive; /* else OpenX's */
    bool is_case_sensitive, has_dots_as_underscores;
    Map *columns_of_keys; /* of JSON → the column's name, a Bytes; NULL: none are renamed */
    const Bytes *formats; /* of times, Hive's alone */
    size_t formats_count;
} RowRules;

typedef struct RowTable {
    ParquetField *fields; /* prepared */
    size_t count;
    const HiveNote *note; /* of all of them, as of a struct's */
} RowTable;

typedef struct RowFault {
    Bytes code, message; /* DataFormatConversion.MalformedData */
} RowFault;

/* Each document of the record is a row. False: none of them is there. arena: of the record. out: what leaves the
 * writer. */
MUST_CHECK bool json_rows_add(Arena *arena, const RowTable *table, const RowRules *rules, Bytes record,
                              ParquetWriter *writer, Buffer *out, RowFault *ret_fault);
