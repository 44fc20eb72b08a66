/* crc32c.h - CRC-32C (Castagnoli), as fast as the CPU can: by carry-less multiplication of 64 bytes at a time (x86 with
 * VPCLMULQDQ), by its instruction for it (SSE 4.2, ARMv8), or by tables. Which is found out when it runs. */
#pragma once
#include "bytes.h"

/* Of bytes that follow on those that gave `before`; 0 at the beginning. */
uint32_t crc32c(uint32_t before, const void *bytes, size_t len);

/* The ways there are; the slower ones are for other machines, and for the tests. */
typedef enum CrcWay { CRC_BY_TABLE, CRC_BY_INSTRUCTION, CRC_BY_FOLDING } CrcWay;
bool crc32c_has(CrcWay way); /* on this machine */
uint32_t crc32c_by(CrcWay way, uint32_t before, const void *bytes, size_t len);
