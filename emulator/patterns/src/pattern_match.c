/* pattern_match.c - a log event held against a filter pattern. */
#include "budget.h"
#include "pattern_node.h"

FilterSubject filter_subject(Arena *arena, Bytes message)
{
    return (FilterSubject){.arena = arena, .message = message};
}

static const Tree *json_of(FilterSubject *subject)
{
    if (!subject->is_json_read) {
        subject->is_json_read = true;
        subject->json = json_tree_read(subject->arena, subject->message,
                                       (TreeRules){.depth_max = LOG_JSON_DEPTH_MAX, .allows_twins = true});
    }
    return subject->json;
}

/* aws: "Characters between a pair of square brackets [ ] or two double quotes "" are treated as single fields". */
static Bytes next_column(Bytes *rest)
{
    char open = *rest->ptr, close = open == '[' ? ']' : open == '"' ? '"' : 0;
    if (close) {
        const char *end = memchr(rest->ptr + 1, close, rest->len - 1);
        size_t len = end ? (size_t)(end - rest->ptr) : 0;
        if (end && (len + 1 == rest->len || end[1] == ' ' || end[1] == '\t')) {
            Bytes column = bytes_slice(*rest, 1, len - 1);
            *rest = bytes_slice(*rest, len + 1, rest->len - len - 1);
            return column;
        }
    }
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
        len++;
    Bytes column = bytes_slice(*rest, 0, len);
    *rest = bytes_slice(*rest, len, rest->len - len);
    return column;
}

static void read_columns(FilterSubject *subject)
{
    Bytes rest = subject->message;
    size_t capacity = 0;
    if (subject->are_columns_read)
        return;
    subject->are_columns_read = true;
    budget_work(subject->arena, rest.len / 8);
    while (rest.len && strchr("\r\n", rest.ptr[rest.len - 1]) && rest.ptr[rest.len - 1])
        rest.len--;
    while (rest.len) {
        if (*rest.ptr == ' ' || *rest.ptr == '\t') {
            rest = bytes_slice(rest, 1, rest.len - 1);
            continue;
        }
        if (subject->columns_count == capacity) {
            size_t wanted = capacity ? 2 * capacity : 16;
            subject->columns =
                arena_grown(subject->arena, subject->columns, capacity * sizeof(Bytes), wanted * sizeof(Bytes));
            capacity = wanted;
        }
        subject->columns[subject->columns_count++] = next_column(&rest);
    }
}

typedef struct JsonTest {
    Arena *arena;
    const PatternNode *node;
} JsonTest;

static bool look(void *context, const Tree *value)
{
    const JsonTest *one = context;
    switch (one->node->test) {
    case TEST_IS_NULL:
        return value->kind == TREE_NULL;
    case TEST_IS_TRUE:
        return value->kind == TREE_TRUE;
    case TEST_IS_FALSE:
        return value->kind == TREE_FALSE;
    case TEST_IS_ABSENT:
        return true; /* it is there */
    default:
        /* Selectors lead to values: what has values in itself equals nothing, and differs from nothing. */
        return value->kind != TREE_OBJECT && value->kind != TREE_ARRAY && value->kind != TREE_NULL &&
               operand_test(one->arena, one->node->test, &one->node->operand, value->text, value->kind == TREE_NUMBER);
    }
}

static bool holds(const PatternNode *node, FilterSubject *subject, Bytes column)
{
    budget_work(subject->arena, 1);
    if (node->kind == NODE_AND)
        return holds(node->first, subject, column) && holds(node->second, subject, column);
    if (node->kind == NODE_OR)
        return holds(node->first, subject, column) || holds(node->second, subject, column);
    if (!node->selector.count)
        return operand_test(subject->arena, node->test, &node->operand, column, true);
    JsonTest one = {subject->arena, node};
    bool is_so = selector_each(subject->arena, &node->selector, subject->json, look, &one);
    return is_so != (node->test == TEST_IS_ABSENT);
}

static bool has_term(const PatternTerm *term, const FilterSubject *subject)
{
    Bytes text = term->operand.kind == OPERAND_REGEX ? (Bytes){0} : term->operand.text.parts[0];
    if (term->operand.kind == OPERAND_REGEX)
        return automaton_search(subject->arena, term->operand.automaton, subject->message, NULL);
    budget_work(subject->arena, 1 + subject->message.len / 64);
    return memmem(subject->message.ptr, subject->message.len, text.ptr, text.len) != NULL;
}

/* aws: "If you combine "?" with other filter patterns, the question mark will be ignored". */
static bool matches_terms(const FilterPattern *pattern, const FilterSubject *subject)
{
    for (const PatternTerm *term = pattern->terms; term; term = term->next) {
        if (term->kind == TERM_OPTIONAL && pattern->has_included)
            continue;
        bool is_there = has_term(term, subject);
        if (term->kind == TERM_OPTIONAL && is_there)
            return true;
        if (term->kind != TERM_OPTIONAL && is_there != (term->kind == TERM_INCLUDED))
            return false;
    }
    return pattern->has_included;
}

static bool matches_columns(const FilterPattern *pattern, FilterSubject *subject)
{
    read_columns(subject);
    size_t at = 0, count = subject->columns_count;
    if (!pattern->columns)
        return true; /* "[]" */
    if (count < pattern->columns_count || (count > pattern->columns_count && !pattern->has_ellipsis))
        return false;
    for (const PatternColumn *column = pattern->columns; column; column = column->next) {
        if (!present(column->name)) {
            at += count - pattern->columns_count;
            continue;
        }
        if (column->condition && !holds(column->condition, subject, subject->columns[at]))
            return false;
        at++;
    }
    return true;
}

bool filter_pattern_matches(const FilterPattern *pattern, FilterSubject *subject)
{
    switch (pattern->kind) {
    case PATTERN_ALL:
        return true;
    case PATTERN_TERMS:
        return matches_terms(pattern, subject);
    case PATTERN_JSON:
        return json_of(subject) && holds(pattern->root, subject, (Bytes){0});
    default:
        return matches_columns(pattern, subject);
    }
}

static bool keep(void *context, const Tree *value)
{
    *(const Tree **)context = value;
    return true;
}

static Bytes json_value(FilterSubject *subject, const Selector *selector)
{
    const Tree *value = NULL;
    if (!json_of(subject) || !selector_each(subject->arena, selector, subject->json, keep, &value))
        return (Bytes){0};
    if (value->kind == TREE_OBJECT || value->kind == TREE_ARRAY)
        return (Bytes){value->from, value->length};
    return value->text;
}

/* Which column stands at that place of the line: named, or by its number. */
static Bytes column_name(const FilterPattern *pattern, const FilterSubject *subject, size_t place)
{
    size_t at = 0;
    for (const PatternColumn *column = pattern->columns; column; column = column->next) {
        if (!present(column->name))
            at += subject->columns_count - pattern->columns_count;
        else if (at++ == place)
            return arena_text(subject->arena, "$" BYTES_FMT, BYTES_ARG(column->name));
    }
    return arena_text(subject->arena, "$%zu", place + 1);
}

static Bytes column_value(const FilterPattern *pattern, FilterSubject *subject, Bytes selector)
{
    uint64_t place;
    Bytes name = bytes_slice(selector, 1, selector.len - 1);
    read_columns(subject);
    size_t at = 0;
    for (const PatternColumn *column = pattern->columns; column; column = column->next) {
        if (!present(column->name))
            at += subject->columns_count - pattern->columns_count;
        else if (bytes_equal(column->name, name))
            return subject->columns[at];
        else
            at++;
    }
    if (bytes_to_uint64(name, &place) && place && place <= subject->columns_count)
        return subject->columns[place - 1];
    return (Bytes){0};
}

Bytes filter_pattern_value(const FilterPattern *pattern, FilterSubject *subject, Bytes selector)
{
    Selector read;
    if (!selector.len || *selector.ptr != '$')
        return (Bytes){0};
    if (pattern->kind == PATTERN_JSON && selector_read(subject->arena, selector, &read))
        return json_value(subject, &read);
    if (pattern->kind == PATTERN_COLUMNS)
        return column_value(pattern, subject, selector);
    return (Bytes){0};
}

bool filter_pattern_has_form(const FilterPattern *pattern, Bytes selector)
{
    if (selector.len < 2 || *selector.ptr != '$')
        return false;
    bool is_json = selector.ptr[1] == '.' || selector.ptr[1] == '[';
    if (pattern->kind == PATTERN_JSON)
        return is_json;
    if (pattern->kind != PATTERN_COLUMNS || is_json)
        return false;
    Bytes name = bytes_slice(selector, 1, selector.len - 1);
    uint64_t place;
    for (const PatternColumn *column = pattern->columns; column; column = column->next)
        if (present(column->name) && bytes_equal(column->name, name))
            return true;
    return bytes_to_uint64(name, &place) && place > 0;
}

FilterFields filter_pattern_fields(const FilterPattern *pattern, FilterSubject *subject)
{
    FilterFields fields = {0};
    if (pattern->kind == PATTERN_COLUMNS) {
        read_columns(subject);
        fields.items = arena_new_array(subject->arena, FilterField, subject->columns_count + 1);
        budget_work(subject->arena, subject->columns_count * (pattern->columns_count + 2));
        for (; fields.len < subject->columns_count; fields.len++)
            fields.items[fields.len] =
                (FilterField){column_name(pattern, subject, fields.len), subject->columns[fields.len]};
    }
    if (pattern->kind != PATTERN_JSON)
        return fields;
    fields.items = arena_new_array(subject->arena, FilterField, pattern->selectors_count);
    for (size_t i = 0; i < pattern->selectors_count; i++) {
        Bytes value = json_value(subject, &pattern->selectors[i]);
        bool is_known = false;
        for (size_t k = 0; k < fields.len; k++)
            is_known |= bytes_equal(fields.items[k].name, pattern->selectors[i].text);
        if (present(value) && !is_known)
            fields.items[fields.len++] = (FilterField){pattern->selectors[i].text, value};
    }
    return fields;
}
