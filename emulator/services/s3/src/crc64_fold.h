/* crc64_fold.h - many bytes become the sixteen that have the same CRC-64/NVME, where the processor multiplies without
 * carry. */
#pragma once
#include "bytes.h"

#define CRC64_FOLD_LEAST 64
#define CRC64_REST       16

bool crc64_folds(void);
/* `crc` as the tables have it, ones at the beginning. Takes a multiple of 64 of at least CRC64_FOLD_LEAST bytes, and
 * returns how many. The CRC, with zeros at its beginning, of the rest is that of what was taken. */
size_t crc64_fold(uint64_t crc, const void *bytes, size_t len, unsigned char ret_rest[static CRC64_REST]);
