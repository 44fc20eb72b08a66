/* avro_test.c - what is an Avro schema, and which may follow which. */
#include "avro.h"
#include "buffer.h"
#include "canonical.h"
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
        {"[{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},\"int\",\"F\"]", false},
        {"[{\"type\":\"record\",\"name\":\"R\",\"fields\":[" FIELD("f", "[\"null\",\"R\"]") "]},\"int\"]", true},
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
        {RECORD(DEFAULT("a", "\"double\"", "\"NaN\"")), true},
        {RECORD(DEFAULT("a", "\"double\"", "\"one\"")), false},
        {"{\"type\":{\"type\":\"string\"}}", false},
        {"{\"type\":\"fixed\",\"name\":\"int\",\"size\":1}", false},
        {"{\"type\":\"fixed\",\"name\":\"a.int\",\"size\":1}", true},
        {"{\"type\":\"fixed\",\"name\":\"F\",\"namespace\":\"my-company\",\"size\":1}", true},
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
        Mismatch mismatch = {0};
        const AvroSchema *reader = avro_parse(arena, bytes_of(cases[i].reader), &reason),
                         *writer = avro_parse(arena, bytes_of(cases[i].writer), &reason);
        assert_true(reader && writer);
        bool good = avro_can_read(arena, reader, writer, &mismatch);
        if (good != cases[i].good)
            fail_msg("%s reading %s", cases[i].reader, cases[i].writer);
        assert_int_equal(present(mismatch.what), !good);
        arena_free(arena);
    }
}

/* R0 is "int" or "string" in each of two namespaces, R1 either of them, and so on: 2^60 ways down, all of them wrong.
 */
static const AvroSchema *towers(Arena *arena, const char *type)
{
    Bytes inner = arena_text(arena, "\"%s\"", type), again = inner, reason;
    for (int i = 0; i < 60; i++) {
        inner = arena_text(
            arena,
            "[{\"type\":\"record\",\"name\":\"a.R%d\",\"fields\":[" FIELD(
                "f", BYTES_FMT) "]},{\"type\":\"record\",\"name\":\"b.R%d\",\"fields\":[" FIELD("f", BYTES_FMT) "]}]",
            i, BYTES_ARG(inner), i, BYTES_ARG(again));
        again = arena_text(arena, "[\"a.R%d\",\"b.R%d\"]", i, i);
    }
    const AvroSchema *schema = avro_parse(arena, inner, &reason);
    if (!schema)
        fail_msg("%s", arena_cstr(arena, reason));
    return schema;
}

static void a_tower_of_unions_is_resolved_in_no_time(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Mismatch mismatch = {0};
    assert_false(avro_can_read(arena, towers(arena, "int"), towers(arena, "string"), &mismatch));
    assert_true(present(mismatch.path));
    assert_true(avro_can_read(arena, towers(arena, "long"), towers(arena, "int"), &mismatch));
    arena_free(arena);
}

/* Records R, each with the one before it as its n; the first has the last. The other fields are there to define them.
 */
static const AvroSchema *ring(Arena *arena, char letter, int length)
{
    Buffer text = {0};
    Bytes reason = {0};
    buffer_append_text(&text, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
    for (int i = 1; i < length; i++) {
        Bytes before = i > 1 ? arena_text(arena, "s%d.R", i - 1) : TEXT("R");
        buffer_append_format(
            &text,
            "{\"name\":\"%c%d\",\"default\":null,\"type\":[\"null\",{\"type\":\"record\",\"name\":\"s%d.R\",\"fields\":[{\"name\":\"n\",\"type\":\"" BYTES_FMT
            "\"}]}]},",
            letter, i, i, BYTES_ARG(before));
    }
    buffer_append_format(&text, "{\"name\":\"n\",\"type\":\"s%d.R\"}]}", length - 1);
    const AvroSchema *schema = avro_parse(arena, buffer_bytes(&text), &reason);
    buffer_done(&text);
    assert_non_null(schema);
    return schema;
}

/* The pairs of two rings of coprime lengths are as many as the lengths multiplied, each below the one before. */
static void rings_of_records_are_followed_only_so_deep(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Mismatch mismatch = {0};
    assert_true(avro_can_read(arena, ring(arena, 'a', 20), ring(arena, 'b', 19), &mismatch));
    assert_false(avro_can_read(arena, ring(arena, 'a', 1400), ring(arena, 'b', 1399), &mismatch));
    assert_non_null(strstr(arena_cstr(arena, mismatch.what), "too deeply"));
    arena_free(arena);
}

/* The namespace stands before the name of each record: 3,000 of 100 kB each, did each have its own. */
static void a_long_namespace_is_kept_once(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Buffer text = {0};
    Bytes reason = {0};
    buffer_append_text(&text, "[{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"");
    for (int i = 0; i < 50000; i++)
        buffer_append_text(&text, "a.");
    buffer_append_text(&text, "a\",\"aliases\":[\"S\"],\"fields\":[{\"name\":\"f\",\"type\":[\"null\"");
    for (int i = 0; i < 3000; i++)
        buffer_append_format(&text, ",{\"type\":\"fixed\",\"name\":\"F%d\",\"size\":1}", i);
    buffer_append_text(&text, "]}]}]");
    const AvroSchema *schema = avro_parse(arena, buffer_bytes(&text), &reason);
    buffer_done(&text);
    assert_non_null(schema);
    assert_true(arena_held(arena) < 8 << 20);
    arena_free(arena);
}

static void white_space_and_order_of_members_make_no_other_schema(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Bytes spaced = canonical_json(arena, TEXT("{\"type\": \"record\", \"name\": \"R\", \"fields\": []}"));
    assert_true(bytes_equal(spaced, canonical_json(arena, TEXT("{\"name\":\"R\",\"type\":\"record\",\"fields\":[]}"))));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_are_told_from_what_is_none),
        cmocka_unit_test(readers_resolve_what_writers_wrote),
        cmocka_unit_test(a_tower_of_unions_is_resolved_in_no_time),
        cmocka_unit_test(rings_of_records_are_followed_only_so_deep),
        cmocka_unit_test(a_long_namespace_is_kept_once),
        cmocka_unit_test(white_space_and_order_of_members_make_no_other_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
