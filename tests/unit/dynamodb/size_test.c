/* size_test.c - what numbers and items weigh, to the byte, and how long numbers are stored.
 * aws-test: numbers as measured at the 409,600 bytes of an item (github.com/nubo-db/dynamodb-conformance,
 * numberByteSize). */
#include "dynamodb_model.h"
#include "value.h"
#include "wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct {
    const char *text;
    size_t bytes;
} numbers[] = {
    {"0", 1},
    {"-0", 1},
    {"0.000", 1},
    {"0E5", 1},
    {"1", 2},
    {"12", 2},
    {"123", 3},
    {"1234", 3},
    {"123456", 4},
    {"12345678901234567890123456789012345678", 20},
    {"0042", 2},
    {"100", 2},
    {"0.1", 2},
    {"1010", 3},
    {"15", 2},
    {"1.5", 3},
    {"1.2", 3},
    {"1.200", 3},
    {"1.234", 4},
    {"0.15", 2},
    {"3.14159", 5},
    {"100.5", 4},
    {"0.0000001", 2},
    {"1E125", 2},
    {"1e125", 2},
    {"1E-100", 2},
    {"12E-101", 3},
    {"-42", 3},
    {"-4.2", 4},
    {"-1E-130", 3},
    {"1.2345678901234567890123456789012345678", 21},
    {"-1.2345678901234567890123456789012345678", 21},
};

static void a_number_weighs_its_significant_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Number parsed;
        assert_int_equal(number_parse(bytes_of(numbers[i].text), &parsed), NUMBER_FINE);
        size_t sent = number_size(bytes_of(numbers[i].text)),
               kept = number_size(number_text(arena, &parsed, (Bytes){0}));
        if (sent != numbers[i].bytes || kept != numbers[i].bytes)
            fail_msg("%s: %zu as sent, %zu as kept, expected %zu", numbers[i].text, sent, kept, numbers[i].bytes);
    }
}

static Item item_of(const char *json)
{
    DynamodbPutItemInput in = {0};
    Bytes message, body = arena_text(arena, "{\"Item\":%s}", json);
    assert_int_equal(json_decode(arena, DynamodbPutItemModel.input, body, &in, &message), WIRE_OK);
    return (Item){(Attribute *)(void *)in.item.items, in.item.len};
}

static void an_item_weighs_its_names_and_values(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        size_t bytes;
    } cases[] = {
        {"{}", 0},
        {"{\"a\":{\"S\":\"\"}}", 1},
        {"{\"a\":{\"S\":\"xy\"}}", 3},
        {"{\"\\u00e9\":{\"S\":\"\\ud83d\\ude00\"}}", 6},
        {"{\"a\":{\"B\":\"AAEC\"}}", 4},
        {"{\"a\":{\"NULL\":true}}", 2},
        {"{\"a\":{\"BOOL\":false}}", 2},
        {"{\"a\":{\"N\":\"100\"}}", 3},
        {"{\"a\":{\"SS\":[\"x\",\"yz\"]}}", 4},
        {"{\"a\":{\"NS\":[\"1\",\"-1\"]}}", 6},
        {"{\"a\":{\"BS\":[\"AAEC\"]}}", 4},
        {"{\"a\":{\"L\":[]}}", 4},
        {"{\"a\":{\"M\":{}}}", 4},
        {"{\"a\":{\"L\":[{\"S\":\"x\"},{\"NULL\":true}]}}", 8},
        {"{\"a\":{\"M\":{\"bc\":{\"S\":\"x\"}}}}", 8},
        {"{\"a\":{\"M\":{\"b\":{\"L\":[{\"M\":{}}]}}}}", 13},
        /* github.com/LeeroyHannigan/DynamoDB-ItemSizeCalculator, README: 137 */
        {"{\"Id\":{\"N\":\"101\"},\"Title\":{\"S\":\"Book 101 Title\"},\"ISBN\":{\"S\":\"111-1111111111\"},"
         "\"Authors\":{\"L\":[{\"S\":\"Author1\"}]},\"Price\":{\"N\":\"2\"},\"Dimensions\":{\"S\":\"8.5 x 11.0 x 0.5\"},"
         "\"PageCount\":{\"N\":\"500\"},\"InPublication\":{\"BOOL\":true},\"ProductCategory\":{\"S\":\"Book\"}}",
         137},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Item item = item_of(cases[i].json);
        if (item_size(&item) != cases[i].bytes)
            fail_msg("%s: %zu, expected %zu", cases[i].json, item_size(&item), cases[i].bytes);
    }
}

static void a_size_is_not_counted_further_than_asked(void **state)
{
    (void)state;
    Item item = item_of("{\"a\":{\"L\":[{\"S\":\"xxxx\"},{\"S\":\"xxxx\"},{\"S\":\"xxxx\"},{\"S\":\"xxxx\"}]}}");
    assert_int_equal(item_size(&item), 24);
    assert_int_equal(item_size_within(&item, 24), 24);
    assert_true(item_size_within(&item, 10) > 10);
}

/* What is stored is short; what is read again has every zero. */
static void a_number_of_many_zeros_is_stored_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Number parsed;
        Buffer stored = {0};
        assert_int_equal(number_parse(bytes_of(numbers[i].text), &parsed), NUMBER_FINE);
        Bytes text = number_text(arena, &parsed, (Bytes){0});
        Item item = item_of("{\"n\":{\"N\":\"1\"},\"s\":{\"NS\":[\"1\"]},\"l\":{\"L\":[{\"N\":\"1\"}]}}");
        item.items[0].value.n = item.items[1].value.ss.items[0] = item.items[2].value.l.items[0].n = text;
        item_encode(&stored, &item);
        Item again = item_decode(arena, buffer_bytes(&stored));
        assert_true(stored.len < 200);
        assert_true(bytes_equal(again.items[0].value.n, text));
        assert_true(bytes_equal(again.items[1].value.ss.items[0], text));
        assert_true(bytes_equal(again.items[2].value.l.items[0].n, text));
        buffer_done(&stored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_weighs_its_significant_digits),
        cmocka_unit_test(an_item_weighs_its_names_and_values),
        cmocka_unit_test(a_size_is_not_counted_further_than_asked),
        cmocka_unit_test(a_number_of_many_zeros_is_stored_short),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
