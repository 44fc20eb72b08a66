/* filter_pattern.c - a filter pattern, and behind the first zero the event that it is held against. */
#include "filter_pattern.h"
#include "budgeted.h"
#include "fuzz.h"

static void use(Arena *arena, Bytes input)
{
    FilterPatternFault fault;
    Bytes detail, rest = input, text = bytes_cut(&rest, '\0');
    Bytes message = present(rest) ? rest : TEXT("127.0.0.1 - frank [10/Oct/2000] \"GET /\" 404 15");
    const FilterPattern *pattern = filter_pattern_read(arena, text, &fault, &detail);
    EXPECT((pattern == NULL) == (fault != FILTER_PATTERN_FINE));
    if (!pattern)
        return;
    FilterSubject subject = filter_subject(arena, message);
    if (!filter_pattern_matches(pattern, &subject))
        return;
    FilterFields fields = filter_pattern_fields(pattern, &subject);
    for (size_t i = 0; i < fields.len && i < 20; i++)
        EXPECT(present(filter_pattern_value(pattern, &subject, fields.items[i].name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    budgeted(use, (Bytes){(const char *)data, size});
    return 0;
}
