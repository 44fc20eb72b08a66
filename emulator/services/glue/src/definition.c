/* definition.c - what a schema says, and whether it may follow what was said before. */
#include "compatibility.h"
#include "schema.h"

/* aws: UpdateSchema, "checkpoint": the _ALL modes look at all versions from it on, the others at the previous one.
 * Versions that failed, or are deleted, count for nothing; one whose check is not over yet counts as what it will be.
 */
#define STANDING                                                                                                       \
    "SELECT v.number, d.definition FROM glue_version v JOIN glue_definition d ON d.version_id = v.id"                  \
    " WHERE v.schema_id = ?1 AND v.status = 'AVAILABLE' AND v.gone_ms IS NULL AND v.number >= ?2 ORDER BY v.number"
static const Query since = {STANDING};
static const Query latest = {STANDING " DESC LIMIT 1"};

typedef struct Candidate {
    Mode mode;
    const Definition *definition;
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
Status definition_check(Call *call, Bytes data_format, Bytes text, Definition *ret_definition)
{
    const Format *format;
    Bytes reason;
    TRY(find_format(call, data_format, &format));
    const void *parsed = format->parse(call->arena, text, &reason);
    if (!parsed)
        return fail(call, &GLUE_INVALID_INPUT, "Schema definition of " BYTES_FMT " data format is invalid: " BYTES_FMT,
                    BYTES_ARG(format->name), BYTES_ARG(bytes_utf8_prefix(reason, REASON_MAX)));
    *ret_definition = (Definition){text, format->canonical(call->arena, text), format, parsed};
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

/* One earlier version; what it takes is given back for the next. */
static bool fits(Call *call, const Candidate *candidate, Statement *row)
{
    Bytes ignored;
    DefinitionPair pair = {candidate->definition->format, candidate->definition->parsed, NULL};
    ArenaMark mark = arena_mark(call->arena);
    pair.before = pair.format->parse(call->arena, column_bytes(row, 1), &ignored);
    Verdict verdict = {.is_compatible = !pair.before};
    if (pair.before)
        verdict = mode_judge(call->arena, candidate->mode, &pair);
    if (verdict.is_compatible)
        arena_rewind(call->arena, mark);
    else
        tell(call->arena, &verdict, column_int64(row, 0), candidate->why);
    return verdict.is_compatible;
}

Status definition_is_compatible(Call *call, const Schema *schema, const Definition *definition,
                                Incompatibility *ret_why)
{
    Candidate candidate = {mode_of(schema->compatibility), definition, ret_why};
    *ret_why = (Incompatibility){0};
    bool is_ignored = glue_of(call)->ignores_json && bytes_is(schema->data_format, "JSON");
    if (is_ignored || (!candidate.mode.backward && !candidate.mode.forward))
        return OK;
    Statement *rows = statement_begin(call->store, candidate.mode.all ? &since : &latest);
    bind_int64(rows, 1, schema->id);
    bind_int64(rows, 2, schema->checkpoint);
    bool is_good = true;
    int code = STORE_ROW;
    while (is_good && (code = statement_step(rows)) == STORE_ROW)
        is_good = fits(call, &candidate, rows);
    if (is_good)
        return expect_ok(call, code);
    statement_end(rows);
    return OK;
}
