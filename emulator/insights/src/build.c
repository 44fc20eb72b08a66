/* build.c - the nodes of expressions, as the grammar finds them. */
#include "budget.h"
#include "insights_parser.h"

void insights_refuse(InsightsParser *parser, Bytes where, Bytes message)
{
    if (present(parser->fault.message))
        return;
    size_t start = (size_t)(where.ptr - parser->text.ptr);
    parser->fault = (InsightsFault){start, start + where.len, message};
}

Bytes insights_span(Bytes first, Bytes last)
{
    return (Bytes){first.ptr, (size_t)(last.ptr + last.len - first.ptr)};
}

Node *insights_node(InsightsParser *parser, NodeKind kind, Bytes source)
{
    Node *node = arena_new_of(parser->arena, Node);
    node->kind = kind;
    node->source = source;
    return node;
}

Node *insights_append(Node *list, Node *item)
{
    if (list->last)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
    return list;
}

Node *insights_two(InsightsParser *parser, NodeKind kind, Node *first, Node *second)
{
    Node *node = insights_node(parser, kind, insights_span(first->source, second->source));
    return insights_append(insights_append(node, first), second);
}

/* Between the quotes; a backslash takes a quote, a backslash, or means a line's end, a return or a tab. */
Bytes insights_unquoted(Arena *arena, Bytes text)
{
    static const char names[] = "\"'\\nrt", meant[] = "\"'\\\n\r\t";
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 1; i + 1 < text.len; i++) {
        const char *name = text.ptr[i] == '\\' && i + 2 < text.len ? strchr(names, text.ptr[i + 1]) : NULL;
        if (name && *name) {
            out[len++] = meant[name - names];
            i++;
        } else {
            out[len++] = text.ptr[i];
        }
    }
    return (Bytes){out, len};
}

Node *insights_literal(InsightsParser *parser, InsightsToken token)
{
    Node *node = insights_node(parser, NODE_CONSTANT, token.text);
    node->constant = cell_text(insights_unquoted(parser->arena, token.text));
    return node;
}

Node *insights_number(InsightsParser *parser, InsightsToken token)
{
    Node *node = insights_node(parser, NODE_CONSTANT, token.text);
    Cell text = cell_text(token.text);
    double number = 0;
    if (!cell_as_number(&text, &number))
        insights_refuse(parser, token.text, TEXT("the number is too large"));
    node->constant = cell_number(number);
    return node;
}

typedef struct PeriodUnit {
    const char *names; /* one space between them */
    int64_t ms, months;
} PeriodUnit;

#define MINUTE_MS 60000ll
#define DAY_MS    86400000ll

/* aws: "Supported functions for bin": the units and their abbreviations */
static const PeriodUnit period_units[] = {
    {"ms msec millisecond milliseconds", 1, 0},
    {"s sec second seconds", 1000, 0},
    {"m min minute minutes", MINUTE_MS, 0},
    {"h hr hour hours", 60 * MINUTE_MS, 0},
    {"d day days", DAY_MS, 0},
    {"w week weeks", 7 * DAY_MS, 0},
    {"mo mon month months", 0, 1},
    {"q qtr quarter quarters", 0, 3},
    {"y yr year years", 0, 12},
};

Node *insights_period(InsightsParser *parser, InsightsToken token)
{
    Node *node = insights_node(parser, NODE_PERIOD, token.text);
    size_t digits = strspn(token.text.ptr, "0123456789");
    int64_t count;
    Bytes unit = bytes_slice(token.text, digits, token.text.len - digits);
    bool is_fine = bytes_to_int64(bytes_slice(token.text, 0, digits), &count) && count > 0 && count <= 1000000000;
    for (size_t i = 0; is_fine && i < sizeof period_units / sizeof *period_units; i++)
        if (words_have(period_units[i].names, unit))
            node->period = (Period){period_units[i].ms * count, period_units[i].months * count};
    if (!node->period.ms && !node->period.months)
        insights_refuse(parser, token.text,
                        arena_text(parser->arena, "invalid period " BYTES_FMT, BYTES_ARG(token.text)));
    return node;
}

Bytes insights_alias(InsightsToken token)
{
    return *token.text.ptr == '`' ? bytes_slice(token.text, 1, token.text.len - 2) : token.text;
}

Node *insights_name(InsightsParser *parser, InsightsToken token)
{
    bool is_true = bytes_equal_ignoring_case(token.text, TEXT("true"));
    bool is_truth = is_true || bytes_equal_ignoring_case(token.text, TEXT("false"));
    Node *node = insights_node(parser, is_truth ? NODE_CONSTANT : NODE_NAME, token.text);
    node->constant = is_truth ? cell_truth(is_true) : cell_text(insights_alias(token));
    return node;
}

static size_t count_of(const Node *arguments)
{
    size_t count = 0;
    for (const Node *one = arguments ? arguments->first : NULL; one; one = one->next)
        count++;
    return count;
}

static void check_count(InsightsParser *parser, const Node *node, int least, int most)
{
    int count = (int)count_of(node);
    if (count < least || (most >= 0 && count > most))
        insights_refuse(parser, node->source,
                        arena_text(parser->arena, "wrong number of arguments in " BYTES_FMT, BYTES_ARG(node->source)));
}

/* A period stands only where time is cut with it. */
static void check_periods(InsightsParser *parser, const Node *node, bool is_of_time)
{
    for (const Node *one = node->first; one; one = one->next) {
        bool is_last = !one->next;
        if ((one->kind == NODE_PERIOD) != (is_of_time && is_last))
            insights_refuse(parser, one->source,
                            arena_text(parser->arena, "a period is %s here", is_of_time ? "wanted" : "out of place"));
    }
}

Node *insights_call(InsightsParser *parser, InsightsToken name, Node *arguments, InsightsToken close)
{
    int least, most;
    bool is_star = arguments && !arguments->first;
    Node *node = insights_node(parser, NODE_CALL, insights_span(name.text, close.text));
    node->first = arguments ? arguments->first : NULL;
    node->last = arguments ? arguments->last : NULL;
    if (insights_aggregate(name.text, &node->aggregate, &least, &most)) {
        node->kind = NODE_AGGREGATE;
        if (is_star && node->aggregate != AGGREGATE_COUNT)
            insights_refuse(parser, arguments->source, TEXT("only count takes *"));
        check_count(parser, node, is_star ? 0 : least, most);
        return node;
    }
    node->function = insights_function(name.text);
    if (!node->function || is_star) {
        insights_refuse(parser, name.text,
                        arena_text(parser->arena, "unknown function " BYTES_FMT, BYTES_ARG(name.text)));
        return node;
    }
    check_count(parser, node, node->function->least, node->function->most);
    check_periods(parser, node, words_have("bin datefloor dateceil", bytes_of(node->function->name)));
    return node;
}

static const char *words_of(AutomatonFault fault)
{
    switch (fault) {
    case AUTOMATON_NOT_REGULAR:
        return "look-around, back-references and possessive repetition are not supported in regular expressions";
    case AUTOMATON_TOO_LARGE:
        return "the regular expression is too large";
    default:
        return "invalid regular expression";
    }
}

const Automaton *insights_regex(InsightsParser *parser, Bytes token)
{
    AutomatonFault fault;
    const Automaton *automaton =
        automaton_read(parser->arena, bytes_slice(token, 1, token.len - 2), AUTOMATON_OF_INSIGHTS, &fault);
    if (!automaton)
        insights_refuse(parser, token, bytes_of(words_of(fault)));
    return automaton;
}

Node *insights_like(InsightsParser *parser, Node *value, InsightsToken pattern)
{
    Node *node = insights_node(parser, NODE_LIKE, insights_span(value->source, pattern.text));
    if (*pattern.text.ptr == '/')
        node->automaton = insights_regex(parser, pattern.text);
    else
        node->constant = cell_text(insights_unquoted(parser->arena, pattern.text));
    return insights_append(node, value);
}

Item *insights_item(InsightsParser *parser, Node *node, Bytes alias)
{
    Item *item = arena_new_of(parser->arena, Item);
    item->node = node;
    item->has_alias = present(alias);
    item->name = alias;
    if (node && !item->has_alias)
        item->name = node->kind == NODE_NAME ? node->constant.text : node->source;
    item->last = item;
    return item;
}

Item *insights_items(Item *list, Item *item)
{
    list->last->next = item;
    list->last = item;
    return list;
}
