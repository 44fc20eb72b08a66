/* protobuf_pairs.c - two definitions of PROTOBUF, held against each other: see pairs.h. */
#include "pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_pair("PROTOBUF", data, size);
}
