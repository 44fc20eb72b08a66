/* hive_type.h - the types of a table's columns, as Hive spells them, into fields of a Parquet file. */
#pragma once
#include "map.h"
#include "parquet.h"

/* What a field needs to know beside its kind: ParquetField.note. */
typedef struct HiveNote {
    Map *children; /* of a struct: its fields, by their names in lower case; what is found is one of them */
    size_t length; /* of a char or varchar: its most characters; 0: any */
} HiveNote;

#define HIVE_DEPTH_MAX 64

/* False: it isn't a type, or one that JSON is not converted to. */
MUST_CHECK bool hive_type_read(Arena *arena, Bytes type, ParquetField *ret_field);
/* The struct's map of names. */
HiveNote *hive_note_of_children(Arena *arena, ParquetField *fields, size_t count);
