/* avro_test.c - what is an Avro schema, and which may follow which. */
#include "avro.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RECORD(fields)             "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name, type)          "{\"name\":\"" name "\",\"type\":" type "}"
#define DEFAULT(name, type, value) "{\"name\":\"" name "\",\"type\":" type ",\"default\":" value "}"

static void schemas_are_told_from_what_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"\"string\"", true},
        {"\"strin\"", false},
        {"{\"type\":\"string\",\"logicalType\":\"uuid\"}", true},
        {"{", false},
        {"5", false},
        {"[]", true},
        {"[\"null\",\"string\"]", true},
        {"[\"null\",\"null\"]", false},
        {"[\"null\",[\"int\"]]", false},
        {"{\"type\":\"array\",\"items\":\"int\"}", true},
        {"{\"type\":\"array\"}", false},
        {"{\"type\":\"map\",\"values\":[\"null\",\"long\"]}", true},
        {"{\"type\":\"fixed\",\"name\":\"F\",\"size\":16}", true},
        {"{\"type\":\"fixed\",\"name\":\"F\"}", false},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", true},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}", false},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A-B\"]}", false},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}", false},
        {"{\"type\":\"record\",\"fields\":[]}", false},
        {"{\"type\":\"record\",\"name\":\"1R\",\"fields\":[]}", false},
        {"{\"type\":\"record\",\"name\":\"a.b.R\"}", false},
        {RECORD(""), true},
        {RECORD(FIELD("a", "\"int\"") "," FIELD("a", "\"int\"")), false},
        {RECORD(FIELD("next", "[\"null\",\"R\"]")), true},
        {RECORD(FIELD("other", "\"S\"")), false},
        {RECORD(DEFAULT("a", "\"int\"", "1")), true},
        {RECORD(DEFAULT("a", "\"int\"", "\"1\"")), false},
        {RECORD(DEFAULT("a", "[\"null\",\"int\"]", "null")), true},
        {RECORD(DEFAULT("a", "[\"null\",\"int\"]", "1")), false},
        {RECORD(DEFAULT("a", "{\"type\":\"array\",\"items\":\"int\"}", "[]")), true},
        {RECORD(DEFAULT("a", "{\"type\":\"array\",\"items\":\"int\"}", "[null]")), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Bytes reason;
        bool valid = avro_parse(arena, bytes_of(cases[i].text), &reason) != NULL;
        if (valid != cases[i].valid)
            fail_msg("%s: %s", cases[i].text, valid ? "taken" : arena_cstr(arena, reason));
        arena_free(arena);
    }
}

static void readers_resolve_what_writers_wrote(void **state)
{
    (void)state;
    static const struct {
        const char *reader, *writer;
        bool good;
    } cases[] = {
        {"\"long\"", "\"int\"", true},
        {"\"int\"", "\"long\"", false},
        {"\"double\"", "\"float\"", true},
        {"\"string\"", "\"bytes\"", true},
        {"\"bytes\"", "\"string\"", true},
        {"\"boolean\"", "\"int\"", false},
        {"[\"null\",\"string\"]", "\"string\"", true},
        {"\"string\"", "[\"null\",\"string\"]", false},
        {"[\"null\",\"string\",\"int\"]", "[\"null\",\"int\"]", true},
        {"[\"null\",\"int\"]", "[\"null\",\"string\"]", false},
        {"{\"type\":\"array\",\"items\":\"long\"}", "{\"type\":\"array\",\"items\":\"int\"}", true},
        {"{\"type\":\"map\",\"values\":\"int\"}", "{\"type\":\"map\",\"values\":\"string\"}", false},
        {RECORD(FIELD("a", "\"int\"")), RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"int\"")), true},
        {RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"int\"")), RECORD(FIELD("a", "\"int\"")), false},
        {RECORD(FIELD("a", "\"int\"") "," DEFAULT("b", "\"int\"", "0")), RECORD(FIELD("a", "\"int\"")), true},
        {RECORD(FIELD("a", "\"int\"") "," FIELD("b", "[\"null\",\"int\"]")), RECORD(FIELD("a", "\"int\"")), false},
        {RECORD("{\"name\":\"new\",\"aliases\":[\"old\"],\"type\":\"int\"}"), RECORD(FIELD("old", "\"int\"")), true},
        {"{\"type\":\"record\",\"name\":\"x.R\",\"fields\":[]}", RECORD(""), true},
        {"{\"type\":\"record\",\"name\":\"S\",\"fields\":[]}", RECORD(""), false},
        {"{\"type\":\"record\",\"name\":\"S\",\"aliases\":[\"R\"],\"fields\":[]}", RECORD(""), true},
        {RECORD(FIELD("next", "[\"null\",\"R\"]")), RECORD(FIELD("next", "[\"null\",\"R\"]")), true},
        {RECORD(FIELD("next", "[\"null\",\"R\"]") "," FIELD("a", "\"int\"")), RECORD(FIELD("next", "[\"null\",\"R\"]")),
         false},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}",
         "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", true},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}",
         "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", false},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}",
         "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", true},
        {"{\"type\":\"fixed\",\"name\":\"F\",\"size\":4}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":8}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Bytes reason = {0};
        const AvroSchema *reader = avro_parse(arena, bytes_of(cases[i].reader), &reason),
                         *writer = avro_parse(arena, bytes_of(cases[i].writer), &reason);
        assert_true(reader && writer);
        bool good = avro_can_read(arena, reader, writer, &reason);
        if (good != cases[i].good)
            fail_msg("%s reading %s", cases[i].reader, cases[i].writer);
        assert_int_equal(present(reason), !good);
        arena_free(arena);
    }
}

static void white_space_makes_no_other_schema(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Bytes spaced = avro_canonical(arena, TEXT("{\"type\": \"record\", \"name\": \"R\", \"fields\": []}"));
    assert_true(bytes_equal(spaced, avro_canonical(arena, TEXT("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"))));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_are_told_from_what_is_none),
        cmocka_unit_test(readers_resolve_what_writers_wrote),
        cmocka_unit_test(white_space_makes_no_other_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
