/* statement_read.c - SELECT: pages of what was planned (statement_plan.c), and the tokens that lead to the next.
 * aws: DynamoDB API Reference, ExecuteStatement, NextToken. */
#include "base64.h"
#include "budget.h"
#include "statement.h"

ReadCost statement_cost(const ReadPlan *plan, const StatementPage *read)
{
    const Page *page = &read->page;
    Bytes hash = plan->pieces_count == 1 ? plan->pieces->rows.hash : (Bytes){0};
    return (ReadCost){plan->page.index, page->units, page->fetched_units, plan->page.table, hash};
}

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
    budget_work(arena, columns->len);
    Item columns_found = {arena_new_array(arena, Attribute, columns->len), 0};
    for (const Path *path = columns->first; path; path = path->next) {
        const Value *value = path_find(&lookup, item, path);
        if (value)
            columns_found.items[columns_found.len++] = (Attribute){.key = column_name(arena, path), .value = *value};
    }
    return columns_found;
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
    uint64_t mark = bytes_hash(statement->text, UINT64_C(0x452821e638d01377)); /* for good: clients may keep tokens */
    for (size_t i = 0; i < statement->parameters->len; i++)
        mark = value_hash(&statement->parameters->items[i], mark);
    return mark;
}

static Bytes token_of(Arena *arena, const PartiqlStatement *statement, const Position *position)
{
    Buffer *buffer = arena_buffer(arena);
    put_fixed(buffer, statement_mark(statement), 8);
    put_fixed(buffer, position->piece, 2);
    item_encode(buffer, &position->key);
    return base64_text(arena, buffer_bytes(buffer));
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
    if (len <= TOKEN_HEAD_BYTES)
        return wrong_token(call);
    if (get_fixed(bytes, 8) != statement_mark(plan->statement))
        return fail(call, &DYNAMODB_VALIDATION, "NextToken does not match request");
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
    const KeyCondition *rows = &plan->pieces[piece].rows;
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
        if (plan->pieces_count)
            plan->page.filter = plan->pieces[position.piece].filter;
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
