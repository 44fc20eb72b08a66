/* number.c */
#include "number.h"

#define EXPONENT_MAX      126    /* 9.9E+125 is 0.99 × 10^126 */
#define EXPONENT_MIN      (-129) /* 1E-130 is 0.1 × 10^-129 */
#define EXPONENT_READ_MAX 100000

typedef struct Reader {
    const char *at, *end;
} Reader;

static bool is_digit(const Reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool take(Reader *reader, const char *any_of)
{
    if (reader->at == reader->end || !strchr(any_of, *reader->at))
        return false;
    reader->at++;
    return true;
}

/* Digits of one side of the point. Those past the 38th may only be zeros: told by *ret_lost. */
static int read_digits(Reader *reader, Number *number, bool is_fraction, bool *ret_lost)
{
    int read = 0;
    for (; is_digit(reader); reader->at++, read++) {
        int digit = *reader->at - '0';
        if (!number->count && !digit) {
            number->exponent -= is_fraction;
            continue;
        }
        number->exponent += !is_fraction;
        if (number->count < NUMBER_DIGITS_MAX)
            number->digits[number->count] = (uint8_t)digit;
        else if (digit)
            *ret_lost = true;
        number->count++;
    }
    return read;
}

static bool read_exponent(Reader *reader, int *ret_exponent)
{
    int exponent = 0;
    bool is_negative = false;
    if (!take(reader, "eE"))
        return true;
    if (take(reader, "-"))
        is_negative = true;
    else if (take(reader, "+"))
        is_negative = false;
    if (!is_digit(reader))
        return false;
    for (; is_digit(reader); reader->at++)
        if (exponent < EXPONENT_READ_MAX)
            exponent = exponent * 10 + (*reader->at - '0');
    *ret_exponent += is_negative ? -exponent : exponent;
    return true;
}

static NumberFault settle(Number *number, bool is_lost)
{
    if (number->count > NUMBER_DIGITS_MAX)
        number->count = NUMBER_DIGITS_MAX;
    while (number->count && !number->digits[number->count - 1])
        number->count--;
    if (!number->count) {
        *number = (Number){0};
        return NUMBER_FINE;
    }
    if (is_lost)
        return NUMBER_TOO_PRECISE;
    if (number->exponent > EXPONENT_MAX)
        return NUMBER_TOO_LARGE;
    return number->exponent < EXPONENT_MIN ? NUMBER_TOO_SMALL : NUMBER_FINE;
}

NumberFault number_parse(Bytes text, Number *ret)
{
    Reader reader = {text.ptr, text.ptr + text.len};
    Number number = {0};
    bool is_lost = false;
    if (take(&reader, "-"))
        number.is_negative = true;
    else if (take(&reader, "+"))
        number.is_negative = false;
    int digits = read_digits(&reader, &number, false, &is_lost);
    if (take(&reader, "."))
        digits += read_digits(&reader, &number, true, &is_lost);
    if (!digits || !read_exponent(&reader, &number.exponent) || reader.at != reader.end)
        return NUMBER_NOT_ONE;
    NumberFault fault = settle(&number, is_lost);
    if (fault == NUMBER_FINE)
        *ret = number;
    return fault;
}

static char *put_zeros(char *out, int count)
{
    if (count <= 0)
        return out;
    memset(out, '0', (size_t)count);
    return out + count;
}

static char *put_digits(char *out, const Number *number, int from, int to)
{
    for (int i = from; i < to; i++)
        *out++ = (char)('0' + number->digits[i]);
    return out;
}

#define TEXT_BYTES_MAX (EXPONENT_MAX - EXPONENT_MIN + NUMBER_DIGITS_MAX + 3)

Bytes number_text(Arena *arena, const Number *number, Bytes text)
{
    char made[TEXT_BYTES_MAX], *out = made;
    int whole = number->exponent < number->count ? number->exponent : number->count;
    if (!number->count)
        return TEXT("0");
    if (number->is_negative)
        *out++ = '-';
    if (whole <= 0)
        *out++ = '0';
    else
        out = put_zeros(put_digits(out, number, 0, whole), number->exponent - whole);
    if (number->count > number->exponent) {
        *out++ = '.';
        out = put_zeros(out, -number->exponent);
        out = put_digits(out, number, whole > 0 ? whole : 0, number->count);
    }
    Bytes one = {made, (size_t)(out - made)};
    return present(text) && bytes_equal(text, one) ? text : arena_copy(arena, one);
}

static int compare_magnitudes(const Number *a, const Number *b)
{
    if (!a->count || !b->count)
        return !!a->count - !!b->count;
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    int order = memcmp(a->digits, b->digits, (size_t)(a->count < b->count ? a->count : b->count));
    return order ? order : a->count - b->count;
}

int number_compare(const Number *a, const Number *b)
{
    if (a->is_negative != b->is_negative)
        return a->is_negative ? -1 : 1;
    return a->is_negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

Number number_negated(const Number *number)
{
    Number negated = *number;
    negated.is_negative = number->count && !number->is_negative;
    return negated;
}

#define SUM_DIGITS (EXPONENT_MAX - EXPONENT_MIN + NUMBER_DIGITS_MAX + 2)

/* Digit `at` of the number, where 0 is the one before 10^top. */
static int digit_at(const Number *number, int top, int at)
{
    int index = at - (top - number->exponent);
    return index < 0 || index >= number->count ? 0 : number->digits[index];
}

/* large ± small into wide[1…]; wide[0] takes a carry. large is not below small. */
static void sum_magnitudes(const Number *large, const Number *small, int top, int width, int wide[])
{
    bool adds = large->is_negative == small->is_negative;
    int carry = 0;
    for (int at = width; at >= 0; at--) {
        int digit = (at ? digit_at(large, top, at - 1) : 0) + carry;
        int other = at ? digit_at(small, top, at - 1) : 0;
        digit = adds ? digit + other : digit - other;
        carry = digit > 9 ? 1 : digit < 0 ? -1 : 0;
        wide[at] = digit - 10 * carry;
    }
}

NumberFault number_add(const Number *a, const Number *b, Number *ret)
{
    bool a_is_larger = compare_magnitudes(a, b) >= 0;
    const Number *large = a_is_larger ? a : b, *small = a_is_larger ? b : a;
    int wide[SUM_DIGITS + 1] = {0};
    Number sum = {.is_negative = large->is_negative};
    bool is_lost = false;
    if (!small->count) {
        *ret = *large;
        return NUMBER_FINE;
    }
    int large_end = large->exponent - large->count, small_end = small->exponent - small->count;
    int width = large->exponent - (large_end < small_end ? large_end : small_end);
    sum_magnitudes(large, small, large->exponent, width, wide);
    int first = 0;
    while (first <= width && !wide[first])
        first++;
    sum.exponent = large->exponent + 1 - first;
    for (int at = first; at <= width; at++, sum.count++) {
        if (sum.count < NUMBER_DIGITS_MAX)
            sum.digits[sum.count] = (uint8_t)wide[at];
        else if (wide[at])
            is_lost = true;
    }
    NumberFault fault = settle(&sum, is_lost);
    if (fault == NUMBER_FINE)
        *ret = sum;
    return fault;
}

/* sign │ exponent │ digits by twos, one above their value so that 0 ends nothing; a negative one has all behind the
 * sign turned round and an end that is above every digit. */
void number_encode(Buffer *buffer, const Number *number)
{
    unsigned char turn = number->is_negative ? 0xff : 0;
    if (!number->count) {
        buffer_append_char(buffer, (char)0x80);
        return;
    }
    buffer_append_char(buffer, (char)(number->is_negative ? 0x7f : 0x81));
    buffer_append_char(buffer, (char)((unsigned char)(number->exponent - EXPONENT_MIN) ^ turn));
    for (int i = 0; i < number->count; i += 2) {
        int low = i + 1 < number->count ? number->digits[i + 1] : 0;
        buffer_append_char(buffer, (char)((unsigned char)(number->digits[i] * 10 + low + 1) ^ turn));
    }
    if (number->is_negative)
        buffer_append_char(buffer, (char)0xff);
}
