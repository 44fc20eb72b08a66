/* automaton.c - a regular expression, and behind the first zero the text that it is looked for in. */
#include "automaton.h"
#include "budgeted.h"
#include "fuzz.h"

static void use(Arena *arena, Bytes input)
{
    Bytes rest = input, text = bytes_cut(&rest, '\0'), groups[AUTOMATON_GROUPS_MAX + 1];
    for (int dialect = AUTOMATON_OF_FILTERS; dialect <= AUTOMATON_OF_INSIGHTS; dialect++) {
        AutomatonFault fault;
        const Automaton *one = automaton_read(arena, text, (AutomatonDialect)dialect, &fault);
        EXPECT((one == NULL) == (fault != AUTOMATON_FINE));
        if (!one)
            continue;
        bool is_found = automaton_search(arena, one, rest, groups);
        EXPECT(is_found == automaton_search(arena, one, rest, NULL));
        EXPECT(is_found == present(groups[0]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    budgeted(use, (Bytes){(const char *)data, size});
    return 0;
}
