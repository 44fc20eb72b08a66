/* query_form.c - awsQuery forms. The first byte chooses the operation. Answers are XML, which nobody here reads back:
 * what was read must be fit to be written. */
#include "operations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    const Shape *shape = operation_chosen(data)->input;
    Bytes form = {(const char *)data + 1, size - 1}, message = {0};
    Arena *arena = arena_new();
    Validator *validator = validator_new();
    Buffer out = {0};
    void *value = arena_take(arena, shape->size);
    (void)query_parameter(arena, form, TEXT("Action"));
    if (query_decode(arena, shape, form, value, &message) == WIRE_OK) {
        Complaints complaints;
        if (validate(validator, arena, shape, value, &complaints))
            EXPECT(bytes_is_utf8(complaints_message(arena, &complaints)));
        xml_append_members(&out, shape, value);
    } else {
        EXPECT(present(message) && bytes_is_utf8(message));
    }
    buffer_done(&out);
    validator_free(validator);
    arena_free(arena);
    return 0;
}
