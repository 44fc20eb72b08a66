/* range.c - the header Range. What is understood lies within the object, or has no length. */
#include "range.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t sizes[] = {0, 1, 10, 5LL << 40, INT64_MAX};
    int64_t from = -1, length = -1;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (range_read((Bytes){(const char *)data, size}, sizes[i], &from, &length))
            EXPECT(from >= 0 && length >= 0 && (!length || (from < sizes[i] && length <= sizes[i] - from)));
    return 0;
}
