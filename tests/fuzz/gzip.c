/* gzip.c - request bodies that say they are gzip, or deflate. Layer: net. */
#include "fuzz.h"
#include "inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Buffer out = {0};
    if (inflate_gzip((Bytes){(const char *)data, size}, 100000, &out) == INFLATE_OK && out.len > 100000)
        __builtin_trap();
    out.len = 0;
    if (inflate_deflate((Bytes){(const char *)data, size}, 100000, &out) == INFLATE_OK && out.len > 100000)
        __builtin_trap();
    buffer_done(&out);
    return 0;
}
