/* cell.h - a value of a query: what a field has, or an expression gives. */
#pragma once
#include "json_tree.h"

typedef enum CellKind { CELL_ABSENT, CELL_TEXT, CELL_NUMBER, CELL_TIME, CELL_TRUTH, CELL_JSON } CellKind;

typedef struct Cell {
    CellKind kind;
    double number; /* of a time, ms since the epoch; of a truth, 1 or 0 */
    Bytes text;
    const Tree *json; /* an object or a list */
} Cell;

static inline Cell cell_text(Bytes text)
{
    return present(text) ? (Cell){.kind = CELL_TEXT, .text = text} : (Cell){0};
}
/* Absent where it is no number: what was divided by nothing. */
static inline Cell cell_number(double number)
{
    return number - number == 0 ? (Cell){.kind = CELL_NUMBER, .number = number} : (Cell){0};
}
static inline Cell cell_truth(bool truth)
{
    return (Cell){.kind = CELL_TRUTH, .number = truth};
}
static inline Cell cell_time(double ms)
{
    return (Cell){.kind = CELL_TIME, .number = ms};
}

/* A number, or a text that is one. */
bool cell_as_number(const Cell *cell, double *ret);
/* As results show it; absent where it is. */
Bytes cell_shown(Arena *arena, const Cell *cell);
bool cell_is_true(const Cell *cell);
/* The order of `sort`. aws: "non-number values come before all number values" */
int cell_compare(Arena *arena, const Cell *a, const Cell *b);
/* Of "=": numbers where both are. */
bool cell_equal(Arena *arena, const Cell *a, const Cell *b);
Cell cell_of_json(const Tree *value);
/* "a.b.0.c" of it; of names that have dots in themselves, too. */
Cell cell_in_json(Arena *arena, const Tree *value, Bytes path);
