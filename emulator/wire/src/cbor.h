/* cbor.h - RFC 8949's major types and simple values. */
#pragma once

enum {
    CBOR_UINT = 0,
    CBOR_NEGATIVE = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7
};
enum {
    CBOR_FALSE = 20,
    CBOR_TRUE = 21,
    CBOR_NULL = 22,
    CBOR_UNDEFINED = 23,
    CBOR_HALF = 25,
    CBOR_FLOAT = 26,
    CBOR_DOUBLE = 27,
    CBOR_BREAK = 31
};
#define CBOR_INDEFINITE 31 /* additional information of a head without a length */
#define CBOR_EPOCH_TAG  1
