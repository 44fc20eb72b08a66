/* filter_pattern.c - a filter pattern from its text. */
#include "filter_pattern.h"
#include "budget.h"
#include "pattern_parser.h"

#define REGEXES_MAX 2

static void refuse(PatternParser *parser, FilterPatternFault fault, Bytes detail)
{
    if (parser->fault)
        return;
    parser->fault = fault;
    parser->detail = detail;
}

/* Between the quotes: a backslash takes what follows it; "\*" stays for wildcard_read where wildcards are. */
static Bytes unquoted(Arena *arena, Bytes text, bool keeps_asterisks)
{
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 1; i + 1 < text.len; i++) {
        bool is_escape = text.ptr[i] == '\\' && i + 2 < text.len && strchr("\"\\*", text.ptr[i + 1]);
        if (is_escape && keeps_asterisks && text.ptr[i + 1] != '"')
            out[len++] = '\\';
        out[len++] = text.ptr[i += is_escape];
    }
    return (Bytes){out, len};
}

static const Automaton *regex_of(PatternParser *parser, Bytes text)
{
    AutomatonFault fault;
    const Automaton *automaton =
        automaton_read(parser->arena, bytes_slice(text, 1, text.len - 2), AUTOMATON_OF_FILTERS, &fault);
    if (!automaton)
        refuse(parser, FILTER_PATTERN_BAD_REGEX, text);
    if (++parser->pattern->regexes > REGEXES_MAX)
        refuse(parser, FILTER_PATTERN_MANY_REGEXES, (Bytes){0});
    return automaton;
}

/* aws: "Enclose exact phrases and terms that include non-alphanumeric characters in double quotation marks". */
static bool is_plain(Bytes term)
{
    for (size_t i = 0; i < term.len; i++) {
        unsigned char c = (unsigned char)term.ptr[i], small = c | 0x20;
        if (c < 128 && !(c >= '0' && c <= '9') && !(small >= 'a' && small <= 'z') && c != '_')
            return false;
    }
    return term.len > 0;
}

void pattern_term(PatternParser *parser, PatternToken token)
{
    PatternTerm *term = arena_new_of(parser->arena, PatternTerm);
    Bytes text = token.text;
    parser->pattern->kind = PATTERN_TERMS;
    if (*text.ptr == '-' || *text.ptr == '?') {
        term->kind = *text.ptr == '-' ? TERM_EXCLUDED : TERM_OPTIONAL;
        text = bytes_slice(text, 1, text.len - 1);
    }
    if (text.len && *text.ptr == '%') {
        term->operand.kind = OPERAND_REGEX;
        term->operand.automaton = regex_of(parser, text);
        if (parser->pattern->terms) /* a regex stands alone */
            refuse(parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    } else if (text.len && *text.ptr == '"') {
        term->operand.text = wildcard_read(parser->arena, unquoted(parser->arena, text, false), false);
    } else {
        if (!is_plain(text))
            refuse(parser, FILTER_PATTERN_BAD_TERM, text);
        term->operand.text = wildcard_read(parser->arena, text, false);
    }
    if (parser->pattern->regexes && term->operand.kind != OPERAND_REGEX)
        refuse(parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    parser->pattern->has_included |= term->kind != TERM_OPTIONAL;
    *parser->last_term = term;
    parser->last_term = &term->next;
}

/* The one name that all tests of a column's condition have; absent: they differ, or select out of JSON. */
static Bytes name_of(const PatternNode *node)
{
    if (node->kind == NODE_TEST)
        return node->selector.count ? (Bytes){0} : node->selector.text;
    Bytes first = name_of(node->first), second = name_of(node->second);
    return present(first) && present(second) && bytes_equal(first, second) ? first : (Bytes){0};
}

void pattern_column(PatternParser *parser, PatternToken name, PatternNode *condition)
{
    FilterPattern *pattern = parser->pattern;
    PatternColumn *column = arena_new_of(parser->arena, PatternColumn);
    column->condition = condition;
    column->name = condition ? name_of(condition) : name.text;
    bool is_ellipsis = !condition && !present(name.text);
    if ((!is_ellipsis && !present(column->name)) || (is_ellipsis && pattern->has_ellipsis))
        refuse(parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    pattern->has_ellipsis |= is_ellipsis;
    pattern->columns_count += !is_ellipsis;
    *parser->last_column = column;
    parser->last_column = &column->next;
}

PatternNode *pattern_join(PatternParser *parser, NodeKind kind, PatternNode *first, PatternNode *second)
{
    PatternNode *node = arena_new_of(parser->arena, PatternNode);
    node->kind = kind;
    node->first = first;
    node->second = second;
    return node;
}

static void keep_selector(PatternParser *parser, const Selector *selector)
{
    FilterPattern *pattern = parser->pattern;
    if (!(pattern->selectors_count & (pattern->selectors_count - 1)))
        pattern->selectors =
            arena_grown(parser->arena, pattern->selectors, pattern->selectors_count * sizeof(Selector),
                        (pattern->selectors_count ? 2 * pattern->selectors_count : 1) * sizeof(Selector));
    pattern->selectors[pattern->selectors_count++] = *selector;
}

PatternNode *pattern_test(PatternParser *parser, PatternToken subject, PatternTest test)
{
    PatternNode *node = pattern_join(parser, NODE_TEST, NULL, NULL);
    node->test = test;
    node->selector.text = subject.text;
    if (*subject.text.ptr != '$')
        return node;
    if (selector_read(parser->arena, subject.text, &node->selector))
        keep_selector(parser, &node->selector);
    else
        refuse(parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    return node;
}

PatternNode *pattern_compare(PatternParser *parser, PatternToken subject, PatternTest test, PatternToken operand)
{
    PatternNode *node = pattern_test(parser, subject, test);
    bool is_order = test != TEST_EQUAL && test != TEST_UNEQUAL;
    Operand *value = &node->operand;
    if (*operand.text.ptr == '%') {
        value->kind = OPERAND_REGEX;
        value->automaton = regex_of(parser, operand.text);
    } else if (*operand.text.ptr == '"') {
        value->text = wildcard_read(parser->arena, unquoted(parser->arena, operand.text, true), true);
    } else {
        value->text = wildcard_read(parser->arena, operand.text, true);
        if (bytes_to_double(operand.text, &value->number))
            value->kind = OPERAND_NUMBER;
    }
    if (is_order && value->kind != OPERAND_NUMBER)
        refuse(parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    return node;
}

static Bytes trimmed(Bytes text)
{
    while (text.len && strchr(" \t\r\n", *text.ptr) && *text.ptr)
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && strchr(" \t\r\n", text.ptr[text.len - 1]) && text.ptr[text.len - 1])
        text.len--;
    return text;
}

/* JSON's tests have selectors, columns' have names. */
static bool is_of_json(const PatternNode *node)
{
    if (node->kind == NODE_TEST)
        return node->selector.count > 0;
    return is_of_json(node->first) && is_of_json(node->second);
}

const FilterPattern *filter_pattern_read(Arena *arena, Bytes text, FilterPatternFault *ret_fault, Bytes *ret_detail)
{
    FilterPattern *pattern = arena_new_of(arena, FilterPattern);
    PatternParser parser = {.arena = arena, .pattern = pattern};
    Bytes whole = trimmed(text);
    *ret_fault = FILTER_PATTERN_FINE;
    *ret_detail = (Bytes){0};
    if (!whole.len)
        return pattern;
    parser.last_term = &pattern->terms;
    parser.last_column = &pattern->columns;
    if (whole.len <= FILTER_PATTERN_MAX_BYTES)
        pattern_parser_run(&parser, (Bytes){arena_cstr(arena, whole), whole.len});
    if (whole.len > FILTER_PATTERN_MAX_BYTES || parser.is_broken ||
        (pattern->kind == PATTERN_JSON && !parser.fault && !is_of_json(pattern->root)))
        refuse(&parser, FILTER_PATTERN_BAD_SYNTAX, (Bytes){0});
    *ret_fault = parser.fault;
    *ret_detail = parser.detail;
    return parser.fault ? NULL : pattern;
}

size_t filter_pattern_regexes(const FilterPattern *pattern)
{
    return pattern->regexes;
}
