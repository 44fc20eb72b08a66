/* json_tree.c - JSON, as RFC 8259 has it, into a tree. */
#include "json_tree.h"
#include "budget.h"
#include "json_escape.h"
#include "map.h"

#define NAMES_WITHOUT_MAP 8

typedef struct Reader {
    Arena *arena;
    const char *at, *end, *line_start;
    uint32_t line;
    TreeRules rules;
    int depth;
} Reader;

static Tree *read_value(Reader *reader);

static TreePlace place(const Reader *reader)
{
    return (TreePlace){reader->line, (uint32_t)(reader->at - reader->line_start) + 1};
}

static void skip_space(Reader *reader)
{
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\n') {
            reader->line++;
            reader->line_start = reader->at + 1;
        } else if (*reader->at != ' ' && *reader->at != '\t' && *reader->at != '\r') {
            return;
        }
    }
}

static bool take(Reader *reader, char c)
{
    skip_space(reader);
    if (reader->at >= reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* Behind the opening quote. */
static bool read_string(Reader *reader, Bytes *ret)
{
    const char *close = reader->at;
    while (close < reader->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= reader->end)
        return false;
    char *text = arena_take_raw(reader->arena, (size_t)(close - reader->at) + 1), *out = text;
    while (reader->at < close) {
        unsigned char c = (unsigned char)*reader->at++;
        if (c < 0x20)
            return false;
        if (c != '\\')
            *out++ = (char)c;
        else if (!(out = json_escape_read(&reader->at, reader->end, out)))
            return false;
    }
    reader->at = close + 1;
    *ret = (Bytes){text, (size_t)(out - text)};
    return bytes_is_utf8(*ret);
}

static size_t digits(Reader *reader)
{
    const char *from = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return (size_t)(reader->at - from);
}

static bool read_number(Reader *reader)
{
    if (*reader->at == '-')
        reader->at++;
    bool has_leading_zero = reader->at < reader->end && *reader->at == '0';
    size_t whole = digits(reader);
    if (!whole || (has_leading_zero && whole > 1))
        return false;
    if (reader->at < reader->end && *reader->at == '.') {
        reader->at++;
        if (!digits(reader))
            return false;
    }
    if (reader->at < reader->end && (*reader->at | 0x20) == 'e') {
        reader->at++;
        if (reader->at < reader->end && (*reader->at == '+' || *reader->at == '-'))
            reader->at++;
        return digits(reader) > 0;
    }
    return true;
}

static bool read_word(Reader *reader, Tree *value)
{
    static const struct {
        Bytes text;
        TreeKind kind;
    } words[] = {{TEXT("true"), TREE_TRUE}, {TEXT("false"), TREE_FALSE}, {TEXT("null"), TREE_NULL}};
    Bytes rest = {reader->at, (size_t)(reader->end - reader->at)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (bytes_starts_with(rest, words[i].text)) {
            value->kind = words[i].kind;
            reader->at += words[i].text.len;
            return true;
        }
    value->kind = TREE_NUMBER;
    return read_number(reader);
}

/* Few members: each is held against those before. */
static bool is_name_new(Map *names, const Tree *parent, const Tree *member)
{
    if (names)
        return !map_put(names, member->name, (void *)(uintptr_t)parent);
    for (const Tree *other = parent->first; other; other = other->next)
        if (bytes_equal(other->name, member->name))
            return false;
    return true;
}

static Map *names_of(Reader *reader, const Tree *parent)
{
    Map *names = map_new_in(reader->arena);
    for (const Tree *member = parent->first; member; member = member->next)
        (void)map_put(names, member->name, (void *)(uintptr_t)parent);
    return names;
}

static bool read_members(Reader *reader, Tree *parent, char close)
{
    Map *names = NULL;
    Tree **last = &parent->first;
    if (take(reader, close))
        return true;
    do {
        Bytes name = {0};
        if (close == '}' && (!take(reader, '"') || !read_string(reader, &name) || !take(reader, ':')))
            return false;
        Tree *member = read_value(reader);
        if (!member)
            return false;
        member->name = name;
        if (close == '}' && !reader->rules.allows_twins && !names && parent->count >= NAMES_WITHOUT_MAP)
            names = names_of(reader, parent);
        if (close == '}' && !reader->rules.allows_twins && !is_name_new(names, parent, member))
            return false;
        *last = member;
        last = &member->next;
        parent->count++;
    } while (take(reader, ','));
    return take(reader, close);
}

static bool read_body(Reader *reader, Tree *value)
{
    switch (*reader->at) {
    case '{':
        value->kind = TREE_OBJECT;
        reader->at++;
        return read_members(reader, value, '}');
    case '[':
        value->kind = TREE_ARRAY;
        reader->at++;
        return read_members(reader, value, ']');
    case '"':
        value->kind = TREE_STRING;
        reader->at++;
        return read_string(reader, &value->text);
    default:
        return read_word(reader, value);
    }
}

static Tree *read_value(Reader *reader)
{
    skip_space(reader);
    if (reader->at >= reader->end || reader->depth >= reader->rules.depth_max)
        return NULL;
    budget_work(reader->arena, 1);
    Tree *value = arena_new_of(reader->arena, Tree);
    const char *from = reader->at;
    value->start = place(reader);
    value->start.column++;
    reader->depth++;
    if (!read_body(reader, value))
        return NULL;
    reader->depth--;
    if (value->kind >= TREE_NUMBER)
        value->text = (Bytes){from, (size_t)(reader->at - from)};
    value->end = place(reader);
    value->from = from;
    value->length = (size_t)(reader->at - from);
    return value;
}

Tree *json_tree_read_first(Arena *arena, Bytes *documents, TreeRules rules)
{
    Reader reader = {arena, documents->ptr, documents->ptr + documents->len, documents->ptr, 1, rules, 0};
    Tree *value = read_value(&reader);
    skip_space(&reader);
    if (value)
        *documents = (Bytes){reader.at, (size_t)(reader.end - reader.at)};
    return value;
}

Tree *json_tree_read(Arena *arena, Bytes document, TreeRules rules)
{
    Tree *value = json_tree_read_first(arena, &document, rules);
    return document.len ? NULL : value;
}
