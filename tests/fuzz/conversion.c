/* conversion.c - records of JSON into Parquet: the first byte chooses the rules and how it is written, what is before
 * the first line feed is a type of Hive's, the rest records, one a line. A record is there as a whole, or not at all;
 * the file ends as it began. */
#include "conversion/json_row.h"
#include "conversion/moment.h"
#include "fuzz.h"

static void run(Arena *arena, uint8_t choice, ParquetField *fields, Bytes records)
{
    size_t columns;
    Buffer file = {0};
    RowFault fault;
    const Bytes formats[] = {TEXT("dd/MMM/yyyy:HH:mm:ss Z"), TEXT("millis"), TEXT("E yy'x''y'hha")};
    const ParquetOptions options = {.codec = choice & 3 ? PARQUET_SNAPPY : PARQUET_UNCOMPRESSED,
                                    .page_bytes = 64,
                                    .row_group_bytes = choice & 4 ? 1024 : 1 << 20,
                                    .has_dictionaries = choice & 8,
                                    .is_version_2 = choice & 16};
    const RowRules rules = {.is_hive = choice & 32,
                            .has_dots_as_underscores = choice & 64,
                            .is_case_sensitive = choice & 128,
                            .formats = formats,
                            .formats_count = 3};
    if (!parquet_fields_prepare(fields, 1, &columns) || columns > 1000)
        return;
    const RowTable table = {fields, 1, hive_note_of_children(arena, fields, 1)};
    ParquetWriter *writer = parquet_new(fields, 1, &options);
    while (present(records)) {
        int64_t before = parquet_rows(writer);
        bool is_added = json_rows_add(arena, &table, &rules, bytes_cut(&records, '\n'), writer, &file, &fault);
        EXPECT(is_added ? parquet_rows(writer) > before : parquet_rows(writer) == before && fault.message.len);
    }
    parquet_end(writer, &file);
    EXPECT(file.len > 12 && !memcmp(file.ptr, "PAR1", 4) && !memcmp(file.ptr + file.len - 4, "PAR1", 4));
    parquet_free(writer);
    buffer_done(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ParquetField fields[1];
    if (!size)
        return 0;
    Arena *arena = arena_new();
    Bytes records = {(const char *)data + 1, size - 1}, type = bytes_cut(&records, '\n');
    Moment moment;
    (void)(joda_is_pattern(type) && moment_read_joda(type, present(records) ? records : TEXT(""), &moment));
    if (hive_type_read(arena, type, fields)) {
        fields[0].name = TEXT("c");
        run(arena, data[0], fields, records);
    }
    arena_free(arena);
    return 0;
}
