/* accept_range.c - numbers, lengths, counts, patterns. */
#include "accept.h"
#include <math.h>

static const struct {
    unsigned types;
    const char *what;
} ranges[RANGES] = {
    {TYPE_NUMBER, "numbers"},
    {TYPE_STRING, "strings of a length"},
    {TYPE_ARRAY, "arrays of a number of items"},
    {TYPE_OBJECT, "objects of a number of properties"},
};

static Bytes range_text(Arena *arena, const Range *range)
{
    if (isinf(range->low) && isinf(range->high))
        return TEXT("of any size");
    if (isinf(range->high))
        return arena_text(arena, "%s %.15g", range->is_low_open ? "above" : "from", range->low);
    if (isinf(range->low))
        return arena_text(arena, "%s %.15g", range->is_high_open ? "below" : "up to", range->high);
    return arena_text(arena, "%s %.15g %s %.15g", range->is_low_open ? "above" : "from", range->low,
                      range->is_high_open ? "below" : "to", range->high);
}

static bool is_within(const Range *written, const Range *read)
{
    bool low = written->low > read->low || (written->low == read->low && (written->is_low_open || !read->is_low_open));
    bool high =
        written->high < read->high || (written->high == read->high && (written->is_high_open || !read->is_high_open));
    return low && high;
}

static bool accepts_multiple(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (reader->multiple_of == 0 || !(written->types & TYPE_NUMBER) ||
        (!(written->types & TYPE_FRACTION) && is_multiple(1, reader->multiple_of)))
        return true;
    for (size_t i = 0; i < written->all.count; i++) {
        double multiple = written->all.items[i]->multiple_of;
        if (multiple != 0 && is_multiple(multiple, reader->multiple_of))
            return true;
    }
    return not_read(check, at, "other numbers were written, read are only multiples of %.15g", reader->multiple_of);
}

static bool accepts_pattern(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader->pattern || !(written->types & TYPE_STRING))
        return true;
    for (size_t i = 0; i < written->all.count; i++) {
        const JsonSchema *schema = written->all.items[i];
        if (schema->pattern && bytes_equal(schema->pattern_text, reader->pattern_text))
            return true;
    }
    return not_read(check, at, "other strings were written, read are only those that match " BYTES_FMT,
                    BYTES_ARG(bytes_utf8_prefix(reader->pattern_text, 200)));
}

/* "number" against an integer range is looked at as written: open ends count. */
bool accepts_range(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (int kind = 0; kind < RANGES; kind++) {
        Range was = written_range(written, (RangeKind)kind);
        if (!(written->types & ranges[kind].types) || is_within(&was, &reader->ranges[kind]))
            continue;
        return not_read(check, at, "%s " BYTES_FMT " were written, read are those " BYTES_FMT, ranges[kind].what,
                        BYTES_ARG(range_text(check->effort.arena, &was)),
                        BYTES_ARG(range_text(check->effort.arena, &reader->ranges[kind])));
    }
    return accepts_multiple(check, reader, written, at) && accepts_pattern(check, reader, written, at);
}
