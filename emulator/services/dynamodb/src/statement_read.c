/* statement_read.c - SELECT: which pieces of a tree its WHERE means, and pages of them. Where it lets the hash key have
 * some values only, each of them is a Query; otherwise it is a Scan.
 * aws: DynamoDB Developer Guide, "PartiQL select statements for DynamoDB". */
#include "base64.h"
#include "statement.h"
#include <stdlib.h>

Bytes column_name(Arena *arena, const Path *path)
{
    size_t at = path->len - 1;
    while (!present(path->steps[at].name))
        at--;
    Bytes name = path->steps[at].name;
    for (at++; at < path->len; at++)
        name = arena_text(arena, BYTES_FMT "[%zu]", BYTES_ARG(name), path->steps[at].index);
    return name;
}

Item columns_of(Arena *arena, const Item *item, const PathSet *columns)
{
    Lookup lookup = {.arena = arena};
    Item columns_found = {arena_new_array(arena, Attribute, columns->len), 0};
    for (const Path *path = columns->first; path; path = path->next) {
        const Value *value = path_find(&lookup, item, path);
        if (value)
            columns_found.items[columns_found.len++] = (Attribute){.key = column_name(arena, path), .value = *value};
    }
    return columns_found;
}

/* The part of a WHERE that speaks of a key alone. */
typedef struct KeyTest {
    const KeyAttribute *key;
    const Value **values; /* it is one of them … */
    size_t len;
    Node *comparison; /* … or is compared so; NULL: neither, any will do */
} KeyTest;

static bool is_comparison_of(const Node *node, Bytes name)
{
    const Node *first = node->first, *second = first ? first->next : NULL;
    bool is_order = node->kind >= NODE_LT && node->kind <= NODE_GE;
    if (!is_order && node->kind != NODE_BETWEEN && node->kind != NODE_BEGINS_WITH)
        return false;
    if (is_order && first->kind == NODE_VALUE) {
        first = second;
        second = node->first;
    }
    return first->kind == NODE_PATH && first->path->len == 1 && bytes_equal(first->path->steps[0].name, name) &&
           second->kind == NODE_VALUE && (node->kind != NODE_BETWEEN || second->next->kind == NODE_VALUE);
}

/* The first of each that is there; the other keys' parts stay with the filter. */
static Status take_values(Call *call, Conjuncts *conjuncts, const KeyAttribute *key, KeyTest *ret)
{
    *ret = (KeyTest){.key = key};
    for (size_t i = 0; i < conjuncts->len && !ret->len; i++) {
        Node *part = conjuncts->items[i];
        if (part && (ret->len = values_allowed(call->arena, part, key->name, &ret->values)))
            conjuncts->items[i] = NULL;
    }
    for (size_t i = 0; i < ret->len; i++)
        TRY(key_value_check(call, key, ret->values[i]));
    return OK;
}

static Status take_comparison(Call *call, Conjuncts *conjuncts, KeyTest *test)
{
    for (size_t i = 0; i < conjuncts->len && !test->len && !test->comparison; i++) {
        Node *part = conjuncts->items[i];
        if (!part || !is_comparison_of(part, test->key->name))
            continue;
        for (const Node *operand = part->first; operand; operand = operand->next)
            if (operand->kind == NODE_VALUE)
                TRY(key_value_check(call, test->key, operand->value));
        if (part->kind == NODE_BEGINS_WITH && test->key->kind == VALUE_N)
            continue;
        test->comparison = part;
        conjuncts->items[i] = NULL;
    }
    return OK;
}

/* Values that are there twice are read once. */
static size_t without_doubles(Arena *arena, const Value **values, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_there = false;
        for (size_t j = 0; j < kept && !is_there; j++)
            is_there = value_equal(arena, values[j], values[i]);
        if (!is_there)
            values[kept++] = values[i];
    }
    return kept;
}

static int compare_values(const void *a, const void *b)
{
    int order = 0;
    return value_order(*(const Value *const *)a, *(const Value *const *)b, &order) ? order : 0;
}

static int compare_values_down(const void *a, const void *b)
{
    return compare_values(b, a);
}

static const OrderKey *order_of(const OrderKey *order, Bytes name)
{
    while (order && !bytes_equal(order->name, name))
        order = order->next;
    return order;
}

static Status check_order(Call *call, const PartiqlStatement *statement, const Keys *keys, bool has_hash)
{
    if (!statement->order)
        return OK;
    if (!statement->where)
        return fail(call, &DYNAMODB_VALIDATION, "Must have WHERE clause in the statement when using ORDER BY clause.");
    if (!has_hash)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
    for (const OrderKey *order = statement->order; order; order = order->next)
        if (!keys_have(keys, order->name))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Variable reference " BYTES_FMT " in ORDER BY clause must be part of the primary key",
                        BYTES_ARG(order->name));
    return OK;
}

static void sort_values(Arena *arena, const PartiqlStatement *statement, KeyTest *test)
{
    const OrderKey *order = order_of(statement->order, test->key->name);
    test->len = without_doubles(arena, test->values, test->len);
    if (order && test->len > 1)
        qsort(test->values, test->len, sizeof(Value *), order->is_descending ? compare_values_down : compare_values);
}

static Node *equals(Arena *arena, Bytes name, const Value *value)
{
    return node_new(arena, NODE_EQ, node_of_path(arena, path_of_name(arena, name)), node_of_value(arena, value));
}

static Status add_piece(Call *call, ReadPlan *plan, const Keys *keys, Node *hash, Node *range)
{
    Node *condition = hash;
    if (range) {
        Node *copy = node_new(call->arena, range->kind, NULL, NULL);
        *copy = *range;
        copy->next = copy->last = NULL;
        condition = node_new(call->arena, NODE_AND, hash, copy);
    }
    return key_condition_of(call, keys, condition, &plan->pieces[plan->pieces_count++]);
}

static Status make_pieces(Call *call, ReadPlan *plan, const Keys *keys, const KeyTest *hash, const KeyTest *range)
{
    Arena *arena = call->arena;
    plan->pieces = arena_new_array(arena, KeyCondition, hash->len * (range->len ? range->len : 1));
    for (size_t i = 0; i < hash->len; i++) {
        for (size_t j = 0; j < range->len; j++)
            TRY(add_piece(call, plan, keys, equals(arena, keys->hash.name, hash->values[i]),
                          equals(arena, keys->range.name, range->values[j])));
        if (!range->len)
            TRY(add_piece(call, plan, keys, equals(arena, keys->hash.name, hash->values[i]), range->comparison));
    }
    return OK;
}

static Status check_count(Call *call, size_t count, size_t most)
{
    if (count <= most)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                "The IN operator is provided with too many operands; number of operands: %zu", count);
}

static Status plan_pieces(Call *call, ReadPlan *plan, const Keys *keys)
{
    const PartiqlStatement *statement = plan->statement;
    Conjuncts conjuncts = conjuncts_of(call->arena, statement->where);
    KeyTest hash, range = {.key = &keys->range};
    TRY(take_values(call, &conjuncts, &keys->hash, &hash));
    TRY(check_order(call, statement, keys, hash.len > 0));
    if (!hash.len) {
        plan->page.filter = statement->where;
        return OK;
    }
    if (has_range(keys)) {
        const OrderKey *order = order_of(statement->order, keys->range.name);
        TRY(take_values(call, &conjuncts, &keys->range, &range));
        TRY(take_comparison(call, &conjuncts, &range));
        plan->is_backward = order && order->is_descending;
    }
    TRY(check_count(call, hash.len, STATEMENT_HASHES_MAX));
    TRY(check_count(call, range.len, EXPRESSION_IN_MAX));
    sort_values(call->arena, statement, &hash);
    sort_values(call->arena, statement, &range);
    TRY(make_pieces(call, plan, keys, &hash, &range));
    plan->page.filter = conjuncts_join(call->arena, &conjuncts);
    plan->is_of_one_item =
        !plan->page.index && hash.len == 1 && (range.len == 1 || !has_range(keys)) && !plan->page.filter;
    return OK;
}

/* aws-test: github.com/paritysuite/dynamodb-conformance, partiqlMultiAttributeIndex */
static Status check_single(Call *call, const Index *index)
{
    if (!index || (!present(index->keys.hashes[1].name) && !present(index->keys.ranges[1].name)))
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.");
}

Status statement_plan(Call *call, const PartiqlStatement *statement, bool is_consistent, ReadPlan *ret)
{
    Table *table;
    *ret = (ReadPlan){.statement = statement,
                      .page = {.paths = statement->columns, .project = columns_of, .is_consistent = is_consistent}};
    TRY(table_find_for_items(call, statement->table_name, &table));
    ret->page.table = table;
    TRY(index_find(call, table, statement->index_name, is_consistent, &ret->page.index));
    TRY(check_single(call, ret->page.index));
    TRY(select_check(call, &ret->page));
    return plan_pieces(call, ret, ret->page.index ? &ret->page.index->keys : &table->keys);
}

/* A token: the statement it belongs to, the piece to go on in, and the item behind which; no item: at its beginning. */
typedef struct Position {
    size_t piece;
    Item key;
} Position;

#define TOKEN_HEAD_BYTES 10

static void put_fixed(Buffer *buffer, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        buffer_append_char(buffer, (char)(number >> 8 * i));
}

static uint64_t get_fixed(const char *at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number |= (uint64_t)(unsigned char)at[i] << 8 * i;
    return number;
}

static uint64_t statement_mark(const PartiqlStatement *statement)
{
    return bytes_hash(statement->text, UINT64_C(0x452821e638d01377)); /* for good: clients may keep tokens */
}

static void free_buffer(void *buffer)
{
    buffer_done(buffer);
}

static Bytes token_of(Arena *arena, const PartiqlStatement *statement, const Position *position)
{
    Buffer *buffer = arena_new_of(arena, Buffer);
    arena_defer(arena, free_buffer, buffer);
    put_fixed(buffer, statement_mark(statement), 8);
    put_fixed(buffer, position->piece, 2);
    item_encode(buffer, &position->key);
    Bytes bytes = buffer_bytes(buffer);
    char *text = arena_take_raw(arena, base64_encoded_len(bytes.len));
    return (Bytes){text, base64_encode(text, bytes)};
}

static Status wrong_token(Call *call)
{
    return fail(call, &DYNAMODB_VALIDATION, "Invalid NextToken");
}

static Status position_of(Call *call, const ReadPlan *plan, Bytes token, Position *ret)
{
    *ret = (Position){0};
    if (!present(token))
        return OK;
    char *bytes = arena_take_raw(call->arena, base64_decoded_max(token.len) + 1);
    ptrdiff_t len = base64_decode(bytes, token);
    if (len <= TOKEN_HEAD_BYTES || get_fixed(bytes, 8) != statement_mark(plan->statement))
        return wrong_token(call);
    ret->piece = (size_t)get_fixed(bytes + 8, 2);
    ret->key = item_decode(call->arena, (Bytes){bytes + TOKEN_HEAD_BYTES, (size_t)len - TOKEN_HEAD_BYTES});
    return ret->piece < (plan->pieces_count ? plan->pieces_count : 1) ? OK : wrong_token(call);
}

static ItemRange range_of(Call *call, const ReadPlan *plan, size_t piece)
{
    const PageRequest *page = &plan->page;
    int64_t tree = page->index ? page->index->tree : page->table->id;
    if (!plan->pieces_count)
        return (ItemRange){.tree = tree,
                           .hash_from = key_segment(call->arena, 0, 1),
                           .hash_to = key_segment(call->arena, 1, 1),
                           .range_from = KEY_LOWEST};
    const KeyCondition *rows = &plan->pieces[piece];
    return (ItemRange){.tree = tree,
                       .hash_from = rows->hash,
                       .range_from = rows->range_from,
                       .range_to = rows->range_to,
                       .is_backward = plan->is_backward};
}

/* Leaves the part that lies behind the key. */
static Status skip(Call *call, const ReadPlan *plan, const Item *key, ItemRange *range)
{
    Key start;
    if (!key->len)
        return OK;
    if (!is_ok(start_key(call, &plan->page, key, &start))) {
        call->error = NULL;
        return wrong_token(call);
    }
    if (!plan->pieces_count) {
        range->hash_from = start.hash;
        range->range_from = start.range;
        return OK;
    }
    if (!bytes_equal(start.hash, range->hash_from) || bytes_compare(start.range, range->range_from) < 0 ||
        bytes_compare(start.range, range->range_to) >= 0)
        return wrong_token(call);
    if (plan->is_backward)
        range->range_to = start.range;
    else
        range->range_from = key_behind(call->arena, start.range);
    return OK;
}

static void append_items(Arena *arena, Page *page, const Page *more)
{
    size_t len = page->items.len + more->items.len;
    DynamodbAttributeMap *items = arena_new_array(arena, DynamodbAttributeMap, len);
    if (page->items.len)
        memcpy(items, page->items.items, page->items.len * sizeof *items);
    if (more->items.len)
        memcpy(items + page->items.len, more->items.items, more->items.len * sizeof *items);
    page->items = (DynamodbItemList){items, len};
    page->scanned_count += more->scanned_count;
    page->units += more->units;
    page->fetched_units += more->fetched_units;
}

/* Bytes by the units they cost: what several pieces bring together is as much as one page may. */
static bool is_full(const ReadPlan *plan, const Page *page, int64_t limit)
{
    double most = read_units(PAGE_BYTES_MAX, plan->page.is_consistent);
    return page->units >= most || (limit && page->scanned_count >= limit);
}

Status statement_read(Call *call, ReadPlan *plan, int64_t limit, Bytes next_token, StatementPage *ret)
{
    size_t pieces = plan->pieces_count ? plan->pieces_count : 1, reads = 0;
    PageUse begun = page_begin(call->arena);
    Position position;
    Page sum = {0}, page = {0};
    TRY(position_of(call, plan, next_token, &position));
    for (; position.piece < pieces; position.piece++) {
        bool is_over = is_full(plan, &sum, limit) || page_is_over(call->arena, &begun);
        if (reads && (is_over || reads == STATEMENT_READS_MAX))
            break;
        ItemRange range = range_of(call, plan, position.piece);
        TRY(skip(call, plan, &position.key, &range));
        plan->page.limit = limit ? limit - sum.scanned_count : 0;
        TRY(page_read(call, &plan->page, items_open(&call->scope, &range), &page));
        append_items(call->arena, &sum, &page);
        reads++;
        position.key = *AS_ITEM(&page.last_key);
        if (position.key.len)
            break;
    }
    *ret = (StatementPage){.page = sum};
    if (position.piece == pieces)
        return OK;
    *AS_ITEM(&ret->page.last_key) = position.key;
    ret->next_token = token_of(call->arena, plan->statement, &position);
    return OK;
}
