/* value_refusal.c - the words in which values are refused, of either layer of AWS's.
 * aws: observed answers, paritysuite/dynamodb-conformance (tests/tier3/error-messages/valueLayers, captured 2026-10).
 */
#include "base64.h"
#include "budget.h"
#include "layer.h"
#include "value.h"
#include <stdlib.h>

#define INVALID     "One or more parameter values were invalid: "
#define NOT_NUMERIC "The parameter cannot be converted to a numeric value"
#define TOO_LARGE   "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define TOO_SMALL   "Number underflow. Attempting to store a number with magnitude smaller than supported range"

static Status not_numeric(Call *call, Bytes text)
{
    if (!text.len && layer_of(call) == LAYER_OLDER)
        return fail(call, &DYNAMODB_VALIDATION, NOT_NUMERIC);
    return fail(call, &DYNAMODB_VALIDATION, NOT_NUMERIC ": " BYTES_FMT, BYTES_ARG(text));
}

/* The older layer reads numbers as Java's BigDecimal does: an exponent is an int, and the largest wraps around. */
static Status too_large(Call *call, Bytes text)
{
    uint64_t exponent = 0;
    size_t at = text.len;
    while (at && text.ptr[at - 1] != 'e' && text.ptr[at - 1] != 'E')
        at--;
    if (!at || layer_of(call) != LAYER_OLDER)
        return fail(call, &DYNAMODB_VALIDATION, TOO_LARGE);
    at += at < text.len && text.ptr[at] == '+';
    if (!bytes_to_uint64(bytes_slice(text, at, text.len - at), &exponent) || exponent > INT32_MAX)
        return not_numeric(call, text);
    return fail(call, &DYNAMODB_VALIDATION, exponent == INT32_MAX ? TOO_SMALL : TOO_LARGE);
}

Status number_check(Call *call, NumberFault fault, Bytes text)
{
    switch (fault) {
    case NUMBER_FINE:
        return OK;
    case NUMBER_TOO_PRECISE:
        return fail(call, &DYNAMODB_VALIDATION, "Attempting to store more than 38 significant digits in a Number");
    case NUMBER_TOO_LARGE:
        return too_large(call, text);
    case NUMBER_TOO_SMALL:
        return fail(call, &DYNAMODB_VALIDATION, TOO_SMALL);
    case NUMBER_NOT_ONE:
        break;
    }
    return not_numeric(call, text);
}

static int compare(const void *a, const void *b)
{
    return bytes_compare(*(const Bytes *)a, *(const Bytes *)b);
}

/* aws: the members before the first repeat in their order, it, and then the rest as it was sent; in the older layer all
 * as they were sent */
static Bytes *members_told(Call *call, const Value *set, size_t repeat)
{
    size_t len = set->ss.len;
    Bytes *members = arena_new_array(call->arena, Bytes, len);
    memcpy(members, set->ss.items, len * sizeof *members);
    budget_work(call->arena, len);
    if (layer_of(call) != LAYER_OLDER)
        qsort(members, repeat, sizeof *members, compare);
    for (size_t i = 0; i < len && set->kind == VALUE_BS; i++)
        members[i] = base64_text(call->arena, members[i]);
    return members;
}

/* Each between quotes, unless they are "", and with `between` between. */
static Bytes joined(Arena *arena, const Bytes *members, size_t len, const char *quote, const char *between)
{
    size_t size = 0, quote_len = strlen(quote), between_len = strlen(between);
    for (size_t i = 0; i < len; i++)
        size += members[i].len + 2 * quote_len + between_len;
    char *text = arena_take_raw(arena, size), *at = text;
    for (size_t i = 0; i < len; i++) {
        at = mempcpy(at, between, i ? between_len : 0);
        at = mempcpy(at, quote, quote_len);
        at = members[i].len ? mempcpy(at, members[i].ptr, members[i].len) : at;
        at = mempcpy(at, quote, quote_len);
    }
    return (Bytes){text, (size_t)(at - text)};
}

Status set_refuse_double(Call *call, const Value *set, size_t repeat)
{
    bool is_older = layer_of(call) == LAYER_OLDER, is_binary = set->kind == VALUE_BS;
    if (set->kind == VALUE_NS)
        return fail(call, &DYNAMODB_VALIDATION, "%sInput collection contains duplicates%s", is_older ? "" : INVALID,
                    is_older ? "" : ".");
    const Bytes *members = members_told(call, set, repeat);
    Bytes list = joined(call->arena, members, set->ss.len, is_older ? "" : "\"", is_binary && !is_older ? "," : ", ");
    return fail(call, &DYNAMODB_VALIDATION, INVALID "Input collection [" BYTES_FMT "]%s contains duplicates.",
                BYTES_ARG(list), is_binary ? "of type BS" : "");
}

Status attribute_name_refuse(Call *call, Bytes name)
{
    if (!name.len)
        return fail(call, &DYNAMODB_VALIDATION, "Empty attribute name");
    return fail(call, &DYNAMODB_VALIDATION, "Attribute name is too large, must be less than %d bytes",
                ATTRIBUTE_NAME_BYTES_MAX + 1);
}
