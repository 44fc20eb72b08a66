/* prefix.c */
#include "prefix.h"

#define RANDOM_LETTERS 11 /* aws: "evaluates to a random string of 11 characters … new each time" */

typedef struct Expression {
    Bytes name_space, value;
} Expression;

/* The next from *at on; what stands before it is *ret_literal. *ret_found false: the rest is literal. */
static bool next_expression(Bytes prefix, size_t *at, Bytes *ret_literal, Expression *ret, bool *ret_found)
{
    size_t from = *at, begin = from;
    while (begin + 1 < prefix.len && !(prefix.ptr[begin] == '!' && prefix.ptr[begin + 1] == '{'))
        begin++;
    *ret_found = begin + 1 < prefix.len;
    if (!*ret_found) {
        *ret_literal = bytes_slice(prefix, from, prefix.len - from);
        *at = prefix.len;
        return true;
    }
    *ret_literal = bytes_slice(prefix, from, begin - from);
    Bytes rest = bytes_slice(prefix, begin + 2, prefix.len - begin - 2);
    ptrdiff_t end = bytes_find(rest, '}');
    if (end < 0)
        return false;
    *at = begin + 2 + (size_t)end + 1;
    ret->value = bytes_slice(rest, 0, (size_t)end);
    ret->name_space = bytes_cut(&ret->value, ':');
    return true;
}

static bool has(Bytes prefix, const char *name_space, const char *value)
{
    Bytes literal;
    Expression expression;
    bool is_found;
    for (size_t at = 0; at < prefix.len && next_expression(prefix, &at, &literal, &expression, &is_found);)
        if (is_found && (!name_space || bytes_is(expression.name_space, name_space)) &&
            (!value || bytes_is(expression.value, value)))
            return true;
    return false;
}

bool prefix_has_expressions(Bytes prefix)
{
    return has(prefix, NULL, NULL);
}

bool prefix_has_times(Bytes prefix)
{
    return has(prefix, "timestamp", NULL);
}

bool prefix_has_error_type(Bytes prefix)
{
    return has(prefix, "firehose", "error-output-type");
}

bool prefix_has_keys(Bytes prefix)
{
    return has(prefix, "partitionKeyFromQuery", NULL);
}

bool prefix_next_key(Bytes prefix, size_t *at, Bytes *ret_name)
{
    Bytes literal;
    Expression expression;
    bool is_found;
    while (*at < prefix.len && next_expression(prefix, at, &literal, &expression, &is_found))
        if (is_found && bytes_is(expression.name_space, "partitionKeyFromQuery")) {
            *ret_name = expression.value;
            return true;
        }
    return false;
}

bool prefix_has_key(Bytes prefix, Bytes name)
{
    Bytes found;
    for (size_t at = 0; prefix_next_key(prefix, &at, &found);)
        if (bytes_equal(found, name))
            return true;
    return false;
}

static void append_random(Buffer *out, Random *random)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int i = 0; i < RANDOM_LETTERS; i++)
        buffer_append_char(out, random ? letters[random_below(random, sizeof letters - 1)] : 'A');
}

static PrefixFault append_key(Buffer *out, const Expression *expression, const PrefixValues *values)
{
    Bytes value = {0};
    if (!values->partition_key || !values->partition_key(values->partition_keys, expression->value, &value))
        return PREFIX_PARTITION_KEY;
    buffer_append(out, value);
    return PREFIX_FINE;
}

static PrefixFault append_expression(Buffer *out, const Expression *expression, const PrefixValues *values)
{
    if (bytes_is(expression->name_space, "timestamp"))
        return present(expression->value) && java_time_append(out, expression->value, &values->time) ? PREFIX_FINE
                                                                                                     : PREFIX_BAD_TIME;
    if (bytes_is(expression->name_space, "partitionKeyFromQuery"))
        return append_key(out, expression, values);
    if (bytes_is(expression->name_space, "partitionKeyFromLambda"))
        return PREFIX_PARTITION_KEY;
    if (!bytes_is(expression->name_space, "firehose"))
        return PREFIX_UNKNOWN;
    if (bytes_is(expression->value, "random-string"))
        return append_random(out, values->random), PREFIX_FINE;
    if (!bytes_is(expression->value, "error-output-type"))
        return PREFIX_UNKNOWN;
    buffer_append(out, values->error_type);
    return present(values->error_type) ? PREFIX_FINE : PREFIX_NO_ERROR_HERE;
}

PrefixFault prefix_append(Buffer *out, Bytes prefix, const PrefixValues *values)
{
    Bytes literal;
    Expression expression;
    bool is_found;
    for (size_t at = 0; at < prefix.len;) {
        if (!next_expression(prefix, &at, &literal, &expression, &is_found))
            return PREFIX_UNENDED;
        buffer_append(out, literal);
        PrefixFault fault = is_found ? append_expression(out, &expression, values) : PREFIX_FINE;
        if (fault != PREFIX_FINE)
            return fault;
    }
    return PREFIX_FINE;
}

/* aws: "If your prefix doesn't contain a timestamp namespace …, Firehose appends YYYY/MM/dd/HH/"; not behind partition
 * keys: "Use Amazon S3 bucket prefix to deliver data" shows none. */
PrefixFault prefix_evaluate(Buffer *out, Bytes prefix, const PrefixValues *values)
{
    PrefixFault fault = prefix_append(out, prefix, values);
    if (fault == PREFIX_FINE && !prefix_has_times(prefix) && !prefix_has_keys(prefix) &&
        !java_time_append(out, TEXT("yyyy/MM/dd/HH/"), &values->time))
        return PREFIX_BAD_TIME;
    return fault;
}

/* aws: "ErrorOutputPrefix can be null only if Prefix contains no expressions. In that case it evaluates to
 * <specifiedPrefix>/YYYY/MM/DDD/HH/ with the error-output-type … before" */
PrefixFault prefix_evaluate_error(Buffer *out, Bytes prefix, Bytes error, const PrefixValues *values)
{
    if (error.len && prefix_has_expressions(error))
        return prefix_append(out, error, values);
    buffer_append(out, error.len ? error : prefix);
    buffer_append(out, values->error_type);
    return java_time_append(out, TEXT("/yyyy/MM/DDD/HH/"), &values->time) ? PREFIX_FINE : PREFIX_BAD_TIME;
}
