/* json_value.c */
#include "json_value.h"
#include "moment.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define NO_MATCH "Data does not match the schema."
#define NO_NUMBER                                                                                                      \
    "Data does not match the schema. Current token (VALUE_STRING) not numeric, can not use numeric value accessors"
#define NO_SCALAR "One or more fields have incorrect format. Exception when validating field (root)"
#define NO_TIME                                                                                                        \
    "The input JSON contained an invalid or unsupported timestamp format. Please see the Firehose developer guide for supported timestamp formats."
#define DIGITS_MAX   38
#define EXPONENT_MAX 1000

static ParquetLevels levels_of(const ParquetField *field, int repeated)
{
    return (ParquetLevels){repeated, field->defined};
}

static bool is_scalar(const Tree *value)
{
    return value->kind != TREE_OBJECT && value->kind != TREE_ARRAY;
}

static bool put_text(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    const HiveNote *note = field->note;
    Bytes text = is_scalar(value) ? value->text : (Bytes){value->from, value->length};
    if (!is_scalar(value) && maker->rules->is_hive)
        return row_fail(maker, NO_SCALAR);
    if (note && note->length && bytes_utf8_length(text) > note->length) {
        size_t len = 0;
        for (size_t i = 0; i < note->length; i++)
            len += bytes_utf8_character(bytes_slice(text, len, text.len - len));
        text.len = len;
    }
    parquet_put_bytes(maker->writer, field->column, levels_of(field, repeated), text);
    return true;
}

static bool put_boolean(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    bool is_word = value->kind == TREE_TRUE || value->kind == TREE_FALSE || value->kind == TREE_STRING;
    bool is_true = is_word && bytes_equal_ignoring_case(value->text, TEXT("true"));
    bool is_said = is_true || (is_word && bytes_equal_ignoring_case(value->text, TEXT("false")));
    if (!is_said)
        return row_fail(maker, NO_MATCH);
    parquet_put_integer(maker->writer, field->column, levels_of(field, repeated), is_true);
    return true;
}

/* A number, or where it may be a text that is one. A map's keys are texts always. */
static bool number_text(RowMaker *maker, const Tree *value, bool is_key, Bytes *ret)
{
    *ret = value->text;
    if (value->kind == TREE_NUMBER)
        return true;
    if (value->kind == TREE_STRING && (!maker->rules->is_hive || is_key))
        return true;
    return row_fail(maker, value->kind == TREE_STRING ? NO_NUMBER : NO_MATCH);
}

static bool real_of(Arena *arena, Bytes text, double *ret)
{
    char *end;
    const char *spelled = arena_cstr(arena, text);
    *ret = strtod(spelled, &end);
    return text.len && !*end && (*spelled == '-' || *spelled == '.' || (*spelled >= '0' && *spelled <= '9')) &&
           !strpbrk(spelled, "xX");
}

static bool integer_of(Arena *arena, Bytes text, int64_t *ret)
{
    double real;
    if (bytes_to_int64(text, ret))
        return true;
    if (!real_of(arena, text, &real) || real >= 0x1p63 || real < -0x1p63)
        return false;
    *ret = (int64_t)real; /* a fraction is cut off, as Java's intValue does */
    return strpbrk(arena_cstr(arena, text), ".eE") != NULL;
}

static bool put_integer(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    int bits = field->kind == PARQUET_INT8    ? 8
               : field->kind == PARQUET_INT16 ? 16
               : field->kind == PARQUET_INT32 ? 32
                                              : 64;
    int64_t number, most = bits == 64 ? INT64_MAX : (INT64_C(1) << (bits - 1)) - 1;
    Bytes text;
    if (!number_text(maker, value, field->is_key, &text))
        return false;
    if (!integer_of(maker->arena, text, &number) || number > most || number < -most - 1)
        return row_fail(maker, NO_MATCH);
    parquet_put_integer(maker->writer, field->column, levels_of(field, repeated), number);
    return true;
}

static bool put_real(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    double number;
    Bytes text;
    if (!number_text(maker, value, field->is_key, &text))
        return false;
    if (!real_of(maker->arena, text, &number))
        return row_fail(maker, NO_MATCH);
    parquet_put_real(maker->writer, field->column, levels_of(field, repeated), number);
    return true;
}

typedef struct Digits {
    char digits[DIGITS_MAX + 2];
    int count;
    int64_t exponent; /* the value is 0.d1d2d3… × 10^exponent */
    bool is_negative, is_round_up;
} Digits;

/* Significant digits, without those that no decimal can hold; the first of these rounds. */
static bool digits_of(Bytes text, Digits *ret)
{
    size_t at = 0;
    bool has_point = false, has_digit = false;
    int64_t exponent = 0;
    *ret = (Digits){.is_negative = text.len && *text.ptr == '-'};
    for (at += ret->is_negative; at < text.len && text.ptr[at] != 'e' && text.ptr[at] != 'E'; at++) {
        char c = text.ptr[at];
        if (c == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        has_digit = true;
        bool is_leading = !ret->count && c == '0';
        if (!is_leading && ret->count < DIGITS_MAX + 1)
            ret->digits[ret->count++] = c;
        ret->exponent += !has_point && !is_leading;
        ret->exponent -= has_point && is_leading;
    }
    if (at < text.len) {
        Bytes rest = bytes_slice(text, at + 1, text.len - at - 1);
        if (rest.len && *rest.ptr == '+')
            rest = bytes_slice(rest, 1, rest.len - 1);
        if (!bytes_to_int64(rest, &exponent) || exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
            return false;
    }
    ret->exponent += exponent;
    return has_digit;
}

/* The value times 10^scale, rounded half up; false: it has more digits than the precision. */
static bool unscaled_of(const Digits *digits, int precision, int scale, __int128 *ret)
{
    int64_t kept = digits->exponent + scale;
    *ret = 0;
    if (kept > precision && digits->count)
        return false;
    for (int64_t i = 0; i < kept; i++)
        *ret = *ret * 10 + (i < digits->count ? digits->digits[i] - '0' : 0);
    if (kept >= 0 && kept < digits->count && digits->digits[kept] >= '5')
        ++*ret;
    __int128 limit = 1;
    for (int i = 0; i < precision; i++)
        limit *= 10;
    if (*ret >= limit)
        return false;
    if (digits->is_negative)
        *ret = -*ret;
    return true;
}

/* What a decimal cannot hold is null, as Hive has it. */
static bool put_decimal(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    Digits digits;
    Bytes text;
    __int128 unscaled;
    char bytes[sizeof unscaled];
    size_t len = parquet_decimal_len(field->precision);
    if (!number_text(maker, value, field->is_key, &text))
        return false;
    if (!digits_of(text, &digits))
        return row_fail(maker, NO_MATCH);
    if (!unscaled_of(&digits, field->precision, field->scale, &unscaled)) {
        if (field->is_key)
            return row_fail(maker, NO_MATCH);
        parquet_put_absent(maker->writer, field->column, (ParquetLevels){repeated, field->defined - 1});
        return true;
    }
    for (size_t i = 0; i < len; i++)
        bytes[len - 1 - i] = (char)(unscaled >> (8 * i));
    parquet_put_bytes(maker->writer, field->column, levels_of(field, repeated), (Bytes){bytes, len});
    return true;
}

static bool put_date(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    int64_t days;
    if (value->kind != TREE_STRING || !day_read(value->text, &days))
        return row_fail(maker, NO_MATCH);
    parquet_put_integer(maker->writer, field->column, levels_of(field, repeated), days);
    return true;
}

static bool moment_by(const RowRules *rules, Bytes text, Moment *ret)
{
    if (!rules->is_hive)
        return moment_read(text, ret);
    if (!rules->formats_count)
        return moment_read_sql(text, ret);
    for (size_t i = 0; i < rules->formats_count; i++)
        if (moment_read_joda(rules->formats[i], text, ret))
            return true;
    return false;
}

static bool put_time(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    Moment moment;
    if (!is_scalar(value) || !moment_by(maker->rules, value->text, &moment))
        return row_fail(maker, NO_TIME);
    parquet_put_time(maker->writer, field->column, levels_of(field, repeated), moment.seconds, moment.nanoseconds);
    return true;
}

bool put_scalar(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    switch (field->kind) {
    case PARQUET_BOOLEAN:
        return put_boolean(maker, field, value, repeated);
    case PARQUET_FLOAT:
    case PARQUET_DOUBLE:
        return put_real(maker, field, value, repeated);
    case PARQUET_TEXT:
    case PARQUET_BYTES:
        return put_text(maker, field, value, repeated);
    case PARQUET_DATE:
        return put_date(maker, field, value, repeated);
    case PARQUET_TIMESTAMP:
        return put_time(maker, field, value, repeated);
    case PARQUET_DECIMAL:
        return put_decimal(maker, field, value, repeated);
    default:
        return put_integer(maker, field, value, repeated);
    }
}
