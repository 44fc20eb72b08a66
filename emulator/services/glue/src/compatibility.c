/* compatibility.c */
#include "compatibility.h"

Mode mode_of(Bytes compatibility)
{
    bool full = bytes_starts_with(compatibility, TEXT("FULL"));
    return (Mode){
        .backward = full || bytes_starts_with(compatibility, TEXT("BACKWARD")),
        .forward = full || bytes_starts_with(compatibility, TEXT("FORWARD")),
        .all = compatibility.len > 4 && bytes_equal(bytes_slice(compatibility, compatibility.len - 4, 4), TEXT("_ALL")),
    };
}

Verdict mode_judge(Arena *arena, Mode mode, const DefinitionPair *pair)
{
    const Format *format = pair->format;
    Verdict verdict = {.is_new_reader = true};
    if (mode.backward && !format->can_read(arena, pair->next, pair->before, &verdict.mismatch))
        return verdict;
    verdict.is_new_reader = false;
    if (mode.forward && !format->can_read(arena, pair->before, pair->next, &verdict.mismatch))
        return verdict;
    return (Verdict){.is_compatible = true};
}
