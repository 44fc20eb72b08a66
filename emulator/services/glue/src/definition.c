/* definition.c - what a schema says, and whether it may follow what was said before. */
#include "compatibility.h"
#include "schema.h"

/* aws: UpdateSchema, "checkpoint": the _ALL modes look at all versions from it on, the others at the previous one.
 * Versions that failed, or are deleted, count for nothing; one whose check is not over yet counts as what it will be.
 */
#define STANDING "status = 'AVAILABLE' AND gone_ms IS NULL"
static const Query since = {"SELECT number, definition FROM glue_version WHERE schema_id = ?1 AND " STANDING
                            " AND number >= ?2 ORDER BY number"};
static const Query latest = {"SELECT number, definition FROM glue_version WHERE schema_id = ?1 AND " STANDING
                             " AND number >= ?2 ORDER BY number DESC LIMIT 1"};

typedef struct Candidate {
    Mode mode;
    const Format *format;
    const void *parsed;
    Incompatibility *why;
} Candidate;

static Status find_format(Call *call, Bytes data_format, const Format **ret_format)
{
    *ret_format = format_find(data_format);
    if (!*ret_format)
        return fail(call, &GLUE_INVALID_INPUT, "evpoc-emu does not have the data format " BYTES_FMT " yet.",
                    BYTES_ARG(data_format));
    return OK;
}

/* aws: an error, not the status FAILURE: "InvalidInputException: Schema definition of JSON data format is invalid: …"
 * (moto, test_register_schema_version_invalid_schema_definition, by AWS's developers of the registry). */
static Status parse(Call *call, const Format *format, Bytes definition, const void **ret_parsed)
{
    Bytes reason;
    *ret_parsed = format->parse(call->arena, definition, &reason);
    if (!*ret_parsed)
        return fail(call, &GLUE_INVALID_INPUT, "Schema definition of " BYTES_FMT " data format is invalid: " BYTES_FMT,
                    BYTES_ARG(format->name), BYTES_ARG(reason));
    return OK;
}

Status definition_check(Call *call, Bytes data_format, Bytes definition, Bytes *ret_canonical)
{
    const Format *format;
    const void *parsed;
    TRY(find_format(call, data_format, &format));
    TRY(parse(call, format, definition, &parsed));
    *ret_canonical = format->canonical(call->arena, definition);
    return OK;
}

Status definition_is_valid(Call *call, Bytes data_format, Bytes definition, bool *ret_valid, Bytes *ret_reason)
{
    const Format *format;
    TRY(find_format(call, data_format, &format));
    *ret_valid = format->parse(call->arena, definition, ret_reason) != NULL;
    if (!*ret_valid)
        *ret_reason = bytes_utf8_prefix(*ret_reason, REASON_MAX);
    return OK;
}

static void tell(Arena *arena, const Verdict *verdict, int64_t number, Incompatibility *ret_why)
{
    const Mismatch *mismatch = &verdict->mismatch;
    Bytes what = bytes_utf8_prefix(mismatch->what, REASON_MAX);
    long long version = (long long)number;
    ret_why->path = arena_copy(arena, mismatch->path);
    if (verdict->is_new_reader)
        ret_why->reason = arena_text(arena, "the new version cannot read what version %lld wrote: " BYTES_FMT, version,
                                     BYTES_ARG(what));
    else
        ret_why->reason = arena_text(arena, "version %lld cannot read what the new version writes: " BYTES_FMT, version,
                                     BYTES_ARG(what));
}

/* One earlier version, in memory that is used again for the next. */
static bool fits(Call *call, Arena *scratch, const Candidate *candidate, Statement *row)
{
    Bytes ignored;
    DefinitionPair pair = {candidate->format, candidate->parsed, NULL};
    pair.before = pair.format->parse(scratch, column_bytes(row, 1), &ignored);
    Verdict verdict = pair.before ? mode_judge(scratch, candidate->mode, &pair) : (Verdict){.is_compatible = true};
    if (!verdict.is_compatible)
        tell(call->arena, &verdict, column_int64(row, 0), candidate->why);
    arena_reset(scratch);
    return verdict.is_compatible;
}

Status definition_is_compatible(Call *call, const Schema *schema, Bytes definition, Incompatibility *ret_why)
{
    Candidate candidate = {.mode = mode_of(schema->compatibility), .why = ret_why};
    *ret_why = (Incompatibility){0};
    TRY(find_format(call, schema->data_format, &candidate.format));
    TRY(parse(call, candidate.format, definition, &candidate.parsed));
    bool is_ignored = glue_of(call)->options.ignores_json && bytes_is(schema->data_format, "JSON");
    if (is_ignored || (!candidate.mode.backward && !candidate.mode.forward))
        return OK;
    Arena *scratch = arena_new();
    Statement *rows = store_begin(call->store, candidate.mode.all ? &since : &latest);
    bind_int64(rows, 1, schema->id);
    bind_int64(rows, 2, schema->checkpoint);
    bool is_good = true;
    int code = STORE_ROW;
    while (is_good && (code = store_step(rows)) == STORE_ROW)
        is_good = fits(call, scratch, &candidate, rows);
    if (!is_good)
        store_end(rows);
    arena_free(scratch);
    return is_good ? expect_ok(call, code) : OK;
}
