/* written.c - several schemas that hold at once, as one. */
#include "accept.h"
#include "budget.h"
#include <math.h>

static const unsigned types_of_range[RANGES] = {TYPE_NUMBER, TYPE_STRING, TYPE_ARRAY, TYPE_OBJECT};

Written written_new(void)
{
    return (Written){.types = TYPE_ALL};
}

static bool has(const Written *written, const JsonSchema *schema)
{
    for (size_t i = 0; i < written->all.count; i++)
        if (written->all.items[i] == schema)
            return true;
    return false;
}

static void grow(Check *check, Written *written)
{
    size_t room = written->room ? 2 * written->room : 4;
    const JsonSchema **items = arena_new_array(check->effort.arena, const JsonSchema *, room);
    if (written->all.count)
        memcpy(items, written->all.items, written->all.count * sizeof *items);
    written->all.items = items;
    written->room = room;
}

/* "not" with nothing but a type takes these types away. */
static unsigned excluded_types(const JsonSchema *schema)
{
    return schema && schema->types != TYPE_ALL && schema->source->count == 1 ? schema->types : 0;
}

void written_add(Check *check, Written *written, const JsonSchema *schema)
{
    budget_descend(check->effort.arena);
    schema = json_schema_target(schema);
    if (!schema || check->effort.steps < 0)
        return;
    check->effort.steps -= 1 + (int64_t)(written->all.count / 8);
    if (has(written, schema))
        return;
    if (written->all.count == written->room)
        grow(check, written);
    written->all.items[written->all.count++] = schema;
    written->types &= schema->is_false ? 0 : schema->types & ~excluded_types(schema->negated);
    for (size_t i = 0; i < schema->all.count; i++)
        written_add(check, written, schema->all.items[i]);
}

Written written_copy(Check *check, const Written *from)
{
    Written copy = *from;
    check->effort.steps -= 4 + (int64_t)from->all.count;
    copy.room = from->all.count + 4;
    copy.all.items = arena_new_array(check->effort.arena, const JsonSchema *, copy.room);
    if (from->all.count)
        memcpy(copy.all.items, from->all.items, from->all.count * sizeof *copy.all.items);
    return copy;
}

static void narrow(Range *range, const Range *by)
{
    if (by->low > range->low || (by->low == range->low && by->is_low_open)) {
        range->low = by->low;
        range->is_low_open = by->is_low_open;
    }
    if (by->high < range->high || (by->high == range->high && by->is_high_open)) {
        range->high = by->high;
        range->is_high_open = by->is_high_open;
    }
}

/* Of integers: (0, 5] is [1, 5]. */
static void close_range(Range *range)
{
    double low = ceil(range->low), high = floor(range->high);
    range->low = range->is_low_open && low == range->low ? low + 1 : low;
    range->high = range->is_high_open && high == range->high ? high - 1 : high;
    range->is_low_open = range->is_high_open = false;
}

static void narrow_by_members(const JsonSchema *schema, Range *range)
{
    const JsonSchema *rest = json_schema_target(schema->additional);
    Range said = {.low = (double)schema->required.count, .high = INFINITY};
    if (rest && rest->is_false && !schema->patterns.count)
        said.high = (double)schema->properties.count;
    narrow(range, &said);
}

Range written_range(const Written *written, RangeKind kind)
{
    Range range = {.low = kind == RANGE_NUMBER ? -INFINITY : 0, .high = INFINITY};
    for (size_t i = 0; i < written->all.count; i++) {
        const JsonSchema *schema = written->all.items[i], *rest = json_schema_target(schema->rest);
        Range said = schema->ranges[kind];
        if (kind == RANGE_ITEMS && rest && rest->is_false && said.high > (double)schema->tuple.count)
            said.high = (double)schema->tuple.count;
        narrow(&range, &said);
        if (kind == RANGE_PROPERTIES)
            narrow_by_members(schema, &range);
    }
    if (kind != RANGE_NUMBER || !(written->types & TYPE_FRACTION))
        close_range(&range);
    return range;
}

void written_settle(Check *check, Written *written)
{
    check->effort.steps -= (int64_t)written->all.count;
    for (int kind = 0; kind < RANGES; kind++) {
        Range range = written_range(written, (RangeKind)kind);
        if (range.low > range.high || (range.low == range.high && (range.is_low_open || range.is_high_open)))
            written->types &= ~types_of_range[kind];
    }
}

typedef struct Collected {
    Check *check;
    Written written;
} Collected;

static bool collect(void *context, const JsonSchema *schema)
{
    Collected *collected = context;
    written_add(collected->check, &collected->written, schema);
    return true;
}

Written written_member(Check *check, const Written *written, Bytes name)
{
    Collected collected = {check, written_new()};
    MemberVisit visit = {collect, &collected, &check->effort};
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++) {
        const JsonSchema *schema = written->all.items[i];
        json_schema_each_of_member(schema, name, &visit);
    }
    written_settle(check, &collected.written);
    return collected.written;
}

Written written_item(Check *check, const Written *written, size_t at)
{
    Written item = written_new();
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++) {
        const JsonSchema *schema = written->all.items[i];
        written_add(check, &item, at < schema->tuple.count ? schema->tuple.items[at] : schema->rest);
    }
    written_settle(check, &item);
    return item;
}

size_t written_tuple(const Written *written)
{
    size_t longest = 0;
    for (size_t i = 0; i < written->all.count; i++)
        if (written->all.items[i]->tuple.count > longest)
            longest = written->all.items[i]->tuple.count;
    return longest;
}

bool written_requires(Check *check, const Written *written, Bytes name)
{
    check->effort.steps -= 2 * (int64_t)written->all.count;
    for (size_t i = 0; i < written->all.count; i++)
        if (names_have(&written->all.items[i]->required, name))
            return true;
    return false;
}

const JsonValue *written_values(const Written *written, JsonValue *room)
{
    for (size_t i = 0; i < written->all.count; i++) {
        const JsonSchema *schema = written->all.items[i];
        if (schema->constant)
            *room = (JsonValue){.kind = VALUE_ARRAY, .count = 1, .items = (JsonValue *)schema->constant};
        if (schema->constant)
            return room;
        if (schema->enumeration)
            return schema->enumeration;
    }
    return NULL;
}

bool check_validates(Check *check, const JsonSchema *schema, const JsonValue *value)
{
    return json_schema_validates((Walk){&check->effort, 0}, schema, value);
}

bool written_has(Check *check, const Written *written, const JsonValue *value)
{
    if (!(json_value_type(value) & written->types))
        return false;
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++)
        if (!check_validates(check, written->all.items[i], value))
            return false;
    return true;
}

bool written_lacks(Check *check, const Written *written)
{
    if (written->types != TYPE_OBJECT || check->depth >= DEPTH_MAX)
        return false;
    for (size_t i = 0; i < written->all.count; i++) {
        const NameList *required = &written->all.items[i]->required;
        for (size_t j = 0; j < required->count && check->effort.steps >= 0; j++) {
            Written member = written_member(check, written, required->items[j]);
            check->depth += 10; /* so deep it goes no further than a few */
            bool is_empty = written_is_empty(check, &member);
            check->depth -= 10;
            if (is_empty)
                return true;
        }
    }
    return false;
}

bool written_is_empty(Check *check, const Written *written)
{
    JsonValue room;
    if (!written->types || written_lacks(check, written))
        return true;
    const JsonValue *values = written_values(written, &room);
    for (size_t i = 0; values && i < values->count; i++)
        if (written_has(check, written, &values->items[i]))
            return false;
    return values && check->effort.steps >= 0;
}
