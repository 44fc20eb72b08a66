/* json.c - awsJson bodies. The first byte chooses the operation. */
#include "operations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size)
        check_round_trip(&PROTOCOL_OF_JSON, operation_chosen(data), (Bytes){(const char *)data + 1, size - 1});
    return 0;
}
