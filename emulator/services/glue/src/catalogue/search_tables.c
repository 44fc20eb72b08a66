/* search_tables.c - SearchTables: the tables of all databases that have a text or properties, in an order that is asked
 * for.
 *
 * aws: SearchTables: "when comparing string values, such as when Key=Name, a fuzzy match algorithm is used. The Key
 * field … is split on certain punctuation characters, for example, -, :, #, etc. into tokens. Then each token is
 * exact-match compared with the Value member"; SearchText: "Specifying a value in quotes filters based on an exact
 * match to the value." */
#include "budget.h"
#include "catalogue.h"
#include <stdlib.h>

OPERATION(GlueSearchTables, search_tables, READS);

static const Query list = {"SELECT t.id, t.json FROM glue_table t JOIN glue_database d ON t.database_id = d.id"
                           " WHERE d.account = ?1 AND d.region = ?2 ORDER BY d.name, t.name"};

typedef struct Found {
    GlueTable *table;
    size_t order; /* by name */
    const GlueSortCriterion *criterion;
} Found;

static bool is_time(Bytes field)
{
    return bytes_is(field, "CreateTime") || bytes_is(field, "UpdateTime") || bytes_is(field, "LastAccessTime") ||
           bytes_is(field, "LastAnalyzedTime");
}

static int64_t time_of(const GlueTable *table, Bytes field)
{
    return bytes_is(field, "CreateTime")       ? table->create_time
           : bytes_is(field, "UpdateTime")     ? table->update_time
           : bytes_is(field, "LastAccessTime") ? table->last_access_time
                                               : table->last_analyzed_time;
}

static Bytes text_of(const GlueTable *table, Bytes field)
{
    if (bytes_is(field, "Name") || bytes_is(field, "TableName"))
        return table->name;
    if (bytes_is(field, "DatabaseName"))
        return table->database_name;
    if (bytes_is(field, "Description"))
        return table->description;
    if (bytes_is(field, "Owner"))
        return table->owner;
    if (bytes_is(field, "TableType"))
        return table->table_type;
    if (bytes_is(field, "CatalogId"))
        return table->catalog_id;
    for (size_t i = 0; i < table->parameters.len; i++)
        if (bytes_equal(table->parameters.items[i].key, field))
            return table->parameters.items[i].value;
    return (Bytes){0};
}

static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

static bool has_token(Bytes text, Bytes wanted)
{
    if (bytes_equal_ignoring_case(text, wanted))
        return true;
    while (text.len) {
        size_t len = 0;
        while (len < text.len && is_token(text.ptr[len]))
            len++;
        if (len && bytes_equal_ignoring_case(bytes_slice(text, 0, len), wanted))
            return true;
        len += len < text.len;
        text = bytes_slice(text, len, text.len - len);
    }
    return false;
}

static bool has_time(int64_t time_ms, Bytes comparator, int64_t wanted_ms)
{
    if (bytes_equal(comparator, GLUE_COMPARATOR_GREATER_THAN))
        return time_ms > wanted_ms;
    if (bytes_equal(comparator, GLUE_COMPARATOR_LESS_THAN))
        return time_ms < wanted_ms;
    if (bytes_equal(comparator, GLUE_COMPARATOR_GREATER_THAN_EQUALS))
        return time_ms >= wanted_ms;
    if (bytes_equal(comparator, GLUE_COMPARATOR_LESS_THAN_EQUALS))
        return time_ms <= wanted_ms;
    return time_ms == wanted_ms;
}

static bool has_property(const GlueTable *table, const GluePropertyPredicate *wanted)
{
    int64_t seconds;
    if (is_time(wanted->key))
        return bytes_to_int64(wanted->value, &seconds) &&
               has_time(time_of(table, wanted->key), wanted->comparator, seconds * 1000);
    return has_token(text_of(table, wanted->key), wanted->value);
}

static bool contains(Bytes text, Bytes wanted)
{
    for (size_t at = 0; wanted.len && at + wanted.len <= text.len; at++)
        if (bytes_equal_ignoring_case(bytes_slice(text, at, wanted.len), wanted))
            return true;
    return !wanted.len;
}

static bool is_quoted(Bytes text)
{
    return text.len >= 2 && *text.ptr == '"' && text.ptr[text.len - 1] == '"';
}

static bool text_has(Bytes text, Bytes wanted)
{
    return is_quoted(wanted) ? bytes_equal_ignoring_case(text, bytes_slice(wanted, 1, wanted.len - 2))
                             : contains(text, wanted);
}

static bool has_text(const GlueTable *table, Bytes wanted)
{
    const GlueStorageDescriptor *storage = table->storage_descriptor;
    if (!wanted.len || text_has(table->name, wanted) || text_has(table->database_name, wanted) ||
        text_has(table->description, wanted) || text_has(table->owner, wanted))
        return true;
    for (size_t i = 0; storage && i < storage->columns.len; i++)
        if (text_has(storage->columns.items[i].name, wanted) || text_has(storage->columns.items[i].comment, wanted))
            return true;
    for (size_t i = 0; i < table->partition_keys.len; i++)
        if (text_has(table->partition_keys.items[i].name, wanted))
            return true;
    return false;
}

static bool is_searched(const GlueTable *table, const GlueSearchTablesInput *in)
{
    for (size_t i = 0; i < in->filters.len; i++)
        if (!has_property(table, &in->filters.items[i]))
            return false;
    return has_text(table, in->search_text);
}

static int by_criterion(const void *a, const void *b)
{
    const Found *one = a, *other = b;
    const GlueSortCriterion *by = one->criterion;
    int order = 0;
    if (by && is_time(by->field_name)) {
        int64_t first = time_of(one->table, by->field_name), second = time_of(other->table, by->field_name);
        order = (first > second) - (first < second);
    } else if (by)
        order = bytes_compare(text_of(one->table, by->field_name), text_of(other->table, by->field_name));
    if (by && bytes_equal(by->sort, GLUE_SORT_DESC))
        order = -order;
    return order ? order : one->order < other->order ? -1 : 1;
}

/* All of them are looked at: the pages of one search are cut out of its whole order. */
static Status search(Call *call, const GlueSearchTablesInput *in, Found **ret_found, size_t *ret_count)
{
    size_t capacity = 64, count = 0;
    int code;
    Found *found = arena_take(call->arena, capacity * sizeof *found);
    Statement *rows = statement_begin(call->store, &list);
    bind_text(rows, 1, call->account);
    bind_text(rows, 2, call->region);
    while ((code = statement_step(rows)) == STORE_ROW) {
        ArenaMark mark = arena_mark(call->arena);
        Bytes json = arena_copy(call->arena, column_bytes(rows, 1));
        GlueTable *table = arena_new_of(call->arena, GlueTable);
        budget_work(call->arena, 20 + json.len / 4);
        if (!catalogue_table_read(call->arena, json, table) || !is_searched(table, in)) {
            arena_rewind(call->arena, mark);
            continue;
        }
        if (count == capacity)
            found = arena_grown(call->arena, found, count * sizeof *found, (capacity *= 2) * sizeof *found);
        found[count] = (Found){table, count, in->sort_criteria.len ? in->sort_criteria.items : NULL};
        count++;
    }
    *ret_found = found;
    *ret_count = count;
    return expect_ok(call, code);
}

static Status search_tables(Call *call, const GlueSearchTablesInput *in, GlueSearchTablesOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : CATALOGUE_PAGE, count;
    int64_t at;
    Found *found;
    TRY(token_read(call, in->next_token, &at));
    TRY(search(call, in, &found, &count));
    if (in->sort_criteria.len)
        qsort(found, count, sizeof *found, by_criterion);
    out->table_list.items = arena_new_array(call->arena, GlueTable, limit);
    for (; at >= 0 && (size_t)at < count && out->table_list.len < limit; at++)
        out->table_list.items[out->table_list.len++] = *found[at].table;
    if (at >= 0 && (size_t)at < count)
        out->next_token = arena_text(call->arena, "%lld", (long long)at);
    return OK;
}
