/* value.c - checks and comparisons. */
#include "value.h"
#include "budget.h"
#include "bytes_index.h"

#define INVALID "One or more parameter values were invalid: "

static const struct KindNames {
    const char *name, *word;
} kinds[VALUE_KINDS] = {
    [VALUE_S] = {"S", "STRING"},        [VALUE_N] = {"N", "NUMBER"},       [VALUE_B] = {"B", "BINARY"},
    [VALUE_SS] = {"SS", "STRING_SET"},  [VALUE_NS] = {"NS", "NUMBER_SET"}, [VALUE_BS] = {"BS", "BINARY_SET"},
    [VALUE_M] = {"M", "MAP"},           [VALUE_L] = {"L", "LIST"},         [VALUE_NULL] = {"NULL", "NULL"},
    [VALUE_BOOL] = {"BOOL", "BOOLEAN"},
};

const char *value_kind_name(int kind)
{
    return kind > 0 && kind < VALUE_KINDS ? kinds[kind].name : "";
}

const char *value_kind_word(int kind)
{
    return kind > 0 && kind < VALUE_KINDS ? kinds[kind].word : "";
}

int value_kind_of(Bytes name)
{
    for (int kind = VALUE_S; kind < VALUE_KINDS; kind++)
        if (bytes_is(name, kinds[kind].name))
            return kind;
    return VALUE_NONE;
}

/* Most numbers that clients send are short and have their one form already. */
static bool is_plain_integer(Bytes text)
{
    if (!text.len || text.len > 18 || text.ptr[0] < '1' || text.ptr[0] > '9')
        return text.len == 1 && text.ptr[0] == '0';
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* Of one value or item. room: what its numbers may still weigh. Once it is used up the value is larger than an item may
 * be, and is only looked through: 1E125 in its one form has 126 bytes, and weighs 2. */
typedef struct Check {
    Call *call;
    size_t room;
    const Bytes *bad_name; /* of a member of a map; NULL: none */
    Bytes sent, made;      /* the last one that was brought into another form: the same again shares it */
} Check;

static void spend(Check *check, size_t bytes)
{
    check->room -= bytes < check->room ? bytes : check->room;
}

static Status check_number(Check *check, Bytes *text)
{
    Number number;
    if (is_plain_integer(*text))
        return OK;
    if (!present(check->sent) || !bytes_equal(check->sent, *text)) {
        TRY(number_check(check->call, number_parse(*text, &number), *text));
        if (!check->room)
            return OK;
        check->sent = *text;
        check->made = number_text(check->call->arena, &number, *text);
    }
    *text = check->made;
    spend(check, number_size(*text));
    return OK;
}

Bytes names_listed(Arena *arena, const void *items, size_t len, size_t stride)
{
    size_t size = 0;
    for (size_t i = 0; i < len; i++)
        size += ((const Bytes *)(const void *)((const char *)items + i * stride))->len + 2;
    char *text = arena_take_raw(arena, size), *at = text;
    for (size_t i = 0; i < len; i++) {
        const Bytes *name = (const void *)((const char *)items + i * stride);
        at = mempcpy(at, ", ", i ? 2 : 0);
        at = name->len ? mempcpy(at, name->ptr, name->len) : at;
    }
    return (Bytes){text, (size_t)(at - text)};
}

bool list_of_bytes_has(const Bytes *items, size_t len, Bytes wanted)
{
    for (size_t i = 0; i < len; i++)
        if (bytes_equal(items[i], wanted))
            return true;
    return false;
}

static Status check_set(Check *check, Value *value)
{
    Call *call = check->call;
    DynamodbStringSetAttributeValue *set = &value->ss;
    if (!set->len)
        return fail(call, &DYNAMODB_VALIDATION,
                    value->kind == VALUE_BS ? INVALID "Binary sets should not be empty"
                                            : INVALID "An %s set  may not be empty",
                    value->kind == VALUE_NS ? "number" : "string");
    for (size_t i = 0; i < set->len && value->kind == VALUE_NS; i++)
        TRY(check_number(check, &set->items[i]));
    /* With more members than an item has bytes it is refused for its size. */
    if (set->len > ITEM_BYTES_MAX)
        return OK;
    ptrdiff_t repeat = bytes_find_double(call->arena, set->items, set->len, sizeof *set->items);
    return repeat < 0 ? OK : set_refuse_double(call, value, (size_t)repeat);
}

static Status too_deep(Call *call)
{
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");
}

static Status check_value(Check *check, Value *value, int depth);

/* aws: a name within a value is judged after all values are, the attributes' own before */
static Status check_member(Check *check, Attribute *member, int depth)
{
    if (!attribute_name_is_fine(member->key) && !check->bad_name)
        check->bad_name = &member->key;
    return check_value(check, &member->value, depth + 1);
}

static Status check_value(Check *check, Value *value, int depth)
{
    Call *call = check->call;
    if (depth > VALUE_NESTING_MAX)
        return too_deep(call);
    switch (value->kind) {
    case VALUE_NONE:
        return fail(call, &DYNAMODB_VALIDATION,
                    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    case UNION_SEVERAL:
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
    case VALUE_N:
        return check_number(check, &value->n);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return check_set(check, value);
    case VALUE_NULL:
        return value->null
                   ? OK
                   : fail(call, &DYNAMODB_VALIDATION, INVALID "Null attribute value types must have the value of true");
    case VALUE_L:
        spend(check, value->l.len);
        for (size_t i = 0; i < value->l.len; i++)
            TRY(check_value(check, &value->l.items[i], depth + 1));
        return OK;
    case VALUE_M:
        for (size_t i = 0; i < value->m.len; i++)
            TRY(check_member(check, &AS_ITEM(&value->m)->items[i], depth));
        return OK;
    default:
        return OK;
    }
}

Status value_normalise(Call *call, Value *value)
{
    Check check = {.call = call, .room = ITEM_BYTES_MAX};
    TRY(check_value(&check, value, 1));
    return check.bad_name ? attribute_name_refuse(call, *check.bad_name) : OK;
}

Status item_normalise(Call *call, Item *item)
{
    Check check = {.call = call, .room = ITEM_BYTES_MAX};
    for (size_t i = 0; i < item->len; i++)
        if (!attribute_name_is_fine(item->items[i].key))
            return attribute_name_refuse(call, item->items[i].key);
    for (size_t i = 0; i < item->len; i++)
        TRY(check_value(&check, &item->items[i].value, 1));
    return check.bad_name ? attribute_name_refuse(call, *check.bad_name) : OK;
}

static Status check_depth(Call *call, const Value *value, int depth)
{
    if (depth > VALUE_NESTING_MAX)
        return too_deep(call);
    for (size_t i = 0; value->kind == VALUE_L && i < value->l.len; i++)
        TRY(check_depth(call, &value->l.items[i], depth + 1));
    for (size_t i = 0; value->kind == VALUE_M && i < value->m.len; i++)
        TRY(check_depth(call, &AS_ITEM(&value->m)->items[i].value, depth + 1));
    return OK;
}

Status item_check_nesting(Call *call, const Item *item)
{
    for (size_t i = 0; i < item->len; i++)
        TRY(check_depth(call, &item->items[i].value, 1));
    return OK;
}

/* Mostly they come in one order; from the first difference on, the rest of one is looked up in the rest of the other.
 */
static bool sets_equal(Arena *arena, const Value *a, const Value *b)
{
    size_t same = 0, len = a->ss.len;
    if (len != b->ss.len)
        return false;
    budget_work(arena, len / 4);
    while (same < len && bytes_equal(a->ss.items[same], b->ss.items[same]))
        same++;
    if (same == len)
        return true;
    BytesIndex index = bytes_index_of(arena, b->ss.items + same, len - same, sizeof *b->ss.items);
    for (size_t i = same; i < len; i++)
        if (bytes_index_find(&index, a->ss.items[i]) < 0)
            return false;
    return true;
}

static bool maps_equal(Arena *arena, const Item *a, const Item *b)
{
    size_t same = 0, len = a->len;
    if (len != b->len)
        return false;
    budget_work(arena, len / 2);
    while (same < len && bytes_equal(a->items[same].key, b->items[same].key)) {
        if (!value_equal(arena, &a->items[same].value, &b->items[same].value))
            return false;
        same++;
    }
    if (same == len)
        return true;
    BytesIndex index = bytes_index_of(arena, b->items + same, len - same, sizeof *b->items);
    for (size_t i = same; i < len; i++) {
        ptrdiff_t at = bytes_index_find(&index, a->items[i].key);
        if (at < 0 || !value_equal(arena, &a->items[i].value, &b->items[same + (size_t)at].value))
            return false;
    }
    return true;
}

static bool lists_equal(Arena *arena, const Value *a, const Value *b)
{
    if (a->l.len != b->l.len)
        return false;
    budget_work(arena, a->l.len / 4);
    for (size_t i = 0; i < a->l.len; i++)
        if (!value_equal(arena, &a->l.items[i], &b->l.items[i]))
            return false;
    return true;
}

bool value_equal(Arena *arena, const Value *a, const Value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return bytes_equal(a->s, b->s);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return sets_equal(arena, a, b);
    case VALUE_BOOL:
        return a->bool_ == b->bool_;
    case VALUE_M:
        budget_descend(arena);
        return maps_equal(arena, AS_ITEM(&a->m), AS_ITEM(&b->m));
    case VALUE_L:
        budget_descend(arena);
        return lists_equal(arena, a, b);
    default:
        return true;
    }
}

/* As bytes_hash does with one word: what nobody knows is in both factors. */
static uint64_t joined(uint64_t hash, uint64_t with)
{
    unsigned __int128 product = (unsigned __int128)(hash ^ with) * (hash ^ UINT64_C(0xe7037ed1a0b428db));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Members of sets and maps are summed: their order does not matter. */
uint64_t value_hash(const Value *value, uint64_t seed)
{
    uint64_t hash = joined(seed, (uint64_t)value->kind), sum = 0;
    switch (value->kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return bytes_hash(value->s, hash);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        for (size_t i = 0; i < value->ss.len; i++)
            sum += bytes_hash(value->ss.items[i], seed);
        return joined(hash, sum);
    case VALUE_M:
        for (size_t i = 0; i < value->m.len; i++) {
            const Attribute *member = &AS_ITEM(&value->m)->items[i];
            sum += value_hash(&member->value, bytes_hash(member->key, seed));
        }
        return joined(hash, sum);
    case VALUE_L:
        for (size_t i = 0; i < value->l.len; i++)
            hash = joined(hash, value_hash(&value->l.items[i], seed));
        return hash;
    default:
        return joined(hash, value->kind == VALUE_BOOL && value->bool_);
    }
}

bool value_order(const Value *a, const Value *b, int *ret_order)
{
    Number one, other;
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_S || a->kind == VALUE_B) {
        *ret_order = bytes_compare(a->s, b->s);
        return true;
    }
    if (a->kind != VALUE_N || number_parse(a->n, &one) || number_parse(b->n, &other))
        return false;
    *ret_order = number_compare(&one, &other);
    return true;
}
