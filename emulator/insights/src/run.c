/* run.c - a query over events: each event goes down the commands until one needs all of them; at the end those give
 * what they have to the commands behind them. */
#include "aggregate.h"
#include "kept.h"

typedef struct Group {
    Cell *by; /* of the command's */
    Aggregate *aggregates;
    struct Group *next;
} Group;

typedef struct CommandState {
    Map *groups; /* of stats, by what its keys have; of dedup, what was seen */
    Group *first, *last;
    Kept *kept;
    uint64_t passed; /* of limit */
} CommandState;

struct InsightsRun {
    Arena *arena;
    const InsightsQuery *query;
    InsightsBounds bounds;
    CommandState *states;
    bool *asked_for; /* by symbol: behind the first command that must have all rows */
    size_t most;
    InsightsResults results;
    size_t results_capacity;
};

static void ask(bool *asked_for, const Node *node)
{
    if (node->kind == NODE_NAME)
        asked_for[node->symbol] = true;
    for (const Node *one = node->first; one; one = one->next)
        ask(asked_for, one);
}

static void ask_items(bool *asked_for, const Item *item)
{
    for (; item; item = item->next)
        ask(asked_for, item->node);
}

/* What a row that waits for its order must still have. */
static void find_asked_for(InsightsRun *run)
{
    const InsightsQuery *query = run->query;
    const Command *command = query->commands;
    while (command && command->kind != COMMAND_SORT && command->kind != COMMAND_STATS)
        command = command->next;
    for (; command; command = command->next) {
        ask_items(run->asked_for, command->items);
        ask_items(run->asked_for, command->by);
        if (command->condition)
            ask(run->asked_for, command->condition);
    }
    for (size_t i = 0; i < query->shown_count; i++)
        run->asked_for[query->shown[i]] = true;
}

/* How many rows the command gives that anybody looks at. */
static size_t most_of(const InsightsRun *run, const Command *command)
{
    const Command *next = command->next;
    while (next && (next->kind == COMMAND_FIELDS || next->kind == COMMAND_DISPLAY || next->kind == COMMAND_PARSE))
        next = next->next;
    if (!next)
        return run->most;
    return next->kind == COMMAND_LIMIT ? (size_t)next->limit : SIZE_MAX;
}

InsightsRun *insights_begin(Arena *arena, const InsightsQuery *query, const InsightsBounds *bounds)
{
    InsightsRun *run = arena_new_of(arena, InsightsRun);
    run->arena = arena;
    run->query = query;
    run->bounds = *bounds;
    run->most = bounds->limit && bounds->limit < INSIGHTS_RESULTS_MAX ? bounds->limit : INSIGHTS_RESULTS_MAX;
    run->states = arena_new_array(arena, CommandState, query->commands_count + 1);
    run->asked_for = arena_new_array(arena, bool, query->symbols_count + 1);
    find_asked_for(run);
    for (const Command *command = query->commands; command; command = command->next) {
        CommandState *state = &run->states[command->place];
        if (command->kind == COMMAND_STATS || command->kind == COMMAND_DEDUP)
            state->groups = map_new_in(arena);
        if (command->kind != COMMAND_SORT)
            continue;
        state->kept = kept_new(arena, query, bounds->budget);
        state->kept->sort = command;
        state->kept->symbols = run->asked_for;
        state->kept->most = most_of(run, command);
    }
    return run;
}

/* What rows are alike by: each value with its length before it. */
static Bytes key_of(Context *context, const Item *items, Cell *ret_cells)
{
    Bytes key = TEXT("");
    for (size_t i = 0; items; items = items->next, i++) {
        Cell cell = context_evaluate(context, items->node);
        Bytes text = cell_shown(context->arena, &cell);
        if (ret_cells)
            ret_cells[i] = cell;
        char *grown = arena_take_raw(context->arena, key.len + text.len + sizeof(size_t) + 1), *at = grown + key.len;
        size_t length = present(text) ? text.len : SIZE_MAX;
        budget_work(context->arena, 4 + (key.len + text.len) / 64);
        memcpy(grown, key.ptr, key.len);
        memcpy(at, &length, sizeof length);
        if (text.len)
            memcpy(at + sizeof length, text.ptr, text.len);
        key = (Bytes){grown, key.len + sizeof length + text.len};
    }
    return key;
}

static Group *group_new(InsightsRun *run, const Command *command, const Cell *by)
{
    CommandState *state = &run->states[command->place];
    Group *group = arena_new_of(run->arena, Group);
    group->by = arena_new_array(run->arena, Cell, command->by_count + 1);
    group->aggregates = arena_new_array(run->arena, Aggregate, command->aggregates + 1);
    for (size_t i = 0; i < command->by_count; i++)
        group->by[i] = cell_copy(run->arena, &by[i]);
    *(state->last ? &state->last->next : &state->first) = group;
    return state->last = group;
}

static void take_aggregates(InsightsRun *run, Group *group, Context *context, const Node *node)
{
    if (node->kind == NODE_AGGREGATE) {
        aggregate_take(run->arena, &group->aggregates[node->place], context, node);
        return;
    }
    for (const Node *one = node->first; one; one = one->next)
        take_aggregates(run, group, context, one);
}

static void take_row(InsightsRun *run, const Command *command, Context *context)
{
    Cell *by = arena_new_array(context->arena, Cell, command->by_count + 1);
    Bytes key = key_of(context, command->by, by);
    Group *group = map_get(run->states[command->place].groups, key);
    if (!group) {
        group = group_new(run, command, by);
        (void)map_put(run->states[command->place].groups, key, group);
    }
    for (const Item *item = command->items; item; item = item->next)
        take_aggregates(run, group, context, item->node);
}

static void set(Context *context, size_t symbol, Cell cell)
{
    context->row->cells[symbol] = cell;
    context->row->known[symbol] = true;
}

static void set_fields(const Command *command, Context *context)
{
    for (const Item *item = command->items; item; item = item->next)
        if (item->node->kind != NODE_NAME || item->node->symbol != item->symbol)
            set(context, item->symbol, context_evaluate(context, item->node));
}

/* "user=*, method:*": each part as early as it is there; what the asterisks stand for lies between. */
static bool parse_glob(const Command *command, Bytes text, Bytes *found)
{
    Bytes first = command->parts[0], rest = text;
    for (size_t i = 0; i < command->parts_count; i++) {
        Bytes part = i ? command->parts[i] : first;
        bool is_last = i + 1 == command->parts_count;
        const char *at = is_last && !part.len ? rest.ptr + rest.len
                         : part.len           ? memmem(rest.ptr, rest.len, part.ptr, part.len)
                                              : rest.ptr;
        if (!at)
            return false;
        if (i)
            found[i - 1] = bytes_slice(rest, 0, (size_t)(at - rest.ptr));
        size_t behind = (size_t)(at - rest.ptr) + part.len;
        rest = bytes_slice(rest, behind, rest.len - behind);
    }
    return true;
}

static void parse(const Command *command, Context *context)
{
    Cell cell = context_evaluate(context, command->condition);
    Bytes text = cell_shown(context->arena, &cell), groups[AUTOMATON_GROUPS_MAX + 1] = {{0}};
    Bytes *found = arena_new_array(context->arena, Bytes, command->symbols_count + 1);
    bool is_there = false;
    budget_work(context->arena, 1 + text.len / 64 + command->symbols_count);
    if (present(text) && command->automaton) {
        is_there = automaton_search(context->arena, command->automaton, text, groups);
        for (size_t i = 0; i < command->symbols_count; i++)
            found[i] = groups[command->groups[i]];
    } else if (present(text)) {
        is_there = parse_glob(command, text, found);
    }
    for (size_t i = 0; i < command->symbols_count; i++)
        set(context, command->symbols[i], is_there ? cell_text(found[i]) : (Cell){0});
}

static bool is_new(InsightsRun *run, const Command *command, Context *context)
{
    for (const Item *item = command->items; item; item = item->next)
        if (context_evaluate(context, item->node).kind == CELL_ABSENT)
            return true; /* aws: "If the field is null, the event is not deduplicated" */
    return !map_put(run->states[command->place].groups, key_of(context, command->items, NULL), run);
}

static void add_result(InsightsRun *run, Context *context)
{
    const InsightsQuery *query = run->query;
    InsightsResults *results = &run->results;
    if (results->count == run->most)
        return;
    if (results->count == run->results_capacity) {
        size_t wanted = run->results_capacity ? 2 * run->results_capacity : 32;
        results->items = arena_grown(run->arena, results->items, results->count * sizeof(InsightsResult),
                                     wanted * sizeof(InsightsResult));
        run->results_capacity = wanted;
    }
    InsightsResult *result = &results->items[results->count++];
    *result = (InsightsResult){.cells = arena_new_array(run->arena, InsightsCell, query->shown_count + 1)};
    for (size_t i = 0; i < query->shown_count; i++) {
        Cell cell = context_field(context, query->shown[i]);
        Bytes value = cell_shown(context->arena, &cell);
        if (present(value))
            result->cells[result->count++] =
                (InsightsCell){query->symbols[query->shown[i]].name, arena_copy(run->arena, value)};
    }
    if (query->shows_pointer && present(context->row->pointer))
        result->cells[result->count++] = (InsightsCell){TEXT("@ptr"), arena_copy(run->arena, context->row->pointer)};
}

/* False: the row goes no further. */
static bool pass(InsightsRun *run, const Command *command, Context *context)
{
    switch (command->kind) {
    case COMMAND_FIELDS:
    case COMMAND_DISPLAY:
        set_fields(command, context);
        return true;
    case COMMAND_FILTER:
        return context_holds(context, command->condition);
    case COMMAND_PARSE:
        parse(command, context);
        return true;
    case COMMAND_LIMIT:
        return run->states[command->place].passed++ < command->limit;
    case COMMAND_DEDUP:
        return is_new(run, command, context);
    case COMMAND_STATS:
        take_row(run, command, context);
        return false;
    default:
        kept_add(run->states[command->place].kept, context);
        return false;
    }
}

static void push(InsightsRun *run, const Command *command, Context *context)
{
    bool is_counted = !context->event;
    for (; command; command = command->next) {
        bool may_end = command->kind != COMMAND_FIELDS && command->kind != COMMAND_DISPLAY &&
                       command->kind != COMMAND_FILTER && command->kind != COMMAND_PARSE;
        if (may_end && !is_counted) {
            run->results.records_matched++;
            is_counted = true;
        }
        if (!pass(run, command, context))
            return;
    }
    run->results.records_matched += !is_counted;
    add_result(run, context);
}

void insights_feed(InsightsRun *run, Arena *scratch, const InsightsEvent *event)
{
    ArenaMark mark = arena_mark(scratch);
    Context context = {.arena = scratch, .query = run->query, .event = event, .now_ms = run->bounds.now_ms};
    context.row = row_new(scratch, run->query);
    context.row->time_ms = event->time_ms;
    context.row->pointer = event->pointer;
    budget_work(scratch, 5 + run->query->symbols_count / 4);
    run->results.records_scanned++;
    run->results.bytes_scanned += event->message.len;
    push(run, run->query->commands, &context);
    arena_rewind(scratch, mark);
}

static void finish_aggregates(Arena *arena, Group *group, Cell *results, const Node *node)
{
    if (node->kind == NODE_AGGREGATE) {
        results[node->place] = aggregate_result(arena, &group->aggregates[node->place], node);
        return;
    }
    for (const Node *one = node->first; one; one = one->next)
        finish_aggregates(arena, group, results, one);
}

/* scratch: not the run's, in which the commands that follow keep their own. */
static void give_groups(InsightsRun *run, const Command *command, Arena *scratch)
{
    for (Group *group = run->states[command->place].first; group; group = group->next) {
        ArenaMark mark = arena_mark(scratch);
        Cell *results = arena_new_array(scratch, Cell, command->aggregates + 1), *by = group->by;
        Context context = {.arena = scratch, .query = run->query, .aggregates = results, .now_ms = run->bounds.now_ms};
        context.row = row_new(scratch, run->query);
        budget_work(scratch, 10 + run->query->symbols_count / 4);
        for (const Item *item = command->by; item; item = item->next)
            set(&context, item->symbol, *by++);
        for (const Item *item = command->items; item; item = item->next) {
            finish_aggregates(scratch, group, results, item->node);
            set(&context, item->symbol, context_evaluate(&context, item->node));
        }
        context.aggregates = NULL;
        push(run, command->next, &context);
        arena_rewind(scratch, mark);
    }
}

static void give_rows(InsightsRun *run, const Command *command, Arena *scratch)
{
    Kept *kept = run->states[command->place].kept;
    kept_sort(kept);
    for (size_t i = 0; i < kept->count; i++) {
        ArenaMark mark = arena_mark(scratch);
        Context context = {.arena = scratch, .query = run->query, .row = kept->rows[i], .now_ms = run->bounds.now_ms};
        push(run, command->next, &context);
        arena_rewind(scratch, mark);
    }
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

InsightsResults insights_end(InsightsRun *run)
{
    Arena *scratch = arena_new();
    arena_defer(run->arena, free_arena, scratch);
    if (run->bounds.budget)
        budget_set(scratch, run->bounds.budget);
    for (const Command *command = run->query->commands; command; command = command->next) {
        if (command->kind == COMMAND_STATS)
            give_groups(run, command, scratch);
        if (command->kind == COMMAND_SORT)
            give_rows(run, command, scratch);
    }
    return run->results;
}
