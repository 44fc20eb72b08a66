/* commands.c - the commands of a query: which names they give, and which they may use. */
#include "budget.h"
#include "insights_parser.h"

static Symbol *symbol_find(const InsightsQuery *query, Bytes name)
{
    for (size_t i = 0; i < query->symbols_count; i++)
        if (query->symbols[i].epoch == query->epoch && bytes_equal(query->symbols[i].name, name))
            return &query->symbols[i];
    return NULL;
}

static size_t symbol_add(InsightsParser *parser, Bytes name, bool is_defined)
{
    InsightsQuery *query = parser->query;
    if (query->symbols_count == SYMBOLS_MAX) {
        insights_refuse(parser, parser->token.text, TEXT("the query has too many fields"));
        return 0;
    }
    if (query->symbols_count == query->symbols_capacity) {
        size_t wanted = query->symbols_capacity ? 2 * query->symbols_capacity : 16;
        query->symbols =
            arena_grown(parser->arena, query->symbols, query->symbols_count * sizeof(Symbol), wanted * sizeof(Symbol));
        query->symbols_capacity = wanted;
    }
    query->symbols[query->symbols_count] = (Symbol){arena_copy(parser->arena, name), query->epoch, is_defined};
    return query->symbols_count++;
}

/* By the query: under that name it is there for the commands that follow. aws: a name is given once. */
static size_t define(InsightsParser *parser, Bytes name, Bytes where)
{
    const Symbol *known = symbol_find(parser->query, name);
    budget_work(parser->arena, parser->query->symbols_count / 4);
    if (known)
        insights_refuse(parser, where,
                        arena_text(parser->arena, "Ephemeral field " BYTES_FMT " is already defined", BYTES_ARG(name)));
    return symbol_add(parser, name, true);
}

/* "json.a.b" where `json` is what the query has made: the longest such beginning. */
static bool resolve_path(InsightsParser *parser, Node *node, Bytes name)
{
    for (size_t len = name.len; len-- > 1;) {
        if (name.ptr[len] != '.')
            continue;
        const Symbol *symbol = symbol_find(parser->query, bytes_slice(name, 0, len));
        if (!symbol || !symbol->is_defined)
            continue;
        node->symbol = (size_t)(symbol - parser->query->symbols);
        node->path = arena_copy(parser->arena, bytes_slice(name, len + 1, name.len - len - 1));
        return true;
    }
    return false;
}

static void resolve_name(InsightsParser *parser, Node *node)
{
    Bytes name = node->constant.text;
    const Symbol *symbol = symbol_find(parser->query, name);
    budget_work(parser->arena, 1 + parser->query->symbols_count / 4);
    if (symbol) {
        node->symbol = (size_t)(symbol - parser->query->symbols);
        return;
    }
    if (resolve_path(parser, node, name))
        return;
    if (parser->query->epoch)
        insights_refuse(
            parser, node->source,
            arena_text(parser->arena, "Unknown symbols found in or after stats: " BYTES_FMT, BYTES_ARG(name)));
    node->symbol = symbol_add(parser, name, false);
}

static void resolve(InsightsParser *parser, Node *node)
{
    budget_descend(parser->arena);
    if (node->kind == NODE_NAME)
        resolve_name(parser, node);
    if (node->kind == NODE_AGGREGATE)
        insights_refuse(parser, node->source, TEXT("aggregation functions stand in stats only"));
    if (node->kind == NODE_CALL && parser->query->epoch && node->first && node->first->kind == NODE_PERIOD)
        insights_refuse(parser, node->source, TEXT("Unknown symbols found in or after stats: @timestamp"));
    for (Node *one = node->first; one; one = one->next)
        resolve(parser, one);
}

static Command *command_add(InsightsParser *parser, CommandKind kind, Bytes source)
{
    InsightsQuery *query = parser->query;
    Command *command = arena_new_of(parser->arena, Command);
    command->kind = kind;
    command->source = source;
    command->place = query->commands_count++;
    if (query->last)
        query->last->next = command;
    else
        query->commands = command;
    query->last = command;
    return command;
}

static void show(InsightsParser *parser, size_t symbol)
{
    InsightsQuery *query = parser->query;
    for (size_t i = 0; i < query->shown_count; i++)
        if (query->shown[i] == symbol)
            return;
    if (!(query->shown_count & (query->shown_count - 1)))
        query->shown = arena_grown(parser->arena, query->shown, query->shown_count * sizeof(size_t),
                                   (query->shown_count ? 2 * query->shown_count : 1) * sizeof(size_t));
    query->shown[query->shown_count++] = symbol;
}

/* A period alone is no value. */
static void check_value(InsightsParser *parser, const Node *node)
{
    if (node->kind == NODE_PERIOD)
        insights_refuse(parser, node->source, TEXT("a period is out of place here"));
}

void insights_fields(InsightsParser *parser, InsightsToken word, CommandKind kind, Item *items)
{
    Command *command = command_add(parser, kind, word.text);
    command->items = items;
    if (kind == COMMAND_DISPLAY)
        parser->query->shown_count = 0;
    for (Item *item = items; item; item = item->next) {
        check_value(parser, item->node);
        resolve(parser, item->node);
        bool is_new = item->has_alias || item->node->kind != NODE_NAME || present(item->node->path);
        if (kind == COMMAND_DEDUP && (is_new || item->has_alias))
            insights_refuse(parser, item->name, TEXT("dedup takes names of fields"));
        item->symbol = is_new ? define(parser, item->name, item->name) : item->node->symbol;
        if (kind != COMMAND_DEDUP)
            show(parser, item->symbol);
    }
}

void insights_filter(InsightsParser *parser, InsightsToken word, Node *condition)
{
    Command *command = command_add(parser, COMMAND_FILTER, word.text);
    command->condition = condition;
    check_value(parser, condition);
    resolve(parser, condition);
}

/* In an item of stats: aggregates look at the rows, everything around them at results that stand before it. */
static void resolve_rows(InsightsParser *parser, Command *command, Node *node)
{
    budget_descend(parser->arena);
    if (node->kind == NODE_AGGREGATE) {
        node->place = command->aggregates++;
        for (Node *one = node->first; one; one = one->next)
            resolve(parser, one);
        return;
    }
    for (Node *one = node->first; one; one = one->next)
        resolve_rows(parser, command, one);
}

static void resolve_results(InsightsParser *parser, Node *node)
{
    budget_descend(parser->arena);
    if (node->kind == NODE_NAME)
        resolve_name(parser, node);
    if (node->kind != NODE_AGGREGATE)
        for (Node *one = node->first; one; one = one->next)
            resolve_results(parser, one);
}

void insights_stats(InsightsParser *parser, InsightsToken word, Item *items, Item *by)
{
    Command *command = command_add(parser, COMMAND_STATS, word.text);
    command->items = items;
    command->by = by;
    for (Item *item = by; item; item = item->next, command->by_count++) {
        check_value(parser, item->node);
        resolve(parser, item->node);
    }
    for (Item *item = items; item; item = item->next) {
        check_value(parser, item->node);
        resolve_rows(parser, command, item->node);
    }
    parser->query->epoch++;
    parser->query->shown_count = 0;
    parser->query->shows_pointer = false;
    for (Item *item = by; item; item = item->next) {
        item->symbol = define(parser, item->name, item->name);
        show(parser, item->symbol);
    }
    for (Item *item = items; item; item = item->next) {
        resolve_results(parser, item->node);
        item->symbol = define(parser, item->name, item->name);
        show(parser, item->symbol);
    }
    if (!command->aggregates)
        insights_refuse(parser, word.text, TEXT("stats needs an aggregation function"));
}

/* "count(*)" after stats is the result of that name, not something to be worked out. */
static void resolve_key(InsightsParser *parser, Node *node)
{
    const Symbol *symbol = parser->query->epoch ? symbol_find(parser->query, node->source) : NULL;
    if (!symbol) {
        resolve(parser, node);
        return;
    }
    node->kind = NODE_NAME;
    node->path = (Bytes){0};
    node->symbol = (size_t)(symbol - parser->query->symbols);
}

void insights_sort(InsightsParser *parser, InsightsToken word, Item *items)
{
    Command *command = command_add(parser, COMMAND_SORT, word.text);
    command->items = items;
    for (Item *item = items; item; item = item->next) {
        check_value(parser, item->node);
        resolve_key(parser, item->node);
        command->by_count++;
    }
}

void insights_limit(InsightsParser *parser, InsightsToken word, InsightsToken number)
{
    Command *command = command_add(parser, COMMAND_LIMIT, word.text);
    if (!bytes_to_uint64(number.text, &command->limit) || !command->limit || command->limit > INSIGHTS_RESULTS_MAX)
        insights_refuse(parser, number.text,
                        arena_text(parser->arena, "limit takes a whole number from 1 to %d", INSIGHTS_RESULTS_MAX));
}

static void parse_glob(InsightsParser *parser, Command *command, Bytes token)
{
    Bytes glob = insights_unquoted(parser->arena, token), rest = glob;
    size_t count = 1;
    for (size_t i = 0; i < glob.len; i++)
        count += glob.ptr[i] == '*';
    command->parts = arena_new_array(parser->arena, Bytes, count);
    while (present(rest))
        command->parts[command->parts_count++] = bytes_cut(&rest, '*');
    if (command->parts_count < count)
        command->parts[command->parts_count++] = TEXT("");
    if (command->symbols_count != count - 1 || count == 1)
        insights_refuse(parser, token,
                        arena_text(parser->arena, "parse has %zu * and %zu names", count - 1, command->symbols_count));
}

/* Groups with names give fields; those without are named behind "as". */
static void parse_regex(InsightsParser *parser, Command *command, Bytes token, const Item *names)
{
    const Automaton *automaton = command->automaton = insights_regex(parser, token);
    size_t groups = automaton ? automaton_groups(automaton) : 0, count = 0;
    command->groups = arena_new_array(parser->arena, size_t, groups + 1);
    size_t *symbols = arena_new_array(parser->arena, size_t, groups + 1);
    for (size_t group = 1; group <= groups; group++) {
        Bytes name = automaton_group_name(automaton, group);
        if (!present(name) == (names == NULL))
            continue;
        symbols[count] =
            names ? (count < command->symbols_count ? command->symbols[count] : 0) : define(parser, name, token);
        command->groups[count++] = group;
    }
    if (!count || (names && count != command->symbols_count))
        insights_refuse(parser, token, TEXT("parse needs a named group, or as many names as there are groups"));
    command->symbols = symbols;
    command->symbols_count = count;
}

void insights_parse(InsightsParser *parser, InsightsToken word, Node *field, InsightsToken pattern, Item *names)
{
    Command *command = command_add(parser, COMMAND_PARSE, word.text);
    size_t count = 0, capacity = 0;
    command->condition = field ? field : insights_node(parser, NODE_NAME, word.text);
    if (!field)
        command->condition->constant.text = TEXT("@message");
    resolve(parser, command->condition);
    for (const Item *name = names; name; name = name->next)
        capacity++;
    command->symbols = arena_new_array(parser->arena, size_t, capacity + 1);
    for (const Item *name = names; name; name = name->next)
        command->symbols[count++] = define(parser, name->name, name->name);
    command->symbols_count = count;
    if (*pattern.text.ptr == '/')
        parse_regex(parser, command, pattern.text, names);
    else
        parse_glob(parser, command, pattern.text);
    for (size_t i = 0; i < command->symbols_count; i++)
        show(parser, command->symbols[i]);
}

/* Without fields, display and stats the time and the message are shown, and what parse has found. */
static void show_what_nobody_named(InsightsParser *parser)
{
    InsightsQuery *query = parser->query;
    Node time = {.kind = NODE_NAME, .constant.text = TEXT("@timestamp")};
    Node message = {.kind = NODE_NAME, .constant.text = TEXT("@message")};
    for (const Command *command = query->commands; command; command = command->next)
        if (command->kind == COMMAND_FIELDS || command->kind == COMMAND_DISPLAY || command->kind == COMMAND_STATS)
            return;
    size_t *parsed = query->shown, count = query->shown_count;
    query->shown = NULL;
    query->shown_count = 0;
    resolve(parser, &time);
    resolve(parser, &message);
    show(parser, time.symbol);
    show(parser, message.symbol);
    for (size_t i = 0; i < count; i++)
        show(parser, parsed[i]);
}

const InsightsQuery *insights_read(Arena *arena, Bytes text, InsightsFault *ret_fault)
{
    InsightsQuery *query = arena_new_of(arena, InsightsQuery);
    InsightsParser parser = {.arena = arena, .query = query, .text = {arena_cstr(arena, text), text.len}};
    query->shows_pointer = true;
    insights_parser_run(&parser, parser.text);
    if (!present(parser.fault.message))
        show_what_nobody_named(&parser);
    *ret_fault = parser.fault;
    return present(parser.fault.message) ? NULL : query;
}
