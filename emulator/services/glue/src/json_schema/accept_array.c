/* accept_array.c - items, additionalItems, uniqueItems, contains. */
#include "accept.h"
#include <math.h>
#include <stdio.h>

static bool accepts_item(Check *check, const JsonSchema *reader, const Written *written, size_t index, const Step *at)
{
    const JsonSchema *item = index < reader->tuple.count ? reader->tuple.items[index] : reader->rest;
    Written was = written_item(check, written, index);
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    Step step = {at, bytes_of(number)};
    if (!reader->tuple.count && !written_tuple(written))
        step.name = TEXT("items");
    return accepts(check, item, &was, &step);
}

static bool accepts_items(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    Range count = written_range(written, RANGE_ITEMS);
    size_t last = written_tuple(written);
    if (reader->tuple.count > last)
        last = reader->tuple.count;
    for (size_t i = 0; i <= last && (double)i < count.high; i++) {
        if (check->effort.steps < 0)
            return too_large(check, at);
        if (!written_item(check, written, i).types)
            return true; /* no array is that long */
        if (!accepts_item(check, reader, written, i, at))
            return false;
    }
    return true;
}

static bool accepts_unique(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader->is_unique || written_range(written, RANGE_ITEMS).high <= 1)
        return true;
    for (size_t i = 0; i < written->all.count; i++)
        if (written->all.items[i]->is_unique)
            return true;
    return not_read(check, at, "items may have been written twice, read are only unique ones");
}

static bool accepts_contained(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader->contains)
        return true;
    for (size_t i = 0; i < written->all.count; i++) {
        const JsonSchema *contains = written->all.items[i]->contains;
        if (contains && accepts_schema(check, reader->contains, contains, at))
            return true;
    }
    Written first = written_item(check, written, 0);
    if (written_range(written, RANGE_ITEMS).low >= 1 && accepts(check, reader->contains, &first, at))
        return true;
    return not_read(check, at, "read are only arrays that contain an item which was not always written");
}

bool accepts_array(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    return !(written->types & TYPE_ARRAY) ||
           (accepts_items(check, reader, written, at) && accepts_unique(check, reader, written, at) &&
            accepts_contained(check, reader, written, at));
}
