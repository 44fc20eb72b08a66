/* predicate.c - reads a condition by recursive descent into a tree, and asks it of a partition's values. */
#include "predicate.h"
#include "budget.h"

#define STEPS_AT_ONCE 256 /* of a pattern, each of which is a small part of one of the budget's */

/* A partition without a value has this as it: NULL. */
#define NULL_VALUE TEXT("__HIVE_DEFAULT_PARTITION__")

typedef enum KeyKind { KEY_TEXT, KEY_NUMBER, KEY_DECIMAL, KEY_DATE, KEY_TIMESTAMP, KEY_UNKNOWN } KeyKind;
typedef enum PredicateKind { IS_OR, IS_AND, IS_NOT, IS_COMPARED, IS_IN, IS_LIKE, IS_NULL_VALUE } PredicateKind;
enum { LESS = 1, EQUAL = 2, MORE = 4 };

struct Predicate {
    PredicateKind kind;
    const Predicate *left, *right; /* of IS_NOT the left */
    size_t key;
    KeyKind type;
    unsigned accepted; /* IS_COMPARED: LESS, EQUAL, MORE */
    Bytes *operands;
    size_t count;
};

typedef struct Reader {
    Arena *arena;
    const GlueColumnList *keys;
    Bytes rest;
    Bytes message; /* why it is none */
} Reader;

static const struct {
    const char *name;
    KeyKind kind;
} types[] = {
    {"string", KEY_TEXT},     {"varchar", KEY_TEXT},        {"char", KEY_TEXT},     {"int", KEY_NUMBER},
    {"integer", KEY_NUMBER},  {"bigint", KEY_NUMBER},       {"long", KEY_NUMBER},   {"tinyint", KEY_NUMBER},
    {"smallint", KEY_NUMBER}, {"decimal", KEY_DECIMAL},     {"float", KEY_DECIMAL}, {"double", KEY_DECIMAL},
    {"date", KEY_DATE},       {"timestamp", KEY_TIMESTAMP},
};

static KeyKind kind_of(Bytes type)
{
    Bytes rest = type, name = bytes_cut(&rest, '(');
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (bytes_equal_ignoring_case(name, bytes_of(types[i].name)))
            return types[i].kind;
    return KEY_UNKNOWN;
}

/* "Invalid partition expression!" is what AWS says of all that cannot be read (moto #9306). */
static const Predicate *bad(Reader *reader, Bytes message)
{
    if (!present(reader->message))
        reader->message = message;
    return NULL;
}

static const Predicate *unreadable(Reader *reader)
{
    return bad(reader, TEXT("Invalid partition expression!"));
}

static void skip(Reader *reader, size_t count)
{
    reader->rest = bytes_slice(reader->rest, count, reader->rest.len - count);
}

static void skip_space(Reader *reader)
{
    while (reader->rest.len && strchr(" \t\r\n", *reader->rest.ptr))
        skip(reader, 1);
}

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

static size_t word_len(Bytes text)
{
    size_t len = 0;
    while (len < text.len && is_of_word(text.ptr[len]))
        len++;
    return len;
}

static bool take_word(Reader *reader, const char *word)
{
    skip_space(reader);
    Bytes next = bytes_slice(reader->rest, 0, word_len(reader->rest));
    if (!bytes_equal_ignoring_case(next, bytes_of(word)))
        return false;
    skip(reader, next.len);
    return true;
}

static bool take_mark(Reader *reader, const char *mark)
{
    skip_space(reader);
    if (!bytes_starts_with(reader->rest, bytes_of(mark)))
        return false;
    skip(reader, strlen(mark));
    return true;
}

/* 'it''s' */
static bool read_quoted(Reader *reader, char quote, Bytes *ret)
{
    char *out = arena_take_raw(reader->arena, reader->rest.len + 1);
    size_t len = 0;
    skip(reader, 1);
    while (reader->rest.len) {
        char c = *reader->rest.ptr;
        skip(reader, 1);
        if (c == quote) {
            if (!reader->rest.len || *reader->rest.ptr != quote) {
                *ret = (Bytes){out, len};
                return true;
            }
            skip(reader, 1);
        }
        out[len++] = c;
    }
    return false;
}

static bool read_key(Reader *reader, size_t *ret_key)
{
    Bytes name;
    skip_space(reader);
    char first = (char)(reader->rest.len ? *reader->rest.ptr : 0);
    if (first == '`' || first == '"') {
        if (!read_quoted(reader, first, &name))
            return false;
    } else {
        name = bytes_slice(reader->rest, 0, word_len(reader->rest));
        skip(reader, name.len);
    }
    for (size_t i = 0; name.len && i < reader->keys->len; i++)
        if (bytes_equal_ignoring_case(reader->keys->items[i].name, name)) {
            *ret_key = i;
            return true;
        }
    return false;
}

static bool read_literal(Reader *reader, Bytes *ret)
{
    if (!take_word(reader, "date"))
        (void)take_word(reader, "timestamp");
    skip_space(reader);
    if (!reader->rest.len)
        return false;
    if (*reader->rest.ptr == '\'' || *reader->rest.ptr == '"')
        return read_quoted(reader, *reader->rest.ptr, ret);
    *ret = bytes_slice(reader->rest, 0, word_len(reader->rest));
    skip(reader, ret->len);
    return ret->len && (strchr("-.0123456789", *ret->ptr) != NULL);
}

static bool has_shape(Bytes text, const char *shape)
{
    size_t len = strlen(shape);
    for (size_t i = 0; i < len; i++)
        if (i >= text.len || (shape[i] == '0' ? text.ptr[i] < '0' || text.ptr[i] > '9' : text.ptr[i] != shape[i]))
            return false;
    return true;
}

static bool is_decimal(Bytes text)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        digits += c >= '0' && c <= '9';
        points += c == '.';
        if (!(c >= '0' && c <= '9') && c != '.' && !(c == '-' && i == 0))
            return false;
    }
    return digits && points <= 1;
}

/* The words are AWS's, as moto's tests hold them against it. */
static bool fits(Reader *reader, KeyKind kind, Bytes value)
{
    int64_t number;
    Bytes message;
    if (kind == KEY_NUMBER && !bytes_to_int64(value, &number))
        message = arena_text(reader->arena, "\"" BYTES_FMT "\" is not an integer.", BYTES_ARG(value));
    else if (kind == KEY_DECIMAL && !is_decimal(value))
        message = arena_text(reader->arena, BYTES_FMT " is not a decimal.", BYTES_ARG(value));
    else if (kind == KEY_DATE && !(value.len == 10 && has_shape(value, "0000-00-00")))
        message = arena_text(reader->arena, BYTES_FMT " is not a date.", BYTES_ARG(value));
    else if (kind == KEY_TIMESTAMP && !has_shape(value, "0000-00-00 00:00:00"))
        message = arena_text(
            reader->arena, "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] " BYTES_FMT " is not a timestamp.",
            BYTES_ARG(value));
    else
        return true;
    bad(reader, message);
    return false;
}

static Predicate *new_of(Reader *reader, PredicateKind kind)
{
    Predicate *predicate = arena_new_of(reader->arena, Predicate);
    predicate->kind = kind;
    return predicate;
}

static const Predicate *negated(Reader *reader, const Predicate *what, bool is_negated)
{
    if (!is_negated || !what)
        return what;
    Predicate *predicate = new_of(reader, IS_NOT);
    predicate->left = what;
    return predicate;
}

static const Predicate *both(Reader *reader, PredicateKind kind, const Predicate *left, const Predicate *right)
{
    Predicate *predicate = new_of(reader, kind);
    predicate->left = left;
    predicate->right = right;
    return left && right ? predicate : NULL;
}

/* Of the key: what may stand for a literal that is compared with it. */
static Predicate *of_key(Reader *reader, PredicateKind kind, size_t key)
{
    Predicate *predicate = new_of(reader, kind);
    predicate->key = key;
    predicate->type = kind_of(reader->keys->items[key].type);
    return predicate;
}

static bool read_operand(Reader *reader, Predicate *predicate)
{
    Bytes value;
    if (!read_literal(reader, &value)) {
        unreadable(reader);
        return false;
    }
    if (!fits(reader, predicate->type, value))
        return false;
    size_t size = predicate->count * sizeof value;
    if (!size)
        predicate->operands = arena_take(reader->arena, sizeof value);
    else if (!(predicate->count & (predicate->count - 1)))
        predicate->operands = arena_grown(reader->arena, predicate->operands, size, 2 * size);
    predicate->operands[predicate->count++] = value;
    return true;
}

static const Predicate *read_comparison(Reader *reader, size_t key, unsigned accepted)
{
    Predicate *predicate = of_key(reader, IS_COMPARED, key);
    predicate->accepted = accepted;
    return read_operand(reader, predicate) ? predicate : NULL;
}

static const Predicate *read_in(Reader *reader, size_t key)
{
    Predicate *predicate = of_key(reader, IS_IN, key);
    if (!take_mark(reader, "("))
        return unreadable(reader);
    do {
        if (!read_operand(reader, predicate))
            return NULL;
    } while (take_mark(reader, ","));
    return take_mark(reader, ")") ? predicate : unreadable(reader);
}

static const Predicate *read_between(Reader *reader, size_t key)
{
    const Predicate *from = read_comparison(reader, key, EQUAL | MORE);
    if (from && !take_word(reader, "and"))
        return unreadable(reader);
    return from ? both(reader, IS_AND, from, read_comparison(reader, key, LESS | EQUAL)) : NULL;
}

static const Predicate *read_like(Reader *reader, size_t key)
{
    Predicate *predicate = of_key(reader, IS_LIKE, key);
    predicate->type = KEY_TEXT;
    return read_operand(reader, predicate) ? predicate : NULL;
}

static const struct {
    const char *mark;
    unsigned accepted;
} comparators[] = {
    {"<>", LESS | MORE}, {"!=", LESS | MORE}, {"<=", LESS | EQUAL}, {">=", MORE | EQUAL},
    {"=", EQUAL},        {"<", LESS},         {">", MORE},
};

static const Predicate *read_test(Reader *reader)
{
    size_t key;
    if (!read_key(reader, &key) || kind_of(reader->keys->items[key].type) == KEY_UNKNOWN)
        return unreadable(reader);
    for (size_t i = 0; i < sizeof comparators / sizeof *comparators; i++)
        if (take_mark(reader, comparators[i].mark))
            return read_comparison(reader, key, comparators[i].accepted);
    if (take_word(reader, "is")) {
        bool is_negated = take_word(reader, "not");
        return take_word(reader, "null") ? negated(reader, of_key(reader, IS_NULL_VALUE, key), is_negated)
                                         : unreadable(reader);
    }
    bool is_negated = take_word(reader, "not");
    if (take_word(reader, "in"))
        return negated(reader, read_in(reader, key), is_negated);
    if (take_word(reader, "between"))
        return negated(reader, read_between(reader, key), is_negated);
    if (take_word(reader, "like"))
        return negated(reader, read_like(reader, key), is_negated);
    return unreadable(reader);
}

static const Predicate *read_or(Reader *reader);

static const Predicate *read_not(Reader *reader)
{
    budget_descend(reader->arena);
    if (take_word(reader, "not"))
        return negated(reader, read_not(reader), true);
    if (!take_mark(reader, "("))
        return read_test(reader);
    const Predicate *inner = read_or(reader);
    return !inner || take_mark(reader, ")") ? inner : unreadable(reader);
}

static const Predicate *read_and(Reader *reader)
{
    const Predicate *left = read_not(reader);
    while (left && take_word(reader, "and"))
        left = both(reader, IS_AND, left, read_not(reader));
    return left;
}

static const Predicate *read_or(Reader *reader)
{
    const Predicate *left = read_and(reader);
    while (left && take_word(reader, "or"))
        left = both(reader, IS_OR, left, read_and(reader));
    return left;
}

const Predicate *predicate_read(Arena *arena, const GlueColumnList *keys, Bytes text, Bytes *ret_message)
{
    Reader reader = {.arena = arena, .keys = keys, .rest = text};
    budget_work(arena, text.len);
    const Predicate *predicate = read_or(&reader);
    skip_space(&reader);
    if (predicate && reader.rest.len)
        predicate = unreadable(&reader);
    *ret_message = reader.message;
    return predicate;
}

/* As numbers of any length: sign, digits before the point, digits. */
static int compare_decimals(Bytes a, Bytes b)
{
    bool is_negative = *a.ptr == '-', other_negative = *b.ptr == '-';
    if (is_negative != other_negative)
        return is_negative ? -1 : 1;
    if (is_negative)
        return compare_decimals(bytes_slice(b, 1, b.len - 1), bytes_slice(a, 1, a.len - 1));
    Bytes fraction_a = a, fraction_b = b;
    Bytes whole_a = bytes_cut(&fraction_a, '.'), whole_b = bytes_cut(&fraction_b, '.');
    while (whole_a.len && *whole_a.ptr == '0')
        whole_a = bytes_slice(whole_a, 1, whole_a.len - 1);
    while (whole_b.len && *whole_b.ptr == '0')
        whole_b = bytes_slice(whole_b, 1, whole_b.len - 1);
    while (fraction_a.len && fraction_a.ptr[fraction_a.len - 1] == '0')
        fraction_a.len--;
    while (fraction_b.len && fraction_b.ptr[fraction_b.len - 1] == '0')
        fraction_b.len--;
    if (whole_a.len != whole_b.len)
        return whole_a.len < whole_b.len ? -1 : 1;
    int order = bytes_compare(whole_a, whole_b);
    return order ? order : bytes_compare(fraction_a, fraction_b);
}

/* A value that is none of its type has no order: nothing holds of it. */
static unsigned compare(KeyKind kind, Bytes value, Bytes operand)
{
    int order;
    if (kind == KEY_NUMBER || kind == KEY_DECIMAL) {
        if (!is_decimal(value) || !is_decimal(operand))
            return 0;
        order = compare_decimals(value, operand);
    } else
        order = bytes_compare(value, operand);
    return order < 0 ? LESS : order > 0 ? MORE : EQUAL;
}

/* % and _, without going back further than to the last %. */
static bool is_like(Arena *arena, Bytes text, Bytes pattern)
{
    size_t at = 0, in = 0, star = SIZE_MAX, from = 0;
    for (size_t steps = 1; at < text.len; steps++) {
        if (steps % STEPS_AT_ONCE == 0)
            budget_work(arena, STEPS_AT_ONCE / 8);
        if (in < pattern.len && pattern.ptr[in] == '%') {
            star = in++;
            from = at;
        } else if (in < pattern.len && (pattern.ptr[in] == '_' || pattern.ptr[in] == text.ptr[at])) {
            in++;
            at++;
        } else if (star != SIZE_MAX) {
            in = star + 1;
            at = ++from;
        } else
            return false;
    }
    while (in < pattern.len && pattern.ptr[in] == '%')
        in++;
    return in == pattern.len;
}

/* SQL's third answer: what is asked of NULL is neither true nor false. */
typedef enum Answer { NO, YES, UNKNOWN } Answer;

static Answer ask(Arena *arena, const Predicate *predicate, const Bytes *values);

static Answer ask_key(Arena *arena, const Predicate *predicate, Bytes value)
{
    bool is_null = bytes_equal(value, NULL_VALUE);
    bool holds = false;
    if (predicate->kind == IS_NULL_VALUE)
        return is_null ? YES : NO;
    if (is_null)
        return UNKNOWN;
    budget_work(arena, 1 + predicate->count);
    if (predicate->kind == IS_LIKE)
        holds = is_like(arena, value, predicate->operands[0]);
    else if (predicate->kind == IS_COMPARED)
        holds = compare(predicate->type, value, predicate->operands[0]) & predicate->accepted;
    else
        for (size_t i = 0; !holds && i < predicate->count; i++)
            holds = compare(predicate->type, value, predicate->operands[i]) == EQUAL;
    return holds ? YES : NO;
}

static Answer ask_both(Arena *arena, const Predicate *predicate, const Bytes *values)
{
    Answer deciding = predicate->kind == IS_OR ? YES : NO;
    Answer left = ask(arena, predicate->left, values);
    if (left == deciding)
        return left;
    Answer right = ask(arena, predicate->right, values);
    return right == deciding || left != UNKNOWN ? right : left;
}

static Answer ask(Arena *arena, const Predicate *predicate, const Bytes *values)
{
    budget_descend(arena);
    if (predicate->kind == IS_OR || predicate->kind == IS_AND)
        return ask_both(arena, predicate, values);
    if (predicate->kind != IS_NOT)
        return ask_key(arena, predicate, values[predicate->key]);
    Answer answer = ask(arena, predicate->left, values);
    return answer == UNKNOWN ? UNKNOWN : answer == YES ? NO : YES;
}

bool predicate_holds(Arena *arena, const Predicate *predicate, const Bytes *values)
{
    return ask(arena, predicate, values) == YES;
}
