/* number_test.c - numbers: exact sums, one text each, and an encoding that sorts as they do. Wide random numbers are
 * held against 128-bit integers. */
#include "number.h"
#include "random.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Number number(const char *text)
{
    Number parsed;
    assert_int_equal(number_parse(bytes_of(text), &parsed), NUMBER_FINE);
    return parsed;
}

static void assert_text(const char *written, const char *expected)
{
    Arena *arena = arena_new();
    Number parsed = number(written);
    Bytes text = number_text(arena, &parsed, (Bytes){0});
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
    arena_free(arena);
}

static void a_number_has_one_text(void **state)
{
    (void)state;
    assert_text("0", "0");
    assert_text("-0.000", "0");
    assert_text("+7", "7");
    assert_text("007.500", "7.5");
    assert_text(".5", "0.5");
    assert_text("5.", "5");
    assert_text("1e3", "1000");
    assert_text("1E-3", "0.001");
    assert_text("-12.5e+1", "-125");
    assert_text("12345678901234567890123456789012345678", "12345678901234567890123456789012345678");
    assert_text("1e40", "10000000000000000000000000000000000000000");
}

static void what_is_no_number_or_too_much_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        NumberFault fault;
    } cases[] = {
        {"", NUMBER_NOT_ONE},
        {"-", NUMBER_NOT_ONE},
        {".", NUMBER_NOT_ONE},
        {"1e", NUMBER_NOT_ONE},
        {"0x10", NUMBER_NOT_ONE},
        {"1 ", NUMBER_NOT_ONE},
        {"NaN", NUMBER_NOT_ONE},
        {"1.2.3", NUMBER_NOT_ONE},
        {"9.99e125", NUMBER_FINE},
        {"1e126", NUMBER_TOO_LARGE},
        {"-1e126", NUMBER_TOO_LARGE},
        {"1e-130", NUMBER_FINE},
        {"1e-131", NUMBER_TOO_SMALL},
        {"1e99999999999", NUMBER_TOO_LARGE},
        {"0e99999999999", NUMBER_FINE},
        {"123456789012345678901234567890123456789", NUMBER_TOO_PRECISE},
        {"0.000000000000000000000000000000000000000001", NUMBER_FINE},
    };
    Number parsed;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (number_parse(bytes_of(cases[i].text), &parsed) != cases[i].fault)
            fail_msg("%s", cases[i].text);
}

static void assert_sum(const char *a, const char *b, const char *expected)
{
    Number one = number(a), other = number(b), sum;
    Arena *arena = arena_new();
    assert_int_equal(number_add(&one, &other, &sum), NUMBER_FINE);
    Bytes text = number_text(arena, &sum, (Bytes){0});
    if (!bytes_is(text, expected))
        fail_msg("%s + %s is told to be " BYTES_FMT, a, b, BYTES_ARG(text));
    arena_free(arena);
}

static void sums_are_exact(void **state)
{
    (void)state;
    assert_sum("0.1", "0.2", "0.3");
    assert_sum("1", "-1", "0");
    assert_sum("99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000");
    assert_sum("-0.5", "10000000000000000000000000000000000000", "9999999999999999999999999999999999999.5");
    assert_sum("1e125", "0",
               number("1e125").count == 1
                   ? "1"
                     "00000000000000000000000000000000000000000000000000"
                     "000000000000000000000000000000000000000000000000000000000000000000000000000"
                   : "");
    Number one = number("1e30"), other = number("1e-30"), sum;
    assert_int_equal(number_add(&one, &other, &sum), NUMBER_TOO_PRECISE);
    one = number("9e125"), other = number("9e125");
    assert_int_equal(number_add(&one, &other, &sum), NUMBER_TOO_LARGE);
}

/* A random integer of up to 36 digits, as text too, scaled by 10^-12. */
static __int128 random_scaled(Random *random, char *text)
{
    __int128 value = 0;
    int digits = 1 + (int)random_below(random, 36);
    for (int i = 0; i < digits; i++)
        value = value * 10 + (int)random_below(random, 10);
    bool is_negative = random_below(random, 2);
    char whole[64], *out = whole + sizeof whole;
    __int128 rest = value;
    *--out = 0;
    for (int i = 0; i < 40; i++, rest /= 10)
        *--out = (char)('0' + (int)(rest % 10));
    size_t len = strlen(out);
    sprintf(text, "%s%.*s.%s", is_negative ? "-" : "", (int)len - 12, out, out + len - 12);
    return is_negative ? -value : value;
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void random_numbers_sort_compare_and_add_as_integers_do(void **state)
{
    (void)state;
    Random *random = random_new_seeded(42);
    for (int i = 0; i < 20000; i++) {
        char text_a[80], text_b[80];
        __int128 a = random_scaled(random, text_a), b = random_scaled(random, text_b);
        if (random_below(random, 8) == 0)
            b = a, strcpy(text_b, text_a);
        Number x = number(text_a), y = number(text_b), sum, back;
        Buffer bytes_x = {0}, bytes_y = {0};
        int order = (a > b) - (a < b);
        assert_int_equal(sign(number_compare(&x, &y)), order);
        number_encode(&bytes_x, &x);
        number_encode(&bytes_y, &y);
        assert_int_equal(sign(bytes_compare(buffer_bytes(&bytes_x), buffer_bytes(&bytes_y))), order);
        assert_int_equal(number_add(&x, &y, &sum), NUMBER_FINE);
        Number minus = number_negated(&y);
        assert_int_equal(number_add(&sum, &minus, &back), NUMBER_FINE);
        assert_int_equal(number_compare(&back, &x), 0);
        buffer_done(&bytes_x);
        buffer_done(&bytes_y);
    }
    random_free(random);
}

static void exponents_sort_too(void **state)
{
    (void)state;
    static const char *const ascending[] = {"-9e125",  "-1e125", "-1e100", "-123.4", "-123.39", "-1",
                                            "-1e-130", "0",      "1e-130", "9e-130", "1e-100",  "0.1",
                                            "0.11",    "1",      "9.9",    "10",     "1e38",    "9e125"};
    for (size_t i = 0; i + 1 < sizeof ascending / sizeof *ascending; i++) {
        Number low = number(ascending[i]), high = number(ascending[i + 1]);
        Buffer bytes_low = {0}, bytes_high = {0};
        number_encode(&bytes_low, &low);
        number_encode(&bytes_high, &high);
        if (bytes_compare(buffer_bytes(&bytes_low), buffer_bytes(&bytes_high)) >= 0)
            fail_msg("%s is not below %s", ascending[i], ascending[i + 1]);
        buffer_done(&bytes_low);
        buffer_done(&bytes_high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_has_one_text), cmocka_unit_test(what_is_no_number_or_too_much_is_told),
        cmocka_unit_test(sums_are_exact),        cmocka_unit_test(random_numbers_sort_compare_and_add_as_integers_do),
        cmocka_unit_test(exponents_sort_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
