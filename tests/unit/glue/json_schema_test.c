/* json_schema_test.c - where references lead, and what large definitions cost. */
#include "budget.h"
#include "buffer.h"
#include "json_schema/json_schema.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* JSON Schema draft-07, section 8; RFC 3986, 5.2. */
static void references_lead_where_their_uris_say(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_found;
    } cases[] = {
        {"{\"$id\":\"http://x/a/b.json\",\"allOf\":[{\"$id\":\"c.json\"},{\"$ref\":\"http://x/a/"
         "c.json\"},{\"$ref\":\"c.json#\"}]}",
         true},
        {"{\"$id\":\"http://x/a/\",\"allOf\":[{\"$id\":\"b/c\"},{\"$ref\":\"http://x/a/b/c\"},{\"$ref\":\"b/c\"}]}",
         true},
        {"{\"$id\":\"http://x/a/\",\"not\":{\"$id\":\"b/\",\"allOf\":[{\"$id\":\"c\"},{\"$ref\":\"http://x/a/b/"
         "c\"},{\"$ref\":\"c\"}]}}",
         true},
        {"{\"$id\":\"http://x/a/\",\"not\":{\"$id\":\"b/\",\"allOf\":[{\"$id\":\"c\"},{\"$ref\":\"b/c\"}]}}", false},
        {"{\"$id\":\"http://x/a\",\"allOf\":[{\"$id\":\"b\"},{\"$ref\":\"http://x/a/b\"}]}", false},
        {"{\"allOf\":[{\"$id\":\"#n\"},{\"$ref\":\"#n\"}]}", true},
        {"{\"$id\":\"http://x/y\",\"allOf\":[{\"$id\":\"#n\"},{\"$ref\":\"http://x/y#n\"},{\"$ref\":\"y#n\"}]}", true},
        {"{\"$id\":\"http://x/y\",\"allOf\":[{\"$id\":\"#n\"},{\"$ref\":\"z#n\"}]}", false},
        {"{\"not\":{\"$ref\":\"#n\"}}", false},
        {"{\"not\":{\"$ref\":\"other.json\"}}", false},
        {"{\"not\":{\"$ref\":\"http://json-schema.org/draft-07/schema#\"}}", true},
        {"{\"not\":{\"$ref\":\"https://json-schema.org/draft-04/schema\"}}", true},
        {"{\"not\":{\"$ref\":\"http://json-schema.org/draft-03/schema\"}}", false},
        {"{\"$id\":\"http://json-schema.org/x\",\"not\":{\"$ref\":\"draft-06/schema\"}}", true},
        {"{\"allOf\":[{\"$ref\":\"#/allOf/1\"},{}]}", true},
        {"{\"allOf\":[{\"$ref\":\"#/allOf/2\"},{}]}", false},
        {"{\"definitions\":{\"a/b~%\":{}},\"not\":{\"$ref\":\"#/definitions/a~1b~0%25\"}}", true},
        {"{\"$id\":\"http://x/y\",\"definitions\":{\"d\":{}},\"not\":{\"$ref\":\"y#/definitions/d\"}}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Bytes reason = {0};
        if ((json_schema_parse(arena, bytes_of(cases[i].text), &reason) != NULL) != cases[i].is_found)
            fail_msg("%s: %s", cases[i].text, reason.len ? arena_cstr(arena, reason) : "read");
        arena_free(arena);
    }
}

/* "before item,item,… after"; # is the item's number. */
static const JsonSchema *many(Arena *arena, const char *before, const char *format, const char *after)
{
    Buffer text = {0};
    Bytes reason = {0};
    buffer_append_text(&text, before);
    for (int i = 0; text.len < 165000; i++) {
        Bytes item = arena_text(arena, "%s%d", i ? "," : "", i);
        buffer_append(&text, bytes_slice(item, 0, i > 0));
        for (const char *at = format; *at; at++)
            buffer_append(&text, *at == '#' ? bytes_slice(item, i > 0, item.len - (i > 0)) : (Bytes){at, 1});
    }
    buffer_append_text(&text, after);
    const JsonSchema *schema = json_schema_parse(arena, buffer_bytes(&text), &reason);
    if (!schema)
        fail_msg("%s", arena_cstr(arena, reason));
    buffer_done(&text);
    return schema;
}

typedef struct Side {
    const char *before, *item, *after;
} Side;

/* Each of them took seconds or minutes, or gigabytes; what it takes now is counted. */
static void large_definitions_cost_no_more_than_a_call_may(void **state)
{
    (void)state;
    static const struct {
        Side reader, writer;
        bool reads;
    } cases[] = {
        {{"{\"allOf\":[", "{\"uniqueItems\":true}", "]}"}, {"{\"enum\":[[", "[#,[#]]", "]]}"}, true},
        {{"{\"enum\":[", "\"a#\"", "]}"}, {"{\"enum\":[\"x\",", "\"a#\"", "]}"}, false},
        {{"{\"required\":[", "\"a#\"", "]}"}, {"{\"required\":[\"x\",", "\"a#\"", "]}"}, false},
        {{"{\"type\":\"string\",\"pattern\":\"^(a+)+$\",\"allOf\":[", "{}", "]}"},
         {"{\"enum\":[\"x", "aa", "\"]}"},
         false},
        {{"{\"patternProperties\":{", "\"^(a*)*#$\":false", "}}"},
         {"{\"properties\":{", "\"aaaaaaaaa#\":{}", "}}"},
         false},
        {{"{\"allOf\":[", "{\"x\":#}", "]}"}, {"{\"allOf\":[", "{\"y\":#}", "]}"}, false},
        {{"{\"oneOf\":[", "{\"minLength\":#}", "]}"}, {"{\"oneOf\":[", "{\"maxLength\":#}", "]}"}, false},
        {{"{\"properties\":{", "\"p#\":{\"$ref\":\"\"}", "}}"},
         {"{\"properties\":{\"q\":{},", "\"p#\":{\"$ref\":\"\"}", "}}"},
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Mismatch mismatch = {0};
        const JsonSchema *reader = many(arena, cases[i].reader.before, cases[i].reader.item, cases[i].reader.after);
        const JsonSchema *writer = many(arena, cases[i].writer.before, cases[i].writer.item, cases[i].writer.after);
        if (json_schema_can_read(arena, reader, writer, &mismatch) != cases[i].reads)
            fail_msg("%zu: %s", i, present(mismatch.what) ? arena_cstr(arena, mismatch.what) : "is read");
        assert_true(budget_spent(arena) < 4000000);
        assert_true(arena_held(arena) < 64 << 20);
        arena_free(arena);
    }
}

/* Below an $id of 80 kB, 6,000 others and as many references. */
static void a_long_id_is_kept_once(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_text(&text, "{\"$id\":\"http://x/");
    for (int i = 0; i < 40000; i++)
        buffer_append_text(&text, "a/");
    buffer_append_text(&text, "\",\"allOf\":[");
    buffer_append_char(&text, '\0');
    many(arena, text.ptr, "{\"$id\":\"b/n#\"},{\"$ref\":\"b/n#\"}", "]}");
    buffer_done(&text);
    assert_true(budget_spent(arena) < 4000000);
    assert_true(arena_held(arena) < 32 << 20);
    arena_free(arena);
}

static void a_list_has_twins_whatever_the_order_of_members(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool has_twins;
    } cases[] = {
        {"[]", false},
        {"[1,2,3]", false},
        {"[1,2,1.0]", true},
        {"[0,-0.0]", true},
        {"[1,true,\"1\",null,false,0]", false},
        {"[{\"a\":1,\"b\":[2]},{\"b\":[2],\"a\":1}]", true},
        {"[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1}]", false},
        {"[[1,2],[2,1]]", false},
        {"[{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1},"
         "{\"i\":1,\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1}]",
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Bytes reason;
        const JsonValue *list = json_value_read(arena, bytes_of(cases[i].text), &reason);
        Effort effort = effort_new(arena, 1000);
        if (json_list_has_twins(&effort, list) != cases[i].has_twins)
            fail_msg("%s", cases[i].text);
        for (size_t j = 0; j < list->count; j++)
            assert_true(json_list_has(&effort, list, &list->items[j]));
        arena_free(arena);
    }
}

/* As an _ALL mode does: what one comparison has made is gone at the next. */
static void a_schema_is_held_against_one_after_the_other(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Bytes reason;
    Mismatch mismatch;
    const JsonSchema *reader =
        json_schema_parse(arena, TEXT("{\"enum\":[\"ab\",[1,2]],\"pattern\":\"^a+b\",\"uniqueItems\":true}"), &reason);
    for (int i = 0; i < 5; i++) {
        ArenaMark mark = arena_mark(arena);
        const JsonSchema *writer = json_schema_parse(arena, TEXT("{\"enum\":[[1,2],\"ab\"],\"title\":\"w\"}"), &reason);
        assert_true(json_schema_can_read(arena, reader, writer, &mismatch));
        assert_true(json_schema_can_read(arena, writer, reader, &mismatch));
        size_t used = arena_used(arena) - mark.used;
        arena_rewind(arena, mark);
        memset(arena_take_raw(arena, used), 0xa5, used);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_lead_where_their_uris_say),
        cmocka_unit_test(large_definitions_cost_no_more_than_a_call_may),
        cmocka_unit_test(a_long_id_is_kept_once),
        cmocka_unit_test(a_schema_is_held_against_one_after_the_other),
        cmocka_unit_test(a_list_has_twins_whatever_the_order_of_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
