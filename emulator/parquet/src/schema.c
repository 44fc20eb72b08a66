/* schema.c - the names of what stands between a list or map and what is in it are Hive's, as Firehose converts with
 * Hive's SerDes: bag and array_element, map, key and value. Readers go by their places. */
#include "schema.h"

#define DECIMAL_DIGITS_MAX 38

enum { REQUIRED, OPTIONAL, REPEATED };
enum {
    CONVERTED_NONE = -1,
    CONVERTED_UTF8 = 0,
    CONVERTED_MAP = 1,
    CONVERTED_MAP_KEY_VALUE = 2,
    CONVERTED_LIST = 3,
    CONVERTED_DECIMAL = 5,
    CONVERTED_DATE = 6,
    CONVERTED_INT_8 = 15,
    CONVERTED_INT_16 = 16,
};

size_t parquet_decimal_len(int precision)
{
    /* The bytes that hold 10^precision - 1 and a sign: as Hive counts them. */
    static const unsigned char digits[] = {2, 4, 6, 9, 11, 14, 16, 18, 21, 23, 26, 28, 31, 33, 35, 38};
    size_t len = 0;
    while (len < sizeof digits - 1 && digits[len] < precision)
        len++;
    return len + 1;
}

static bool prepare(ParquetField *field, int defined, int repeated, size_t *columns)
{
    if (field->kind == PARQUET_DECIMAL && (field->precision < 1 || field->precision > DECIMAL_DIGITS_MAX ||
                                           field->scale < 0 || field->scale > field->precision))
        return false;
    bool is_many = field->kind == PARQUET_LIST || field->kind == PARQUET_MAP;
    field->defined = defined + 1;
    field->repeated = repeated;
    field->column = *columns;
    if (field->defined > PARQUET_LEVELS_MAX - 2)
        return false;
    if (field->kind < PARQUET_STRUCT)
        ++*columns;
    for (size_t i = 0; i < field->children_count; i++) {
        ParquetField *child = &field->children[i];
        child->is_key = field->kind == PARQUET_MAP && i == 0;
        if (!prepare(child, field->defined + is_many - child->is_key, repeated + is_many, columns))
            return false;
    }
    field->columns = *columns - field->column;
    return true;
}

bool parquet_fields_prepare(ParquetField *fields, size_t count, size_t *ret_columns)
{
    *ret_columns = 0;
    for (size_t i = 0; i < count; i++)
        if (!prepare(&fields[i], 0, 0, ret_columns))
            return false;
    return true;
}

static int converted_type(ParquetKind kind)
{
    switch (kind) {
    case PARQUET_TEXT:
        return CONVERTED_UTF8;
    case PARQUET_DECIMAL:
        return CONVERTED_DECIMAL;
    case PARQUET_DATE:
        return CONVERTED_DATE;
    case PARQUET_INT8:
        return CONVERTED_INT_8;
    case PARQUET_INT16:
        return CONVERTED_INT_16;
    case PARQUET_LIST:
        return CONVERTED_LIST;
    case PARQUET_MAP:
        return CONVERTED_MAP;
    default:
        return CONVERTED_NONE;
    }
}

static void append_group(Buffer *out, Bytes name, int repetition, size_t children, int converted)
{
    ThriftStruct element = thrift_begin(out);
    if (repetition >= 0)
        thrift_integer(&element, 3, THRIFT_I32, repetition);
    thrift_binary(&element, 4, name);
    thrift_integer(&element, 5, THRIFT_I32, (int64_t)children);
    if (converted != CONVERTED_NONE)
        thrift_integer(&element, 6, THRIFT_I32, converted);
    thrift_end(&element);
}

static void append_leaf(Buffer *out, const ParquetField *field, Bytes name, int repetition)
{
    PhysicalType type = physical_type(field->kind);
    ThriftStruct element = thrift_begin(out);
    thrift_integer(&element, 1, THRIFT_I32, type);
    if (type == TYPE_FIXED_LEN_BYTE_ARRAY)
        thrift_integer(&element, 2, THRIFT_I32, (int64_t)parquet_decimal_len(field->precision));
    thrift_integer(&element, 3, THRIFT_I32, repetition);
    thrift_binary(&element, 4, name);
    if (converted_type(field->kind) != CONVERTED_NONE)
        thrift_integer(&element, 6, THRIFT_I32, converted_type(field->kind));
    if (field->kind == PARQUET_DECIMAL) {
        thrift_integer(&element, 7, THRIFT_I32, field->scale);
        thrift_integer(&element, 8, THRIFT_I32, field->precision);
    }
    thrift_end(&element);
}

static Bytes child_name(const ParquetField *field, size_t at)
{
    if (field->kind == PARQUET_LIST)
        return TEXT("array_element");
    if (field->kind == PARQUET_MAP)
        return at == 0 ? TEXT("key") : TEXT("value");
    return field->children[at].name;
}

static Bytes repeated_name(const ParquetField *field)
{
    return field->kind == PARQUET_LIST ? TEXT("bag") : TEXT("map");
}

static void append_field(Buffer *out, const ParquetField *field, Bytes name, int repetition)
{
    if (field->kind < PARQUET_STRUCT) {
        append_leaf(out, field, name, repetition);
        return;
    }
    bool is_many = field->kind != PARQUET_STRUCT;
    append_group(out, name, repetition, is_many ? 1 : field->children_count, converted_type(field->kind));
    if (is_many)
        append_group(out, repeated_name(field), REPEATED, field->children_count,
                     field->kind == PARQUET_MAP ? CONVERTED_MAP_KEY_VALUE : CONVERTED_NONE);
    for (size_t i = 0; i < field->children_count; i++)
        append_field(out, &field->children[i], child_name(field, i), field->children[i].is_key ? REQUIRED : OPTIONAL);
}

static size_t elements_of(const ParquetField *fields, size_t count)
{
    size_t elements = count;
    for (size_t i = 0; i < count; i++)
        elements += elements_of(fields[i].children, fields[i].children_count) +
                    (fields[i].kind == PARQUET_LIST || fields[i].kind == PARQUET_MAP);
    return elements;
}

void schema_append(ThriftStruct *footer, int field, const ParquetField *fields, size_t count)
{
    thrift_list(footer, field, THRIFT_STRUCT, 1 + elements_of(fields, count));
    append_group(footer->out, TEXT("hive_schema"), -1, count, CONVERTED_NONE);
    for (size_t i = 0; i < count; i++)
        append_field(footer->out, &fields[i], fields[i].name, OPTIONAL);
}

static const ParquetField *child_with(const ParquetField *fields, size_t count, size_t column, size_t *ret_at)
{
    for (*ret_at = 0; *ret_at < count; ++*ret_at)
        if (column - fields[*ret_at].column < fields[*ret_at].columns)
            return &fields[*ret_at];
    return NULL;
}

void schema_append_path(ThriftStruct *info, int number, const ParquetField *fields, size_t count, size_t column)
{
    Buffer names = {0};
    size_t len = 1, at;
    const ParquetField *field = child_with(fields, count, column, &at);
    thrift_item_binary(&names, field->name);
    while (field->kind >= PARQUET_STRUCT) {
        const ParquetField *child = child_with(field->children, field->children_count, column, &at);
        if (field->kind != PARQUET_STRUCT) {
            thrift_item_binary(&names, repeated_name(field));
            len++;
        }
        thrift_item_binary(&names, child_name(field, at));
        len++;
        field = child;
    }
    thrift_list(info, number, THRIFT_BINARY, len);
    buffer_append(info->out, buffer_bytes(&names));
    buffer_done(&names);
}
