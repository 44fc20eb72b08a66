/* cbor.c - CBOR bodies. The first byte chooses the operation, its top bit the dialect. */
#include "operations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    const Protocol *protocol = data[0] & 0x80 ? &PROTOCOL_OF_RPC_V2_CBOR : &PROTOCOL_OF_CBOR_1_1;
    check_round_trip(protocol, operation_chosen(data), (Bytes){(const char *)data + 1, size - 1});
    return 0;
}
