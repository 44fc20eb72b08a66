/* statement_plan.c - SELECT: which pieces of a tree its WHERE means. Where it lets the hash key have some values only,
 * each of them is a Query; otherwise it is a Scan.
 * aws: DynamoDB Developer Guide, "PartiQL select statements for DynamoDB". */
#include "budget.h"
#include "statement.h"
#include <stdlib.h>

#define INVALID "One or more parameter values were invalid: "

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

static Node *equals(Arena *arena, Bytes name, const Value *value)
{
    return node_new(arena, NODE_EQ, node_of_path(arena, path_of_name(arena, name)), node_of_value(arena, value));
}

/* What stands between the ORs of a WHERE: each with its own keys and its own filter. */
typedef struct Branch {
    KeyTest hash, range;
    Node *filter;
} Branch;

static Status add_piece(Call *call, ReadPlan *plan, const Keys *keys, const Branch *branch, Node *hash, Node *range)
{
    Piece *piece = &plan->pieces[plan->pieces_count++];
    KeyComparisons comparisons = {.len = 0};
    Node *condition = hash;
    if (range) {
        Node *copy = node_new(call->arena, range->kind, NULL, NULL);
        *copy = *range;
        copy->next = copy->last = NULL;
        condition = node_new(call->arena, NODE_AND, hash, copy);
    }
    piece->filter = branch->filter;
    TRY(key_condition_read(call, condition, &comparisons));
    return key_condition_of(call, keys, &comparisons, &piece->rows);
}

static Status add_pieces(Call *call, ReadPlan *plan, const Keys *keys, const Branch *branch)
{
    Arena *arena = call->arena;
    const KeyTest *hash = &branch->hash, *range = &branch->range;
    for (size_t i = 0; i < hash->len; i++) {
        for (size_t j = 0; j < range->len; j++)
            TRY(add_piece(call, plan, keys, branch, equals(arena, keys->hash.name, hash->values[i]),
                          equals(arena, keys->range.name, range->values[j])));
        if (!range->len)
            TRY(add_piece(call, plan, keys, branch, equals(arena, keys->hash.name, hash->values[i]),
                          range->comparison));
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

static Status read_branch(Call *call, const Keys *keys, Node *node, Branch *ret)
{
    Conjuncts conjuncts = conjuncts_of(call->arena, node);
    *ret = (Branch){.range = {.key = &keys->range}};
    TRY(take_values(call, &conjuncts, &keys->hash, &ret->hash));
    if (ret->hash.len && has_range(keys)) {
        TRY(take_values(call, &conjuncts, &keys->range, &ret->range));
        TRY(take_comparison(call, &conjuncts, &ret->range));
    }
    TRY(check_count(call, ret->range.len, EXPRESSION_IN_MAX));
    ret->filter = conjuncts_join(call->arena, &conjuncts);
    return OK;
}

/* aws: a branch that says what its range key is not is no piece of a partition */
static bool denies_range(Arena *arena, const Node *node, const Keys *keys, bool is_denied)
{
    if (!node || !has_range(keys))
        return false;
    budget_descend(arena);
    is_denied |= node->kind == NODE_NOT || node->kind == NODE_NE;
    if (node->kind == NODE_PATH)
        return is_denied && bytes_equal(node->path->steps[0].name, keys->range.name);
    for (const Node *operand = node->first; operand; operand = operand->next)
        if (denies_range(arena, operand, keys, is_denied))
            return true;
    return false;
}

/* *ret_pieces 0: one of them means rows of all partitions, so that all of the tree is read. */
static Status read_branches(Call *call, ReadPlan *plan, const Keys *keys, Branch *branches, size_t *ret_pieces)
{
    Conjuncts parts = disjuncts_of(call->arena, plan->statement->where);
    size_t pieces = 0, hashes = 0;
    bool is_scan = !parts.len;
    for (size_t i = 0; i < parts.len; i++) {
        Branch *branch = &branches[i];
        TRY(read_branch(call, keys, parts.items[i], branch));
        is_scan |= !branch->hash.len || (parts.len > 1 && denies_range(call->arena, branch->filter, keys, false));
        hashes += branch->hash.len;
        pieces += branch->hash.len * (branch->range.len ? branch->range.len : 1);
    }
    *ret_pieces = is_scan ? 0 : pieces;
    return is_scan ? OK : check_count(call, hashes, STATEMENT_HASHES_MAX);
}

/* By partition and range; the first four bytes of a hash only spread. */
static int compare_pieces(const void *a, const void *b)
{
    const Piece *one = a, *other = b;
    Bytes hash = bytes_slice(one->rows.hash, KEY_BUCKET_BYTES, one->rows.hash.len - KEY_BUCKET_BYTES);
    Bytes other_hash = bytes_slice(other->rows.hash, KEY_BUCKET_BYTES, other->rows.hash.len - KEY_BUCKET_BYTES);
    int order = bytes_compare(hash, other_hash);
    return order ? order : bytes_compare(one->rows.range_from, other->rows.range_from);
}

/* aws: "Overlapping conditions with range keys are not supported", also where one key is listed twice */
static Status check_overlap(Call *call, const Piece *sorted, size_t count, size_t *ret_hashes)
{
    Bytes reach = {0};
    *ret_hashes = 0;
    for (size_t i = 0; i < count; i++) {
        const KeyCondition *rows = &sorted[i].rows;
        bool is_same = i && bytes_equal(sorted[i - 1].rows.hash, rows->hash);
        if (is_same && bytes_compare(rows->range_from, reach) < 0)
            return fail(call, &DYNAMODB_VALIDATION,
                        "Overlapping conditions with range keys are not supported in where clause");
        reach = is_same && bytes_compare(reach, rows->range_to) > 0 ? reach : rows->range_to;
        *ret_hashes += !is_same;
    }
    return OK;
}

/* aws: ORDER BY sorts partitions only where it names their key */
static Status check_hash_order(Call *call, const PartiqlStatement *statement, const Keys *keys, size_t hashes)
{
    if (hashes < 2 || !statement->order || order_of(statement->order, keys->hash.name))
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.");
}

/* From one place to another, the other way round. */
static void turn(Piece *pieces, size_t from, size_t to)
{
    for (; from + 1 < to; from++, to--) {
        Piece piece = pieces[from];
        pieces[from] = pieces[to - 1];
        pieces[to - 1] = piece;
    }
}

/* Without ORDER BY the pieces stay as the statement lists them. With it partitions stand in the one direction, the
 * pieces of each in the other. */
static Status order_pieces(Call *call, ReadPlan *plan, const Keys *keys)
{
    const OrderKey *given = plan->statement->order, *hash = order_of(given, keys->hash.name);
    const OrderKey *range = has_range(keys) ? order_of(given, keys->range.name) : NULL;
    size_t count = plan->pieces_count, hashes;
    Piece *sorted = arena_new_array(call->arena, Piece, count);
    memcpy(sorted, plan->pieces, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_pieces);
    TRY(check_overlap(call, sorted, count, &hashes));
    TRY(check_hash_order(call, plan->statement, keys, hashes));
    plan->is_backward = range && range->is_descending;
    if (!given)
        return OK;
    bool is_hash_down = hash && hash->is_descending;
    plan->pieces = sorted;
    if (is_hash_down)
        turn(sorted, 0, count);
    for (size_t i = 0, end; i < count && plan->is_backward != is_hash_down; i = end) {
        for (end = i + 1; end < count && bytes_equal(sorted[end].rows.hash, sorted[i].rows.hash);)
            end++;
        turn(sorted, i, end);
    }
    return OK;
}

static bool projects(const Table *table, const Index *index, Bytes name)
{
    return bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL) || keys_have(&table->keys, name) ||
           keys_have(&index->keys, name) || list_of_bytes_has(index->non_key.items, index->non_key.len, name);
}

typedef struct Names {
    Bytes *items;
    size_t len;
} Names;

static void add_name(Names *names, Bytes name)
{
    if (!list_of_bytes_has(names->items, names->len, name))
        names->items[names->len++] = name;
}

/* aws: a local index gives the rest of the item, too; its filter may not ask for it */
static Status check_columns(Call *call, const Table *table, const Index *index, const PathSet *columns)
{
    if (!index || !columns || !index->is_global)
        return OK;
    Names missing = {arena_new_array(call->arena, Bytes, columns->len), 0};
    for (const Path *path = columns->first; path; path = path->next)
        if (!projects(table, index, path->steps[0].name))
            add_name(&missing, path->steps[0].name);
    if (!missing.len)
        return OK;
    Bytes listed = names_listed(call->arena, missing.items, missing.len, sizeof *missing.items);
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Global secondary index " BYTES_FMT " does not project [" BYTES_FMT "]", BYTES_ARG(index->name),
                BYTES_ARG(listed));
}

/* names->items has room for as many as there are operators. */
static void add_missing(Arena *arena, const ReadPlan *plan, const Node *node, Names *names)
{
    budget_descend(arena);
    if (node->kind == NODE_PATH && !projects(plan->page.table, plan->page.index, node->path->steps[0].name))
        add_name(names, node->path->steps[0].name);
    for (const Node *operand = node->first; operand; operand = operand->next)
        add_missing(arena, plan, operand, names);
}

#define PATHS_MAX (STATEMENT_BYTES_MAX / 2) /* of one statement */

/* aws: not where all of the index is read */
static Status check_filters(Call *call, const ReadPlan *plan)
{
    Names missing = {0};
    if (!plan->page.index)
        return OK;
    for (size_t i = 0; i < plan->pieces_count; i++) {
        if (!plan->pieces[i].filter)
            return OK;
        if (i && plan->pieces[i].filter == plan->pieces[i - 1].filter)
            continue;
        missing = (Names){arena_new_array(call->arena, Bytes, PATHS_MAX), 0};
        add_missing(call->arena, plan, plan->pieces[i].filter, &missing);
        if (!missing.len)
            return OK;
    }
    Bytes listed = names_listed(call->arena, missing.items, missing.len, sizeof *missing.items);
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Secondary index " BYTES_FMT " does not project one or more filter attributes: [" BYTES_FMT "]",
                BYTES_ARG(plan->page.index->name), BYTES_ARG(listed));
}

static Status plan_pieces(Call *call, ReadPlan *plan, const Keys *keys)
{
    size_t count = disjuncts_of(call->arena, plan->statement->where).len, pieces;
    Branch *branches = arena_new_array(call->arena, Branch, count);
    TRY(read_branches(call, plan, keys, branches, &pieces));
    TRY(check_order(call, plan->statement, keys, pieces > 0));
    if (!pieces) {
        plan->page.filter = plan->statement->where;
        plan->page.is_scan = true;
        return OK;
    }
    plan->pieces = arena_new_array(call->arena, Piece, pieces);
    for (size_t i = 0; i < count; i++)
        TRY(add_pieces(call, plan, keys, &branches[i]));
    TRY(check_filters(call, plan));
    plan->is_of_one_item =
        !plan->page.index && pieces == 1 && !plan->pieces->filter && (!has_range(keys) || branches->range.len);
    return order_pieces(call, plan, keys);
}

/* aws: the words differ from those of Query and Scan, and the index comes before the consistency */
static Status find_index(Call *call, const Table *table, Bytes name, bool is_consistent, const Index **ret)
{
    *ret = NULL;
    if (!present(name))
        return OK;
    *ret = table_index(table, name);
    if (!*ret)
        return fail(call, &DYNAMODB_VALIDATION, "The table does not have the specified index");
    if (is_consistent && (*ret)->is_global)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Strongly consistent read is not supported on Global Secondary Indexes");
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
    TRY(find_index(call, table, statement->index_name, is_consistent, &ret->page.index));
    TRY(check_single(call, ret->page.index));
    TRY(check_columns(call, table, ret->page.index, statement->columns));
    return plan_pieces(call, ret, ret->page.index ? &ret->page.index->keys : &table->keys);
}
