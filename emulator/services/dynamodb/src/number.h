/* number.h - DynamoDB's numbers: up to 38 significant digits, 1E-130 to 9.99…E+125, exact.
 * aws: DynamoDB Developer Guide, "Supported data types and naming rules", Number. */
#pragma once
#include "arena.h"
#include "buffer.h"

#define NUMBER_DIGITS_MAX 38

typedef struct Number {
    bool is_negative;
    int exponent;                      /* the value is 0.d1d2d3… × 10^exponent */
    int count;                         /* of digits; 0: zero */
    uint8_t digits[NUMBER_DIGITS_MAX]; /* the first and the last are not 0 */
} Number;

typedef enum NumberFault {
    NUMBER_FINE,
    NUMBER_NOT_ONE,
    NUMBER_TOO_PRECISE,
    NUMBER_TOO_LARGE,
    NUMBER_TOO_SMALL
} NumberFault;

MUST_CHECK NumberFault number_parse(Bytes text, Number *ret);
/* The one text of a number: no exponent, no zeros that say nothing. Where `text` (may be absent) is that, it is
 * returned itself. */
Bytes number_text(Arena *arena, const Number *number, Bytes text);
int number_compare(const Number *a, const Number *b);
MUST_CHECK NumberFault number_add(const Number *a, const Number *b, Number *ret);
Number number_negated(const Number *number);

/* Bytes that sort as the numbers do. */
void number_encode(Buffer *buffer, const Number *number);
