/* prefix.c - prefixes of objects' names: a first byte of choices, the prefix, a NUL, the error prefix. What is fine for
 * a check is fine when it is evaluated, and comes out the same twice. */
#include "prefix.h"
#include "fuzz.h"

static bool any_key(const void *keys, Bytes name, Bytes *ret)
{
    (void)keys;
    *ret = name;
    return name.len > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Buffer once = {0}, again = {0}, error = {0};
    Bytes rest = {(const char *)data + 1, size ? size - 1 : 0}, key;
    if (!size)
        return 0;
    Bytes prefix = bytes_cut(&rest, 0);
    PrefixValues values = {
        .time = {.at_ms = INT64_C(31556889864) * data[0], .zone = TEXT(""), .offset_s = data[0] * 60},
        .partition_key = data[0] & 1 ? any_key : NULL};
    PrefixFault fault = prefix_evaluate(&once, prefix, &values);
    EXPECT(prefix_evaluate(&again, prefix, &values) == fault && bytes_equal(buffer_bytes(&once), buffer_bytes(&again)));
    EXPECT(fault != PREFIX_FINE || prefix_has_expressions(prefix) || once.len == prefix.len + 14);
    for (size_t at = 0; prefix_next_key(prefix, &at, &key);)
        EXPECT(prefix_has_key(prefix, key) && prefix_has_keys(prefix));
    values.error_type = TEXT("processing-failed");
    fault = prefix_evaluate_error(&error, prefix, rest, &values);
    EXPECT(fault != PREFIX_NO_ERROR_HERE && (fault != PREFIX_FINE || error.len));
    buffer_done(&once);
    buffer_done(&again);
    buffer_done(&error);
    return 0;
}
