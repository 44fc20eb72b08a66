/* rest_test.c - every case of the file that is named: what a request holds, what is refused, how answers and errors
 * are written. */
#include "rest_case.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CASES_MAX = 2000 };

typedef Bytes (*Judge)(Arena *arena, const RestCase *one);

typedef struct Trial {
    RestCase one;
    Judge judge;
} Trial;

static struct CMUnitTest tests[CASES_MAX];
static size_t tests_count;

static void run(void **state)
{
    const Trial *trial = *state;
    Arena *arena = arena_new();
    Bytes wrong = trial->judge(arena, &trial->one);
    char *words = present(wrong) ? strndup(wrong.ptr, wrong.len) : NULL;
    arena_free(arena);
    if (words)
        fail_msg("%s", words);
}

static const char *name_of(const RestCase *one, const char *kind)
{
    char *name = NULL;
    const char *own = json_string_value(json_object_get(one->json, "name"));
    if (asprintf(&name, one->each ? "%s: %s [%s]" : "%s: %s", kind, own, one->each) < 0)
        abort();
    return name;
}

static void add(const RestCase *one, const char *kind, Judge judge)
{
    Trial *trial = calloc(1, sizeof *trial);
    if (!trial || tests_count == CASES_MAX)
        abort();
    *trial = (Trial){*one, judge};
    tests[tests_count++] = (struct CMUnitTest){.name = name_of(one, kind), .test_func = run, .initial_state = trial};
}

static void add_all(const RestCase *of, const json_t *cases, const char *kind, Judge judge)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        RestCase one = *of;
        one.json = json_array_get(cases, i);
        const json_t *each = json_object_get(one.json, "each");
        for (size_t k = 0; k < json_array_size(each); k++) {
            one.each = json_string_value(json_array_get(each, k));
            add(&one, kind, judge);
        }
        if (!each)
            add(&one, kind, judge);
    }
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *file = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!file) {
        fprintf(stderr, "%s:%d: %s\n", argc == 2 ? argv[1] : "one file", error.line, error.text);
        return 1;
    }
    bool is_xml = strstr(argv[1], "xml") != NULL;
    RestCase one = {.tables = is_xml ? &TABLES_OF_REST_XML : &TABLES_OF_REST_JSON,
                    .protocol = is_xml ? &PROTOCOL_OF_REST_XML : &PROTOCOL_OF_REST_JSON};
    UriTable *uris = uri_table_new(one.tables->service);
    one.uris = uris;
    add_all(&one, json_object_get(file, "requests"), "request", case_request);
    add_all(&one, json_object_get(file, "refused"), "refused", case_refused);
    add_all(&one, json_object_get(file, "answers"), "answer", case_answer);
    add_all(&one, json_object_get(file, "errors"), "error", case_error);
    int failed = _cmocka_run_group_tests(argv[1], tests, tests_count, NULL, NULL);
    for (size_t i = 0; i < tests_count; i++) {
        free((void *)(uintptr_t)tests[i].name);
        free(tests[i].initial_state);
    }
    uri_table_free(uris);
    json_decref(file);
    return failed ? 1 : 0;
}
