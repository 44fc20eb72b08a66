/* judge.c - some operations do not repeat a value that they refuse, nor what could stand for it: as recorded of those
 * on service-specific credentials. */
#include "judge.h"
#include "iam_operations.h"

static const Operation *const discreet[] = {
    &IamCreateServiceSpecificCredential, &IamListServiceSpecificCredentials,  &IamUpdateServiceSpecificCredential,
    &IamResetServiceSpecificCredential,  &IamDeleteServiceSpecificCredential,
};

static bool is_discreet(const Operation *operation)
{
    for (size_t i = 0; i < sizeof discreet / sizeof *discreet; i++)
        if (operation == discreet[i])
            return true;
    return false;
}

/* "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set" */
static Bytes discreet_text(Arena *arena, const Complaint *complaint)
{
    Bytes rest = complaint->constraint;
    Bytes constraint = bytes_starts_with(rest, TEXT("Member must satisfy enum")) ? bytes_cut(&rest, ':') : rest;
    return arena_text(arena, "Value at '" BYTES_FMT "' failed to satisfy constraint: " BYTES_FMT,
                      BYTES_ARG(complaint->path), BYTES_ARG(constraint));
}

Status iam_judge(Call *call, const void *in, const Complaints *complaints)
{
    Complaints told = *complaints;
    (void)in;
    if (!told.count)
        return OK;
    if (is_discreet(call->operation))
        for (int i = 0; i < told.count; i++)
            told.items[i].text = discreet_text(call->arena, &told.items[i]);
    return fail(call, &COMMON_VALIDATION, BYTES_FMT, BYTES_ARG(complaints_message(call->arena, &told)));
}
