/* crc64.h - CRC-64/NVME, which S3 makes of each object that comes without a checksum, and what CRCs of parts become
 * when the parts are put together. */
#pragma once
#include "bytes.h"

/* Of bytes that follow on those that gave `before`; 0 at the beginning. */
uint64_t crc64nvme(uint64_t before, const void *bytes, size_t len);

/* Of a CRC with ones at both ends (CRC-32, CRC-32C, CRC-64/NVME): its polynomial with the bits reversed, and how many.
 */
typedef struct CrcKind {
    uint64_t polynomial;
    unsigned bits;
} CrcKind;
extern const CrcKind CRC_32, CRC_32C, CRC_64_NVME;
/* Of the bytes that gave `first`, with the second_len bytes behind them that gave `second`. */
uint64_t crc_joined(const CrcKind *kind, uint64_t first, uint64_t second, uint64_t second_len);
