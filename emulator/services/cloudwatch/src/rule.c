/* rule.c */
#include "rule.h"
#include "rule_parser.h"

RuleNode *rule_node(RuleParser *parser, RuleKind kind, RuleNode *first, RuleNode *second)
{
    RuleNode *node = arena_new_of(parser->arena, RuleNode);
    node->kind = kind;
    node->first = first;
    node->second = second;
    return node;
}

RuleNode *rule_truth(RuleParser *parser, bool truth)
{
    RuleNode *node = rule_node(parser, RULE_TRUTH, NULL, NULL);
    node->truth = truth;
    return node;
}

RuleNode *rule_name(RuleParser *parser, RuleToken token)
{
    RuleNode *node = rule_node(parser, RULE_STATE, NULL, NULL);
    Rule *rule = parser->rule;
    node->name = (token.text.ptr[0] == '"' || token.text.ptr[0] == '\'')
                     ? bytes_slice(token.text, 1, token.text.len - 2)
                     : token.text;
    if (rule->names_count == parser->names_capacity) {
        size_t wanted = parser->names_capacity ? parser->names_capacity * 2 : 8;
        rule->names =
            arena_grown(parser->arena, rule->names, rule->names_count * sizeof(Bytes), wanted * sizeof(Bytes));
        parser->names_capacity = wanted;
    }
    rule->names[rule->names_count++] = node->name;
    return node;
}

RuleNode *rule_at_least(RuleParser *parser, RuleToken least, RuleToken state, RuleNode *names)
{
    RuleNode *node = rule_node(parser, RULE_AT_LEAST, names, NULL);
    Bytes number = least.text;
    uint64_t value = 0;
    node->state = state.text;
    node->is_percent = number.len && number.ptr[number.len - 1] == '%';
    number.len -= node->is_percent;
    if (!bytes_to_uint64(number, &value) || !value || (node->is_percent && value > 100))
        parser->is_broken = true;
    node->least = (size_t)value;
    return node;
}

Rule rule_parse(Arena *arena, Bytes text)
{
    Rule rule = {0};
    RuleParser parser = {.arena = arena, .rule = &rule};
    Bytes whole = {arena_cstr(arena, text), text.len};
    rule_parser_run(&parser, whole);
    if (parser.is_broken)
        rule.root = NULL;
    return rule;
}

static bool is_in(const RuleNode *node, Bytes wanted, Bytes (*state)(void *, Bytes), void *context)
{
    Bytes is = state(context, node->name);
    return bytes_equal_ignoring_case(present(is) ? is : TEXT("INSUFFICIENT_DATA"), wanted);
}

static bool are_enough(const RuleNode *node, Bytes (*state)(void *, Bytes), void *context)
{
    size_t count = 0, all = 0;
    for (const RuleNode *name = node->first; name; name = name->next, all++)
        count += is_in(name, node->state, state, context);
    return node->is_percent ? count * 100 >= node->least * all : count >= node->least;
}

bool rule_holds(const RuleNode *node, Bytes (*state)(void *context, Bytes name), void *context)
{
    switch (node->kind) {
    case RULE_TRUTH:
        return node->truth;
    case RULE_STATE:
        return is_in(node, node->state, state, context);
    case RULE_AND:
        return rule_holds(node->first, state, context) && rule_holds(node->second, state, context);
    case RULE_OR:
        return rule_holds(node->first, state, context) || rule_holds(node->second, state, context);
    case RULE_NOT:
        return !rule_holds(node->first, state, context);
    case RULE_AT_LEAST:
        break;
    }
    return are_enough(node, state, context);
}
