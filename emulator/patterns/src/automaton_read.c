/* automaton_read.c - the text of a regular expression into a tree. */
#include "automaton_tree.h"
#include "budget.h"
#include "hex.h"

#define DEPTH_MAX  60
#define REPEAT_MAX 1000

typedef struct Reader {
    Arena *arena;
    Automaton *automaton;
    AutomatonDialect dialect;
    const char *at, *end;
    AutomatonFault fault;
    size_t sets_capacity;
    int depth;
    bool ignores_case, dot_is_all, is_multi_line;
} Reader;

static Part *read_choice(Reader *reader);

static Part *refuse(Reader *reader, AutomatonFault fault)
{
    if (!reader->fault)
        reader->fault = fault;
    return NULL;
}

static bool is_at_end(const Reader *reader)
{
    return reader->at >= reader->end;
}

static bool take(Reader *reader, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, text, len))
        return false;
    reader->at += len;
    return true;
}

static uint32_t read_character(Reader *reader)
{
    Bytes rest = {reader->at, (size_t)(reader->end - reader->at)};
    size_t len = bytes_utf8_character(rest);
    const unsigned char *c = (const unsigned char *)reader->at;
    reader->at += len ? len : 1;
    switch (len) {
    case 2:
        return (uint32_t)(c[0] & 31) << 6 | (c[1] & 63u);
    case 3:
        return (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63u);
    case 4:
        return (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12 | (uint32_t)(c[2] & 63) << 6 | (c[3] & 63u);
    default:
        return len ? c[0] : 0xFFFD;
    }
}

static Part *part_new(Reader *reader, PartKind kind)
{
    Part *part = arena_new_of(reader->arena, Part);
    part->kind = kind;
    return part;
}

static Part *part_step(Reader *reader, StepKind kind, uint32_t x)
{
    Part *part = part_new(reader, PART_STEP);
    part->step = (Step){.kind = (uint8_t)kind, .ignores_case = reader->ignores_case, .x = x};
    return part;
}

static CharacterSet *set_new(Reader *reader, Part **ret_part)
{
    Automaton *automaton = reader->automaton;
    if (automaton->sets_count == reader->sets_capacity) {
        size_t wanted = reader->sets_capacity ? 2 * reader->sets_capacity : 8;
        automaton->sets = arena_grown(reader->arena, automaton->sets, automaton->sets_count * sizeof(CharacterSet),
                                      wanted * sizeof(CharacterSet));
        reader->sets_capacity = wanted;
    }
    CharacterSet *set = &automaton->sets[automaton->sets_count];
    *set = (CharacterSet){0};
    *ret_part = part_step(reader, STEP_SET, (uint32_t)automaton->sets_count++);
    return set;
}

/* So many digits of base 16; false: there are fewer. */
static bool read_hex(Reader *reader, int digits, uint32_t *ret)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++, reader->at++) {
        if (is_at_end(reader))
            return false;
        int digit = hex_digit(*reader->at);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *ret = value;
    return true;
}

static bool read_braced_hex(Reader *reader, uint32_t *ret)
{
    uint32_t value = 0, digit;
    int count = 0;
    for (; !take(reader, "}"); count++) {
        if (count == 6 || !read_hex(reader, 1, &digit))
            return false;
        value = value << 4 | digit;
    }
    *ret = value;
    return count && value <= 0x10FFFF;
}

/* Behind the backslash: one character. False: no such escape. */
static bool read_escaped(Reader *reader, uint32_t *ret)
{
    static const char names[] = "tnrfae", meant[] = "\t\n\r\f\a\x1b";
    char c = *reader->at;
    const char *name = strchr(names, c);
    if (c == 'x' || c == 'u') {
        reader->at++;
        if (c == 'x' && take(reader, "{"))
            return read_braced_hex(reader, ret);
        return read_hex(reader, c == 'x' ? 2 : 4, ret);
    }
    if (c && name) {
        reader->at++;
        *ret = (unsigned char)meant[name - names];
        return true;
    }
    if (c >= '0' && c <= '9')
        return refuse(reader, c == '0' ? AUTOMATON_BAD_SYNTAX : AUTOMATON_NOT_REGULAR) != NULL;
    if (is_word_character((unsigned char)c) && c != '_')
        return false;
    *ret = read_character(reader);
    return true;
}

/* \p{Alpha} and so on: those of ASCII. */
static bool add_property(Reader *reader, CharacterSet *set)
{
    static const struct {
        const char *name;
        CharacterRange ranges[4];
    } known[] = {
        {"{Alpha}", {{'A', 'Z'}, {'a', 'z'}}},
        {"{Digit}", {{'0', '9'}}},
        {"{Alnum}", {{'A', 'Z'}, {'a', 'z'}, {'0', '9'}}},
        {"{Upper}", {{'A', 'Z'}}},
        {"{Lower}", {{'a', 'z'}}},
        {"{Punct}", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
        {"{Space}", {{'\t', '\r'}, {' ', ' '}}},
        {"{XDigit}", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!take(reader, known[i].name))
            continue;
        for (int k = 0; k < 4 && known[i].ranges[k].to; k++)
            character_set_add(reader->arena, set, known[i].ranges[k].from, known[i].ranges[k].to);
        return true;
    }
    return false;
}

static void set_invert(CharacterSet *set)
{
    for (int i = 0; i < 4; i++)
        set->ascii[i] = ~set->ascii[i];
    set->is_not = !set->is_not;
}

static Part *read_class_escape(Reader *reader)
{
    Part *part;
    char name = *reader->at++;
    CharacterSet *set = set_new(reader, &part);
    if (name == 'p' || name == 'P') {
        if (!add_property(reader, set))
            return refuse(reader, AUTOMATON_BAD_SYNTAX);
        if (name == 'P')
            set_invert(set);
        return part;
    }
    character_set_add_class(reader->arena, set, name);
    return part;
}

static Part *read_assertion_escape(Reader *reader)
{
    static const char names[] = "bBAzZ";
    static const Assertion meant[] = {AT_BOUNDARY, AT_NO_BOUNDARY, AT_START, AT_END, AT_LAST_LINE_END};
    return part_step(reader, STEP_ASSERT, meant[strchr(names, *reader->at++) - names]);
}

/* \Q…\E: each character as it is. */
static Part *read_quoted(Reader *reader)
{
    Part *sequence = part_new(reader, PART_SEQUENCE), **last = &sequence->first;
    while (!is_at_end(reader) && !take(reader, "\\E")) {
        *last = part_step(reader, STEP_CHARACTER, read_character(reader));
        last = &(*last)->next;
    }
    return sequence;
}

static Part *read_escape(Reader *reader)
{
    uint32_t c;
    if (is_at_end(reader))
        return refuse(reader, AUTOMATON_BAD_SYNTAX);
    if (!*reader->at)
        return refuse(reader, AUTOMATON_BAD_CHARACTER);
    if (strchr("dDwWsS", *reader->at))
        return read_class_escape(reader);
    if (reader->dialect == AUTOMATON_OF_INSIGHTS) {
        if (*reader->at == 'p' || *reader->at == 'P')
            return read_class_escape(reader);
        if (strchr("bBAzZ", *reader->at))
            return read_assertion_escape(reader);
        if (take(reader, "Q"))
            return read_quoted(reader);
        if (*reader->at == 'k' || *reader->at == 'G')
            return refuse(reader, AUTOMATON_NOT_REGULAR);
    }
    return read_escaped(reader, &c) ? part_step(reader, STEP_CHARACTER, c) : refuse(reader, AUTOMATON_BAD_SYNTAX);
}

/* One end of a range in brackets; true with *ret_class where it is a class of its own instead. */
static bool read_set_item(Reader *reader, CharacterSet *set, uint32_t *ret, bool *ret_is_class)
{
    *ret_is_class = false;
    if (*reader->at != '\\') {
        *ret = read_character(reader);
        return true;
    }
    reader->at++;
    if (is_at_end(reader) || !*reader->at)
        return false;
    bool is_insights = reader->dialect == AUTOMATON_OF_INSIGHTS;
    if (strchr("dDwWsS", *reader->at)) {
        character_set_add_class(reader->arena, set, *reader->at++);
        return *ret_is_class = true;
    }
    if (is_insights && *reader->at == 'p') {
        reader->at++;
        return *ret_is_class = add_property(reader, set);
    }
    return read_escaped(reader, ret);
}

static bool read_set_range(Reader *reader, CharacterSet *set)
{
    uint32_t from, to;
    bool is_class;
    if (!read_set_item(reader, set, &from, &is_class))
        return false;
    if (is_class)
        return true;
    to = from;
    if (reader->end - reader->at >= 2 && reader->at[0] == '-' && reader->at[1] != ']') {
        reader->at++;
        if (!read_set_item(reader, set, &to, &is_class) || is_class || to < from)
            return false;
    }
    character_set_add(reader->arena, set, from, to);
    return true;
}

static void set_ignore_case(CharacterSet *set)
{
    for (uint32_t c = 'A'; c <= 'Z'; c++) {
        uint32_t small = c | 0x20;
        bool has = (set->ascii[c / 32] >> c % 32 | set->ascii[small / 32] >> small % 32) & 1;
        set->ascii[c / 32] |= (uint32_t)has << c % 32;
        set->ascii[small / 32] |= (uint32_t)has << small % 32;
    }
}

/* Behind the opening bracket. */
static Part *read_set(Reader *reader)
{
    Part *part;
    CharacterSet *set = set_new(reader, &part);
    bool is_not = take(reader, "^");
    bool is_first = true;
    for (; !is_at_end(reader) && (is_first || *reader->at != ']'); is_first = false) {
        budget_work(reader->arena, 1);
        if (take(reader, "&&"))
            return refuse(reader, AUTOMATON_NOT_REGULAR);
        if (!read_set_range(reader, set))
            return refuse(reader, AUTOMATON_BAD_SYNTAX);
    }
    if (!take(reader, "]"))
        return refuse(reader, AUTOMATON_BAD_SYNTAX);
    if (reader->ignores_case)
        set_ignore_case(set);
    if (is_not)
        set_invert(set);
    return part;
}

static bool read_flags(Reader *reader)
{
    bool is_on = true;
    for (; !is_at_end(reader); reader->at++)
        switch (*reader->at) {
        case 'i':
            reader->ignores_case = is_on;
            break;
        case 's':
            reader->dot_is_all = is_on;
            break;
        case 'm':
            reader->is_multi_line = is_on;
            break;
        case '-':
            is_on = false;
            break;
        case ')':
            return true;
        case ':':
            reader->at++;
            return true;
        default:
            return false;
        }
    return false;
}

static bool read_group_name(Reader *reader, Bytes *ret)
{
    const char *from = reader->at;
    while (!is_at_end(reader) && is_word_character((unsigned char)*reader->at))
        reader->at++;
    *ret = arena_copy(reader->arena, (Bytes){from, (size_t)(reader->at - from)});
    return ret->len && (*from < '0' || *from > '9') && take(reader, ">");
}

static bool is_name_taken(const Automaton *automaton, Bytes name)
{
    for (size_t i = 1; i <= automaton->groups; i++)
        if (present(automaton->names[i]) && bytes_equal(automaton->names[i], name))
            return true;
    return false;
}

/* What stands behind "(?"; *ret_name: of a group that is counted. */
static bool read_group_kind(Reader *reader, Bytes *ret_name, bool *ret_is_counted)
{
    *ret_is_counted = false;
    if (take(reader, ":"))
        return true;
    if (take(reader, "=") || take(reader, "!") || take(reader, "<=") || take(reader, "<!") || take(reader, ">"))
        return refuse(reader, AUTOMATON_NOT_REGULAR) != NULL;
    if (take(reader, "<") || take(reader, "P<")) {
        *ret_is_counted = true;
        return read_group_name(reader, ret_name) && !is_name_taken(reader->automaton, *ret_name);
    }
    return read_flags(reader);
}

/* Behind the opening parenthesis. */
static Part *read_group(Reader *reader)
{
    Reader before = *reader;
    Bytes name = {0};
    bool is_counted = true;
    Part *part = part_new(reader, PART_GROUP);
    if (take(reader, "?") && !read_group_kind(reader, &name, &is_counted))
        return refuse(reader, AUTOMATON_BAD_SYNTAX);
    if (!is_counted && reader->at[-1] != ':' && take(reader, ")"))
        return part_new(reader, PART_EMPTY); /* (?i): from here on, to the end of what it stands in */
    if (is_counted) {
        if (reader->automaton->groups == AUTOMATON_GROUPS_MAX)
            return refuse(reader, AUTOMATON_TOO_LARGE);
        part->group = (uint32_t)++reader->automaton->groups;
        reader->automaton->names[part->group] = name;
    }
    part->first = read_choice(reader);
    if (!part->first || !take(reader, ")"))
        return refuse(reader, AUTOMATON_BAD_SYNTAX);
    reader->ignores_case = before.ignores_case;
    reader->dot_is_all = before.dot_is_all;
    reader->is_multi_line = before.is_multi_line;
    return part;
}

/* aws: "Filter patterns with regex can only include": letters, digits, these symbols and the operators. Text in square
 * brackets is held to it, too; a backslash takes any sign of ASCII. */
static bool is_let_in(const Reader *reader, char c)
{
    return reader->dialect == AUTOMATON_OF_INSIGHTS || is_word_character((unsigned char)c) ||
           (c && strchr(":_#=@/;,-^$?[]{}|\\*+.", c));
}

static Part *read_atom(Reader *reader)
{
    char c = *reader->at;
    if (c == '[' || c == '(' || c == '.' || c == '^' || c == '$' || c == '\\')
        reader->at++;
    switch (c) {
    case '[':
        return read_set(reader);
    case '(':
        return read_group(reader);
    case '\\':
        return read_escape(reader);
    case '.':
        return part_step(reader, reader->dot_is_all ? STEP_ALL : STEP_ANY, 0);
    case '^':
        return part_step(reader, STEP_ASSERT, reader->is_multi_line ? AT_LINE_START : AT_START);
    case '$':
        return part_step(reader, STEP_ASSERT, reader->is_multi_line ? AT_LINE_END : AT_LAST_LINE_END);
    case '*':
    case '+':
    case '?':
        return refuse(reader, AUTOMATON_BAD_SYNTAX);
    default:
        return part_step(reader, STEP_CHARACTER, read_character(reader));
    }
}

static bool read_number(Reader *reader, uint32_t *ret)
{
    const char *from = reader->at;
    uint32_t value = 0;
    for (; !is_at_end(reader) && *reader->at >= '0' && *reader->at <= '9'; reader->at++)
        value = value > REPEAT_MAX ? value : value * 10 + (uint32_t)(*reader->at - '0');
    *ret = value;
    return reader->at > from;
}

/* Behind the opening brace; false: what stands there is no count, and means itself. */
static bool read_count(Reader *reader, Part *repeat)
{
    const char *from = reader->at;
    if (read_number(reader, &repeat->minimum)) {
        repeat->maximum = repeat->minimum;
        if (take(reader, ",") && !read_number(reader, &repeat->maximum))
            repeat->maximum = REPEAT_WITHOUT_END;
        if (take(reader, "}"))
            return true;
    }
    reader->at = from;
    return false;
}

static bool read_repetition(Reader *reader, Part *repeat)
{
    repeat->minimum = 0;
    repeat->maximum = REPEAT_WITHOUT_END;
    if (take(reader, "*"))
        return true;
    if (take(reader, "+")) {
        repeat->minimum = 1;
        return true;
    }
    if (take(reader, "?")) {
        repeat->maximum = 1;
        return true;
    }
    return take(reader, "{") && read_count(reader, repeat);
}

static Part *read_repeated(Reader *reader)
{
    Part *part = read_atom(reader), repeat = {.kind = PART_REPEAT};
    while (part) {
        const char *before = reader->at;
        if (!read_repetition(reader, &repeat)) {
            if (reader->at > before) /* a brace that is no count */
                return refuse(reader, AUTOMATON_BAD_SYNTAX);
            break;
        }
        if ((repeat.maximum != REPEAT_WITHOUT_END &&
             (repeat.maximum > REPEAT_MAX || repeat.maximum < repeat.minimum)) ||
            repeat.minimum > REPEAT_MAX)
            return refuse(reader, repeat.maximum < repeat.minimum ? AUTOMATON_BAD_SYNTAX : AUTOMATON_TOO_LARGE);
        repeat.is_lazy = take(reader, "?");
        if (!is_at_end(reader) && strchr("*+?", *reader->at) && *reader->at)
            return refuse(reader, *reader->at == '+' ? AUTOMATON_NOT_REGULAR : AUTOMATON_BAD_SYNTAX);
        Part *whole = part_new(reader, PART_REPEAT);
        *whole = repeat;
        whole->first = part;
        part = whole;
        if (++reader->depth > DEPTH_MAX)
            return refuse(reader, AUTOMATON_TOO_LARGE);
    }
    return part;
}

static Part *read_sequence(Reader *reader)
{
    Part *sequence = part_new(reader, PART_SEQUENCE), **last = &sequence->first;
    int depth = reader->depth;
    while (!is_at_end(reader) && *reader->at != '|' && *reader->at != ')') {
        budget_work(reader->arena, 3);
        if (!is_let_in(reader, *reader->at))
            return refuse(reader, AUTOMATON_BAD_CHARACTER);
        if (!(*last = read_repeated(reader)))
            return NULL;
        last = &(*last)->next;
        reader->depth = depth;
    }
    return sequence;
}

static Part *read_choice(Reader *reader)
{
    Part *choice = part_new(reader, PART_CHOICE), **last = &choice->first;
    if (++reader->depth > DEPTH_MAX)
        return refuse(reader, AUTOMATON_TOO_LARGE);
    do {
        if (!(*last = read_sequence(reader)))
            return NULL;
        last = &(*last)->next;
    } while (take(reader, "|"));
    reader->depth--;
    return choice;
}

/* Within brackets the dialect of filters lets in no more than without. */
static bool are_characters_let_in(const Reader *reader)
{
    for (const char *at = reader->at; at < reader->end; at++) {
        if (*at == '\\') {
            if (++at == reader->end || *at <= ' ' || *at > '~')
                return false;
        } else if (!is_let_in(reader, *at)) {
            return false;
        }
    }
    return true;
}

const Automaton *automaton_read(Arena *arena, Bytes text, AutomatonDialect dialect, AutomatonFault *ret_fault)
{
    Automaton *automaton = arena_new_of(arena, Automaton);
    Reader reader = {
        .arena = arena, .automaton = automaton, .dialect = dialect, .at = text.ptr, .end = text.ptr + text.len};
    if (dialect == AUTOMATON_OF_FILTERS && !are_characters_let_in(&reader)) {
        *ret_fault = AUTOMATON_BAD_CHARACTER;
        return NULL;
    }
    Part *whole = read_choice(&reader);
    if (whole && !is_at_end(&reader))
        (void)refuse(&reader, AUTOMATON_BAD_SYNTAX); /* a parenthesis too many */
    if (whole && !reader.fault && !automaton_compile(arena, whole, automaton))
        (void)refuse(&reader, AUTOMATON_TOO_LARGE);
    *ret_fault = whole ? reader.fault : reader.fault ? reader.fault : AUTOMATON_BAD_SYNTAX;
    return *ret_fault ? NULL : automaton;
}

size_t automaton_groups(const Automaton *automaton)
{
    return automaton->groups;
}

Bytes automaton_group_name(const Automaton *automaton, size_t group)
{
    return automaton->names[group].len ? automaton->names[group] : (Bytes){0};
}
