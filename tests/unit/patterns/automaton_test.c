/* automaton_test.c - regular expressions of queries: what they find, in which groups, and what it costs. */
#include "automaton.h"
#include "budget.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Row {
    const char *text, *subject;
    const char *whole; /* NULL: it is not there */
    const char *first; /* of group 1; NULL: absent */
} Row;

/* As Java's Matcher.find has them. */
static void found(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"a", "xay", "a", NULL},
        {"a*", "aaa", "aaa", NULL},
        {"a*?b", "aab", "aab", NULL},
        {"(a+)(b?)", "xaab", "aab", "aa"},
        {"a|ab", "ab", "a", NULL},
        {"(?:a|ab)c", "abc", "abc", NULL},
        {"(a|ab)(c|bcd)", "abcd", "abcd", "a"},
        {"(?i)error", "An ERROR", "ERROR", NULL},
        {"(?i:e)rror", "Error ERROR", "Error", NULL},
        {"(?i)[a-c]+", "xABCx", "ABC", NULL},
        {"^b", "a\nb", NULL, NULL},
        {"(?m)^b", "a\nb", "b", NULL},
        {"a$", "a\n", "a", NULL},
        {"a.b", "a\nb", NULL, NULL},
        {"(?s)a.b", "a\nb", "a\nb", NULL},
        {"\\bfoo\\b", "a foo b", "foo", NULL},
        {"\\bfoo\\b", "afoob", NULL, NULL},
        {"\\Bfoo", "afoo", "foo", NULL},
        {"(?<user>\\w+)@(?<host>\\S+)", "to: me@here now", "me@here", "me"},
        {"user=(?<u>.*?), m", "user=bob, m", "user=bob, m", "bob"},
        {"x{2,3}", "xxxx", "xxx", NULL},
        {"x{2,3}?", "xxxx", "xx", NULL},
        {"x{3}", "xx", NULL, NULL},
        {"(x)?y", "y", "y", NULL},
        {"(a*)*", "b", "", NULL},
        {"[^\\]]+", "a]b", "a", NULL},
        {"[]a]+", "]a", "]a", NULL},
        {"[\\w.-]+", "a.b-c d", "a.b-c", NULL},
        {"\\Qa.b\\E", "aXb a.b", "a.b", NULL},
        {"\\p{Upper}+", "abCDe", "CD", NULL},
        {"[\xc3\xa4-\xc3\xbc]+", "x\xc3\xb6y", "\xc3\xb6", NULL},
        {".", "\xe2\x82\xac", "\xe2\x82\xac", NULL},
        {"\\x{20AC}", "\xe2\x82\xac", "\xe2\x82\xac", NULL},
        {"[^a]", "\xe2\x82\xac", "\xe2\x82\xac", NULL},
        {"", "abc", "", NULL},
        {"a|", "b", "", NULL},
        {"\\$\\{", "${", "${", NULL},
        {"(a)|b", "b", "b", NULL},
        {"a\\z", "a\n", NULL, NULL},
        {"(?-i)a", "A", NULL, NULL},
        {"aab", "aaab", "aab", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *arena = arena_new();
        AutomatonFault fault;
        Bytes groups[AUTOMATON_GROUPS_MAX + 1] = {{0}};
        const Automaton *one = automaton_read(arena, bytes_of(rows[i].text), AUTOMATON_OF_INSIGHTS, &fault);
        if (!one)
            fail_msg("%s: fault %d", rows[i].text, (int)fault);
        bool is_found = automaton_search(arena, one, bytes_of(rows[i].subject), groups);
        assert_true(is_found == automaton_search(arena, one, bytes_of(rows[i].subject), NULL));
        Bytes first = automaton_groups(one) ? groups[1] : (Bytes){0};
        if (is_found != (rows[i].whole != NULL) || !bytes_equal(groups[0], bytes_of(rows[i].whole)) ||
            present(first) != (rows[i].first != NULL) || !bytes_equal(first, bytes_of(rows[i].first)))
            fail_msg("%s on %s: %d '%.*s' '%.*s'", rows[i].text, rows[i].subject, is_found, (int)groups[0].len,
                     groups[0].ptr, (int)first.len, first.ptr);
        arena_free(arena);
    }
}

typedef struct Refused {
    const char *text;
    AutomatonFault fault;
} Refused;

static void refused(void **state)
{
    (void)state;
    static const Refused rows[] = {
        {"(", AUTOMATON_BAD_SYNTAX},
        {")", AUTOMATON_BAD_SYNTAX},
        {"*", AUTOMATON_BAD_SYNTAX},
        {"a**", AUTOMATON_BAD_SYNTAX},
        {"a{2,1}", AUTOMATON_BAD_SYNTAX},
        {"a{", AUTOMATON_BAD_SYNTAX},
        {"[a", AUTOMATON_BAD_SYNTAX},
        {"[z-a]", AUTOMATON_BAD_SYNTAX},
        {"\\", AUTOMATON_BAD_SYNTAX},
        {"\\y", AUTOMATON_BAD_SYNTAX},
        {"(?<1a>x)", AUTOMATON_BAD_SYNTAX},
        {"(?<a>x)(?<a>y)", AUTOMATON_BAD_SYNTAX},
        {"(?=a)", AUTOMATON_NOT_REGULAR},
        {"(?<!a)b", AUTOMATON_NOT_REGULAR},
        {"(a)\\1", AUTOMATON_NOT_REGULAR},
        {"a++", AUTOMATON_NOT_REGULAR},
        {"(?>a)", AUTOMATON_NOT_REGULAR},
        {"[a&&b]", AUTOMATON_NOT_REGULAR},
        {"a{5000}", AUTOMATON_TOO_LARGE},
        {"(a{900}){900}", AUTOMATON_TOO_LARGE},
        {"(?:){1000}{1000}{1000}x", AUTOMATON_FINE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *arena = arena_new();
        AutomatonFault fault;
        automaton_read(arena, bytes_of(rows[i].text), AUTOMATON_OF_INSIGHTS, &fault);
        if (fault != rows[i].fault)
            fail_msg("%s: fault %d, not %d", rows[i].text, (int)fault, (int)rows[i].fault);
        arena_free(arena);
    }
}

__attribute__((noreturn)) static void over(void *context, BudgetKind kind)
{
    (void)context;
    (void)kind;
    fail_msg("out of its budget");
    abort();
}

static uint64_t steps_of(const char *text, Bytes subject)
{
    Arena *arena = arena_new();
    Budget budget = {.work_steps = 4000000, .over = over};
    AutomatonFault fault;
    Bytes groups[AUTOMATON_GROUPS_MAX + 1];
    budget_set(arena, &budget);
    automaton_search(arena, automaton_read(arena, bytes_of(text), AUTOMATON_OF_INSIGHTS, &fault), subject, groups);
    uint64_t steps = budget_spent(arena);
    arena_free(arena);
    return steps;
}

/* Those that make others go back over the text for ever: here the steps grow as the text does. */
static void no_expression_explodes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "(a+)+$", "(a*)*b", "(a|aa)+$", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$", "a*a*a*a*a*a*a*b"};
    static char subject[20000];
    memset(subject, 'a', sizeof subject);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t half = steps_of(texts[i], (Bytes){subject, sizeof subject / 2});
        uint64_t whole = steps_of(texts[i], (Bytes){subject, sizeof subject});
        if (whole > 3 * half)
            fail_msg("%s: %llu steps, then %llu", texts[i], (unsigned long long)half, (unsigned long long)whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found),
        cmocka_unit_test(refused),
        cmocka_unit_test(no_expression_explodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
