/* read.c */
#include "read.h"
#include "budget.h"

#define INVALID "One or more parameter values were invalid: "

Status index_find(Call *call, const Table *table, Bytes name, bool is_consistent, const Index **ret_index)
{
    *ret_index = NULL;
    if (!present(name))
        return OK;
    *ret_index = table_index(table, name);
    if (!*ret_index)
        return fail(call, &DYNAMODB_VALIDATION, "The table does not have the specified index: " BYTES_FMT,
                    BYTES_ARG(name));
    if (is_consistent && (*ret_index)->is_global)
        return fail(call, &DYNAMODB_VALIDATION, "Consistent reads are not supported on global secondary indexes");
    if ((*ret_index)->is_filling) /* aws: observed: aws-cloudformation/cloudformation-coverage-roadmap#1075 */
        return fail(call, &DYNAMODB_VALIDATION, "Cannot read from backfilling global secondary index: " BYTES_FMT,
                    BYTES_ARG(name));
    return OK;
}

bool index_has(const PageRequest *request, Bytes name)
{
    const Index *index = request->index;
    return keys_have(&request->table->keys, name) || keys_have(&index->keys, name) ||
           list_of_bytes_has(index->non_key.items, index->non_key.len, name);
}

Status select_check(Call *call, const PageRequest *request)
{
    const Index *index = request->index;
    if (!index || index_keeps_all(index))
        return OK;
    if (bytes_is(request->select, "ALL_ATTRIBUTES"))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Select type ALL_ATTRIBUTES is not supported for global secondary index " BYTES_FMT
                            " because its projection type is not ALL",
                    BYTES_ARG(index->name));
    return projection_check_index(call, request);
}

/* aws: Scan of a table says what does not fit; Query, and Scan of an index, do not */
static Status refuse_start(Call *call, const PageRequest *request)
{
    if (request->index || !request->is_scan)
        return fail(call, &DYNAMODB_VALIDATION, "The provided starting key is invalid");
    return fail(call, &DYNAMODB_VALIDATION,
                "The provided starting key is invalid: The provided key element does not match the schema");
}

static bool has_key(const KeyAttribute *key, const Item *item)
{
    const Value *value = present(key->name) ? item_get(item, key->name) : NULL;
    return value ? value->kind == key->kind && (value->kind == VALUE_N || value->s.len) : !present(key->name);
}

static bool has_keys(const Keys *keys, const Item *item)
{
    for (size_t i = 0; i < KEY_ATTRIBUTES_MAX; i++)
        if (!has_key(&keys->hashes[i], item) || !has_key(&keys->ranges[i], item))
            return false;
    return true;
}

/* It has the keys of the table and of the index, and nothing else. */
static bool start_fits(Call *call, const PageRequest *request, const Item *start)
{
    const Index *index = request->index;
    return has_keys(&request->table->keys, start) && (!index || has_keys(&index->keys, start)) &&
           key_attributes(call->arena, request->table, index, start).len == start->len;
}

Status start_key(Call *call, const PageRequest *request, const Item *start, Key *ret_row)
{
    const Index *index = request->index;
    Lookup lookup = {.arena = call->arena};
    Key row;
    if (!start_fits(call, request, start))
        return refuse_start(call, request);
    TRY(key_of_item(call, request->table, start, &row));
    if (index && !key_of_entry(&lookup, index, start, &row, ret_row))
        return refuse_start(call, request);
    if (!index)
        *ret_row = row;
    return OK;
}

/* What of an item an answer shows. */
static Item shown(Call *call, const PageRequest *request, const Item *item)
{
    const Index *index = request->index;
    if (request->paths)
        return (request->project ? request->project : item_project)(call->arena, item, request->paths);
    Lookup lookup = {.arena = call->arena};
    if (index && !index->is_global && !bytes_is(request->select, "ALL_ATTRIBUTES"))
        return index_projection(&lookup, request->table, index, item);
    return *item;
}

/* entry: what the tree that is read has of the item, for AWS. */
static void page_add(Call *call, const PageRequest *request, const Item *item, const Item *entry, Page *page,
                     size_t *capacity)
{
    page->scanned_count++;
    if (request->filter && !condition_holds(call->arena, entry, request->filter))
        return;
    page->count++;
    if (bytes_is(request->select, "COUNT"))
        return;
    if (page->items.len == *capacity) {
        *capacity = *capacity * 2;
        DynamodbAttributeMap *grown = arena_new_array(call->arena, DynamodbAttributeMap, *capacity);
        memcpy(grown, page->items.items, page->items.len * sizeof *grown);
        page->items.items = grown;
    }
    page->items.items[page->items.len++] = shown(call, request, item);
}

#define PAGE_ITEMS_FIRST 16

/* aws: Developer Guide, Local secondary indexes, "Fetching attributes": what the index doesn't have is read from the
 * table, the whole item, and paid for there. */
static bool is_fetched(const PageRequest *request)
{
    const Index *index = request->index;
    if (!index || index->is_global || bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL))
        return false;
    if (bytes_is(request->select, "ALL_ATTRIBUTES"))
        return true;
    for (const Path *path = request->paths ? request->paths->first : NULL; path; path = path->next)
        if (!index_has(request, path->steps[0].name))
            return true;
    return false;
}

/* What the tree that is read has of the item: ours keep whole items in local indexes, AWS's only what they project. */
static Item entry_of(Call *call, const PageRequest *request, const Item *item)
{
    const Index *index = request->index;
    Lookup lookup = {.arena = call->arena};
    if (!index || index->is_global || index_projects_all(index))
        return *item;
    return index_projection(&lookup, request->table, index, item);
}

static void set_last_key(Call *call, const PageRequest *request, const Item *last, Page *page)
{
    Item key = key_attributes(call->arena, request->table, request->index, last);
    *AS_ITEM(&page->last_key) = key;
}

PageUse page_begin(const Arena *arena)
{
    return (PageUse){arena_held(arena), budget_spent(arena)};
}

bool page_is_over(const Arena *arena, const PageUse *begun)
{
    return arena_held(arena) - begun->held > PAGE_HELD_MAX || budget_spent(arena) - begun->steps > PAGE_STEPS_MAX;
}

Status page_read(Call *call, const PageRequest *request, Statement *rows, Page *ret_page)
{
    PageUse begun = page_begin(call->arena);
    Page page = {.items = {arena_new_array(call->arena, DynamodbAttributeMap, PAGE_ITEMS_FIRST), 0}};
    size_t capacity = PAGE_ITEMS_FIRST, bytes = 0;
    bool fetches = is_fetched(request);
    Item item;
    int code;
    while ((code = items_next(call->arena, rows, &item)) == STORE_ROW) {
        Item entry = entry_of(call, request, &item);
        bytes += item_size(&entry);
        page.fetched_units += fetches ? read_units(item_size(&item), request->is_consistent) : 0;
        page_add(call, request, &item, &entry, &page, &capacity);
        if (page.scanned_count == request->limit || bytes > PAGE_BYTES_MAX || page_is_over(call->arena, &begun)) {
            set_last_key(call, request, &item, &page);
            break;
        }
    }
    if (code == STORE_ROW)
        statement_end(rows);
    if (bytes_is(request->select, "COUNT"))
        page.items = (DynamodbItemList){0};
    page.units = !page.scanned_count && request->is_scan ? 0 : read_units(bytes, request->is_consistent);
    *ret_page = page;
    return expect_ok(call, code == STORE_ROW ? STORE_OK : code);
}
