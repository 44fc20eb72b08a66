/* compare.c - numbers, times, addresses, ARNs, texts. aws: IAM User Guide, "IAM JSON policy elements: Condition
 * operators". */
#include "compare.h"
#include "civil.h"
#include "pattern.h"
#include <arpa/inet.h>
#include <stdlib.h>

static bool relation_holds(ConditionRelation relation, double given, double wanted)
{
    switch (relation) {
    case CONDITION_EQUAL:
        return given == wanted;
    case CONDITION_LESS:
        return given < wanted;
    case CONDITION_LESS_EQUAL:
        return given <= wanted;
    case CONDITION_GREATER:
        return given > wanted;
    case CONDITION_GREATER_EQUAL:
        return given >= wanted;
    }
    return false;
}

static bool read_number(Bytes text, double *ret)
{
    char copy[64], *end;
    if (!text.len || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!text.ptr[i] || !strchr("+-.0123456789eE", text.ptr[i]))
            return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    *ret = strtod(copy, &end);
    return !*end;
}

/* So many digits; -1: they are not. */
static int64_t digits_of(Bytes text, size_t from, size_t count)
{
    int64_t value = 0;
    if (from + count > text.len)
        return -1;
    for (size_t i = from; i < from + count; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* Behind "hh:mm:ss": a fraction, then Z, an offset, or nothing. */
static bool read_zone(Bytes rest, double *seconds)
{
    size_t at = 0;
    if (rest.len && *rest.ptr == '.') {
        double scale = 0.1;
        for (at = 1; at < rest.len && rest.ptr[at] >= '0' && rest.ptr[at] <= '9'; at++, scale /= 10)
            *seconds += (rest.ptr[at] - '0') * scale;
    }
    if (at == rest.len)
        return true;
    if (rest.ptr[at] == 'Z')
        return at + 1 == rest.len;
    int64_t hours = digits_of(rest, at + 1, 2), minutes = digits_of(rest, rest.len - 2, 2);
    if ((rest.ptr[at] != '+' && rest.ptr[at] != '-') || hours < 0 || minutes < 0 || rest.len - at > 6)
        return false;
    *seconds += (rest.ptr[at] == '-' ? 1 : -1) * (double)(hours * 3600 + minutes * 60);
    return true;
}

/* aws: "W3C implementation of the ISO 8601 date formats or in epoch (UNIX) time" */
static bool read_date(Bytes text, double *ret)
{
    if (text.len < 10 || text.ptr[4] != '-')
        return read_number(text, ret);
    int64_t year = digits_of(text, 0, 4), month = digits_of(text, 5, 2), day = digits_of(text, 8, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || text.ptr[7] != '-')
        return false;
    *ret = (double)(86400 * civil_days(year, month, day));
    if (text.len == 10)
        return true;
    int64_t hour = digits_of(text, 11, 2), minute = digits_of(text, 14, 2), second = 0;
    size_t at = 16;
    if (text.ptr[10] != 'T' || hour < 0 || minute < 0)
        return false;
    if (at < text.len && text.ptr[at] == ':') {
        second = digits_of(text, 17, 2);
        at = 19;
    }
    *ret += (double)(hour * 3600 + minute * 60 + second);
    return second >= 0 && at <= text.len && read_zone(bytes_slice(text, at, text.len - at), ret);
}

static bool read_address(Bytes text, unsigned char ret_bytes[16], size_t *ret_bits)
{
    char copy[64];
    if (text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    *ret_bits = 32;
    if (inet_pton(AF_INET, copy, ret_bytes) == 1)
        return true;
    *ret_bits = 128;
    return inet_pton(AF_INET6, copy, ret_bytes) == 1;
}

static bool address_is_in(Bytes wanted, Bytes given)
{
    unsigned char net[16], address[16];
    size_t net_bits, bits;
    Bytes rest = wanted;
    Bytes name = bytes_cut(&rest, '/');
    int64_t prefix;
    if (!read_address(name, net, &net_bits) || !read_address(given, address, &bits) || bits != net_bits)
        return false;
    prefix = (int64_t)bits;
    if (present(rest) && (!bytes_to_int64(rest, &prefix) || prefix < 0 || prefix > (int64_t)bits))
        return false;
    for (size_t i = 0; i < (size_t)prefix; i++)
        if ((net[i / 8] ^ address[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

static bool text_is_like(Arena *arena, Bytes wanted, Bytes given, const PolicyRequest *request, bool has_wildcards,
                         bool ignoring_case)
{
    Pattern pattern;
    return policy_pattern_read(arena, wanted, request, has_wildcards, &pattern) &&
           policy_pattern_matches(arena, pattern, given, ignoring_case);
}

/* aws: "Each of the six colon-delimited components of the ARN is checked separately and each can include
 * multi-character match wildcards (*) or single-character match wildcards (?)." Variables are put in first. */
static bool arn_is_like(Arena *arena, Bytes wanted, Bytes given, const PolicyRequest *request)
{
    Pattern whole;
    if (!policy_pattern_read(arena, wanted, request, true, &whole))
        return false;
    size_t at = 0;
    for (int part = 0; part < 6; part++) {
        size_t from = at;
        while (at < whole.len && (part == 5 || whole.items[at] != ':'))
            at++;
        Bytes text = part == 5 ? given : bytes_cut(&given, ':');
        if (!present(text) || !policy_pattern_matches(arena, (Pattern){whole.items + from, at - from}, text, false))
            return false;
        if (at >= whole.len && part < 5)
            return whole.len == 1 && whole.items[0] == PATTERN_ANY;
        at++;
    }
    return true;
}

bool condition_compare(Arena *arena, const ConditionOperator *op, Bytes wanted, Bytes given,
                       const PolicyRequest *request)
{
    double left, right;
    switch (op->type) {
    case CONDITION_STRING:
        return text_is_like(arena, wanted, given, request, false, false);
    case CONDITION_STRING_IGNORING_CASE:
    case CONDITION_BOOL:
        return text_is_like(arena, wanted, given, request, false, true);
    case CONDITION_STRING_LIKE:
        return text_is_like(arena, wanted, given, request, true, false);
    case CONDITION_NUMBER:
        return read_number(given, &left) && read_number(wanted, &right) && relation_holds(op->relation, left, right);
    case CONDITION_DATE:
        return read_date(given, &left) && read_date(wanted, &right) && relation_holds(op->relation, left, right);
    case CONDITION_ADDRESS:
        return address_is_in(wanted, given);
    case CONDITION_ARN:
        return arn_is_like(arena, wanted, given, request);
    case CONDITION_BINARY:
    case CONDITION_NULL:
        break;
    }
    return bytes_equal(wanted, given);
}
