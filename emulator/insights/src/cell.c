/* cell.c - values of a query: how they are shown, compared and found in JSON. */
#include "cell.h"
#include "budget.h"
#include <math.h>
#include <stdio.h>
#include <time.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool cell_as_number(const Cell *cell, double *ret)
{
    switch (cell->kind) {
    case CELL_NUMBER:
    case CELL_TIME:
    case CELL_TRUTH:
        *ret = cell->number;
        return true;
    case CELL_TEXT:
        return bytes_to_double(cell->text, ret);
    default:
        return false;
    }
}

/* Four decimals, as results have them; whole numbers without. */
static Bytes number_shown(Arena *arena, double number)
{
    if (number == floor(number) && fabs(number) < 1e15)
        return arena_text(arena, "%.0f", number == 0 ? 0.0 : number);
    if (fabs(number) < 1e-4 || fabs(number) >= 1e15)
        return arena_text(arena, "%.5G", number);
    Bytes text = arena_text(arena, "%.4f", number);
    while (text.ptr[text.len - 1] == '0')
        text.len--;
    text.len -= text.ptr[text.len - 1] == '.';
    return text;
}

static Bytes time_shown(Arena *arena, double ms)
{
    struct tm parts;
    double seconds = floor(ms / 1000);
    if (fabs(seconds) > 2e11)
        return number_shown(arena, ms);
    time_t time = (time_t)seconds;
    gmtime_r(&time, &parts);
    return arena_text(arena, "%04d-%02d-%02d %02d:%02d:%02d.%03d", parts.tm_year + 1900, parts.tm_mon + 1,
                      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (int)(ms - seconds * 1000));
}

Bytes cell_shown(Arena *arena, const Cell *cell)
{
    switch (cell->kind) {
    case CELL_TEXT:
        return cell->text;
    case CELL_NUMBER:
        return number_shown(arena, cell->number);
    case CELL_TIME:
        return time_shown(arena, cell->number);
    case CELL_TRUTH:
        return cell->number != 0 ? TEXT("1") : TEXT("0");
    case CELL_JSON:
        return (Bytes){cell->json->from, cell->json->length};
    default:
        return (Bytes){0};
    }
}

bool cell_is_true(const Cell *cell)
{
    double number;
    if (cell->kind == CELL_TEXT && bytes_equal_ignoring_case(cell->text, TEXT("true")))
        return true;
    return cell_as_number(cell, &number) && number != 0;
}

static size_t run_of(Bytes text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && is_digit(text.ptr[end]) == is_digit(text.ptr[at]))
        end++;
    return end - at;
}

static Bytes without_zeros(Bytes digits)
{
    while (digits.len > 1 && *digits.ptr == '0')
        digits = bytes_slice(digits, 1, digits.len - 1);
    return digits;
}

/* aws: sort, "groups consecutive numeric characters and consecutive alphabetic characters into separate chunks … orders
 * non-numeric portions by their Unicode values, and numeric portions by their length first and then by their value". */
static int compare_texts(Bytes a, Bytes b)
{
    size_t at = 0, other = 0;
    while (at < a.len && other < b.len) {
        Bytes one = bytes_slice(a, at, run_of(a, at)), two = bytes_slice(b, other, run_of(b, other));
        at += one.len;
        other += two.len;
        int order;
        if (is_digit(*one.ptr) && is_digit(*two.ptr)) {
            one = without_zeros(one);
            two = without_zeros(two);
            order = one.len != two.len ? (one.len < two.len ? -1 : 1) : bytes_compare(one, two);
        } else {
            order = bytes_compare(one, two);
        }
        if (order)
            return order;
    }
    return (at < a.len) - (other < b.len);
}

int cell_compare(Arena *arena, const Cell *a, const Cell *b)
{
    double one, two;
    bool first = cell_as_number(a, &one), second = cell_as_number(b, &two);
    if ((a->kind == CELL_ABSENT) != (b->kind == CELL_ABSENT))
        return a->kind == CELL_ABSENT ? -1 : 1;
    if (a->kind == CELL_ABSENT)
        return 0;
    if (first != second)
        return first ? 1 : -1;
    if (first)
        return (one > two) - (one < two);
    Bytes left = cell_shown(arena, a), right = cell_shown(arena, b);
    budget_work(arena, 1 + (left.len < right.len ? left.len : right.len) / 32);
    return compare_texts(left, right);
}

bool cell_equal(Arena *arena, const Cell *a, const Cell *b)
{
    double one, two;
    if (cell_as_number(a, &one) && cell_as_number(b, &two))
        return one == two;
    if (a->kind == CELL_TRUTH || b->kind == CELL_TRUTH) {
        Bytes text = a->kind == CELL_TRUTH ? cell_shown(arena, b) : cell_shown(arena, a);
        bool truth = (a->kind == CELL_TRUTH ? a : b)->number != 0;
        return bytes_equal_ignoring_case(text, truth ? TEXT("true") : TEXT("false"));
    }
    return bytes_equal(cell_shown(arena, a), cell_shown(arena, b));
}

Cell cell_of_json(const Tree *value)
{
    if (!value)
        return (Cell){0};
    switch (value->kind) {
    case TREE_OBJECT:
    case TREE_ARRAY:
        return (Cell){.kind = CELL_JSON, .json = value};
    case TREE_TRUE:
    case TREE_FALSE:
        return cell_truth(value->kind == TREE_TRUE);
    case TREE_NULL:
        return (Cell){0};
    default:
        return cell_text(value->text);
    }
}

static const Tree *child_of(Arena *arena, const Tree *value, Bytes name)
{
    uint64_t index;
    const Tree *child = value->first;
    budget_work(arena, 1 + value->count / 4);
    if (value->kind == TREE_OBJECT) {
        while (child && !bytes_equal(child->name, name))
            child = child->next;
        return child;
    }
    if (value->kind != TREE_ARRAY || !bytes_to_uint64(name, &index) || index >= value->count)
        return NULL;
    while (index--)
        child = child->next;
    return child;
}

static const Tree *find(Arena *arena, const Tree *value, Bytes path)
{
    const Tree *whole = child_of(arena, value, path);
    budget_descend(arena);
    for (size_t i = 0; !whole && i < path.len; i++) {
        if (path.ptr[i] != '.')
            continue;
        const Tree *child = child_of(arena, value, bytes_slice(path, 0, i));
        if (child && i + 1 < path.len)
            whole = find(arena, child, bytes_slice(path, i + 1, path.len - i - 1));
    }
    return whole;
}

Cell cell_in_json(Arena *arena, const Tree *value, Bytes path)
{
    return cell_of_json(find(arena, value, path));
}
