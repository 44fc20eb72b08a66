/* definition.c - what a schema says, and whether it may follow what was said before.
 * aws: Glue Developer Guide, "Schema versioning and compatibility": BACKWARD: "consumers can read both the current and
 * the previous version"; FORWARD: "…consumers can read data produced with the new schema"; FULL: both; …_ALL: all
 * previous versions. */
#include "avro.h"
#include "schema.h"

Status definition_check(Call *call, Bytes data_format, Bytes definition, Bytes *ret_canonical)
{
    Bytes reason;
    if (!bytes_equal(data_format, GLUE_DATA_FORMAT_AVRO))
        return fail(call, &GLUE_INVALID_INPUT,
                    "evpoc-emu does not have the data format " BYTES_FMT " yet; it has AVRO.", BYTES_ARG(data_format));
    if (!avro_parse(call->arena, definition, &reason))
        return fail(call, &GLUE_INVALID_INPUT, "Schema definition of AVRO data format is invalid: " BYTES_FMT,
                    BYTES_ARG(reason));
    *ret_canonical = avro_canonical(call->arena, definition);
    return OK;
}

typedef struct Mode {
    bool backward, forward, all;
} Mode;

static Mode mode_of(Bytes compatibility)
{
    bool full = bytes_starts_with(compatibility, TEXT("FULL"));
    return (Mode){
        .backward = full || bytes_starts_with(compatibility, TEXT("BACKWARD")),
        .forward = full || bytes_starts_with(compatibility, TEXT("FORWARD")),
        .all = compatibility.len > 4 && bytes_equal(bytes_slice(compatibility, compatibility.len - 4, 4), TEXT("_ALL")),
    };
}

static bool fits(Arena *arena, Mode mode, const AvroSchema *next, const AvroSchema *before, Bytes *ret_reason)
{
    if (mode.backward && !avro_can_read(arena, next, before, ret_reason))
        return false;
    return !mode.forward || avro_can_read(arena, before, next, ret_reason);
}

Status definition_is_compatible(Call *call, const Schema *schema, Bytes definition, bool *ret_compatible,
                                Bytes *ret_reason)
{
    Mode mode = mode_of(schema->compatibility);
    const AvroSchema *next = avro_parse(call->arena, definition, ret_reason);
    *ret_compatible = true;
    if (!next)
        return fail(call, &GLUE_INVALID_INPUT, "Schema definition of AVRO data format is invalid: " BYTES_FMT,
                    BYTES_ARG(*ret_reason));
    if (!mode.backward && !mode.forward)
        return OK;
    for (int64_t number = mode.all ? 1 : schema->latest_version; *ret_compatible && number <= schema->latest_version;
         number++) {
        Version version;
        Status found = version_find_number(call, schema, number, &version);
        if (found.code_ < 0)
            return found;
        if (!is_ok(found) || !bytes_equal(version.status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE))
            continue;
        Bytes ignored;
        const AvroSchema *before = avro_parse(call->arena, version.definition, &ignored);
        *ret_compatible = !before || fits(call->arena, mode, next, before, ret_reason);
    }
    return OK;
}
