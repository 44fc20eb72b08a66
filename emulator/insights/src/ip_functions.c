/* ip_functions.c - addresses and subnets. aws: "IP address string functions". */
#include "functions.h"
#include <arpa/inet.h>

typedef struct Address {
    unsigned char bytes[16];
    int bits; /* 32, 128; 0: it is none */
} Address;

static Address address_of(Bytes text)
{
    Address address = {{0}, 0};
    char copy[INET6_ADDRSTRLEN];
    if (!text.len || text.len >= sizeof copy || memchr(text.ptr, 0, text.len))
        return address;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, address.bytes) == 1)
        address.bits = 32;
    else if (inet_pton(AF_INET6, copy, address.bytes) == 1)
        address.bits = 128;
    return address;
}

static Cell is_valid(Context *context, const Node *node, int bits)
{
    Cell cell = context_argument(context, node, 0);
    Address address = address_of(cell_shown(context->arena, &cell));
    return cell_truth(address.bits && (!bits || address.bits == bits));
}

Cell call_is_valid_ip(Context *context, const Node *node)
{
    return is_valid(context, node, 0);
}

Cell call_is_valid_ipv4(Context *context, const Node *node)
{
    return is_valid(context, node, 32);
}

Cell call_is_valid_ipv6(Context *context, const Node *node)
{
    return is_valid(context, node, 128);
}

static bool has_same_start(const Address *a, const Address *b, uint64_t bits)
{
    size_t whole = bits / 8, rest = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole))
        return false;
    return !rest || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

static Cell is_in_subnet(Context *context, const Node *node, int bits)
{
    Cell cell = context_argument(context, node, 0), subnet_cell = context_argument(context, node, 1);
    Bytes rest = cell_shown(context->arena, &subnet_cell), start = bytes_cut(&rest, '/');
    Address address = address_of(cell_shown(context->arena, &cell)), subnet = address_of(start);
    uint64_t length = (uint64_t)subnet.bits;
    if (!address.bits || address.bits != subnet.bits || (bits && bits != address.bits))
        return cell_truth(false);
    if (present(rest) && (!bytes_to_uint64(rest, &length) || length > (uint64_t)subnet.bits))
        return cell_truth(false);
    return cell_truth(has_same_start(&address, &subnet, length));
}

Cell call_is_ip_in_subnet(Context *context, const Node *node)
{
    return is_in_subnet(context, node, 0);
}

Cell call_is_ipv4_in_subnet(Context *context, const Node *node)
{
    return is_in_subnet(context, node, 32);
}

Cell call_is_ipv6_in_subnet(Context *context, const Node *node)
{
    return is_in_subnet(context, node, 128);
}
