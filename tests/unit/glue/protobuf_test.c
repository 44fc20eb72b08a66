/* protobuf_test.c - what a .proto file's names mean, and what many of them cost. */
#include "buffer.h"
#include "protobuf/protobuf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PROTO3 "syntax=\"proto3\";"
#define ANY    "import \"google/protobuf/any.proto\";"

static const ProtoFile *parse(Arena *arena, const char *text, Bytes *ret_reason)
{
    *ret_reason = (Bytes){0};
    return proto_parse(arena, bytes_of(text), ret_reason);
}

/* Language Guide, "Packages and Name Resolution" */
static void a_name_is_looked_for_from_the_innermost_scope_outwards(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_found;
    } cases[] = {
        {"package a.b.c; message M{} message N{M f=1; c.M g=2; b.c.M h=3; a.b.c.M i=4; .a.b.c.M j=5;}", true},
        {"package a . b /* */ . c; message M{} message N{b . c . M f=1; . a.b . c.M g=2;}", true},
        {"package a.b.c; message M{} message N{b.M f=1;}", false},
        {"package a.b.c; message M{} message N{a.c.M f=1;}", false},
        {"package a.b.c; message M{} message N{.b.c.M f=1;}", false},
        {"package a.a.a; message M{} message N{a.a.a.M f=1; a.a.M g=2; a.M h=3;}", true},
        {"message M{message I{message J{}} I f=1; I.J g=2; M.I.J h=3;} message N{M.I.J f=1; .M.I g=2;}", true},
        {"message M{message I{}} message N{I f=1;}", false},
        {"message M{enum E{A=0;}} message N{M.E f=1;}", true},
        {"message M{enum E{A=0;}} message N{M.E.A f=1;}", false},
        {ANY "package p.q; message M{google.protobuf.Any a=1; .google.protobuf.Any b=2;}", true},
        {ANY "package google.protobuf; message M{Any a=1; protobuf.Any b=2; google.protobuf.Any c=3;}", true},
        {ANY "package google.x; message M{protobuf.Any a=1;}", true},
        {ANY "package googlex.protobuf; message M{Any a=1;}", false},
        {ANY ANY "message M{}", false},
        {"package google.protobuf; message M{Any a=1;}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena *arena = arena_new();
        Bytes reason;
        const char *text = arena_cstr(arena, arena_text(arena, PROTO3 "%s", cases[i].text));
        if ((parse(arena, text, &reason) != NULL) != cases[i].is_found)
            fail_msg("%s: %s", text, reason.len ? arena_cstr(arena, reason) : "read");
        arena_free(arena);
    }
}

static void an_error_is_told_with_its_line_also_behind_names_of_several_words(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Bytes reason;
    assert_null(parse(arena, PROTO3 "package a.\n\n b\n.c;\n message {", &reason));
    assert_non_null(strstr(arena_cstr(arena, reason), "line 5: {"));
    arena_free(arena);
}

/* "before item item … after" of some size. */
static const ProtoFile *many(Arena *arena, const char *before, const char *format, const char *after)
{
    Buffer text = {0};
    Bytes reason = {0};
    buffer_append_text(&text, before);
    for (int i = 1; text.len < 165000; i++) {
        Bytes item = arena_text(arena, "%d", i);
        for (const char *at = format; *at; at++)
            buffer_append(&text, *at == '#' ? item : (Bytes){at, 1});
    }
    buffer_append_text(&text, after);
    const ProtoFile *file = proto_parse(arena, buffer_bytes(&text), &reason);
    if (!file)
        fail_msg("%s", arena_cstr(arena, reason));
    buffer_done(&text);
    return file;
}

/* 8,000 messages, each with 80 kB of package before its name, had it a name of its own. */
static void a_deep_package_is_kept_once(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_text(&text, PROTO3 ANY "package a");
    for (int i = 0; i < 40000; i++)
        buffer_append_text(&text, i % 2 ? ".a" : " . a");
    buffer_append_text(&text, ";");
    buffer_append_char(&text, '\0');
    many(arena, text.ptr, "message M#{}", "");
    many(arena, text.ptr, "message M#{google.protobuf.Any f=1;}", "");
    buffer_done(&text);
    assert_true(arena_held(arena) < 16 << 20);
    arena_free(arena);
}

/* Each of these looked through all that stood before: some seconds of a debug build. */
static void many_members_are_sorted_and_not_looked_through(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Mismatch mismatch = {0};
    many(arena, PROTO3 "enum E{A=0;", "A#=#;", "}");
    many(arena, PROTO3, "enum E#{V#=0;}", "");
    const ProtoFile *fields =
        many(arena, PROTO3 "message M{reserved 20000 to max; reserved \"x\";", "int32 a#=#;", "}");
    const ProtoFile *oneof = many(arena, PROTO3 "message M{oneof o{", "int32 a#=#;", "}}");
    const ProtoFile *messages = many(arena, PROTO3, "message M#{}", "");
    assert_true(proto_can_read(arena, fields, oneof, &mismatch));
    assert_false(proto_can_read(arena, oneof, fields, &mismatch));
    assert_true(proto_can_read(arena, messages, messages, &mismatch));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_looked_for_from_the_innermost_scope_outwards),
        cmocka_unit_test(an_error_is_told_with_its_line_also_behind_names_of_several_words),
        cmocka_unit_test(a_deep_package_is_kept_once),
        cmocka_unit_test(many_members_are_sorted_and_not_looked_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
