/* number.c - DynamoDB's numbers: two of them, apart by a space. Each has one text and one place in the order of stored
 * keys; sums know no order of their operands. */
#include "number.h"
#include "fuzz.h"

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void check_text(Arena *arena, const Number *number)
{
    Number again;
    Bytes text = number_text(arena, number, (Bytes){0});
    EXPECT(number_parse(text, &again) == NUMBER_FINE);
    EXPECT(number_compare(number, &again) == 0);
    EXPECT(bytes_equal(text, number_text(arena, &again, (Bytes){0})));
}

static void check_pair(const Number *a, const Number *b)
{
    Buffer key_a = {0}, key_b = {0};
    Number sum, other;
    number_encode(&key_a, a);
    number_encode(&key_b, b);
    int order = sign(number_compare(a, b));
    EXPECT(sign(bytes_compare(buffer_bytes(&key_a), buffer_bytes(&key_b))) == order);
    EXPECT(sign(number_compare(b, a)) == -order);
    NumberFault fault = number_add(a, b, &sum);
    EXPECT(number_add(b, a, &other) == fault);
    EXPECT(fault != NUMBER_FINE || number_compare(&sum, &other) == 0);
    buffer_done(&key_a);
    buffer_done(&key_b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Number a, b;
    Bytes second = {(const char *)data, size}, first = bytes_cut(&second, ' ');
    Arena *arena = arena_new();
    if (number_parse(first, &a) == NUMBER_FINE) {
        check_text(arena, &a);
        check_pair(&a, &a);
        if (present(second) && number_parse(second, &b) == NUMBER_FINE)
            check_pair(&a, &b);
    }
    arena_free(arena);
    return 0;
}
