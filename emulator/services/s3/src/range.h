/* range.h - the header Range, as S3 takes it: one range of bytes. */
#pragma once
#include "bytes.h"

/* "bytes=0-9", "bytes=10-", "bytes=-5" of so many bytes. False: not understood, so it is not there (RFC 9110, 14.2). A
 * length of 0: it lies outside. */
bool range_read(Bytes range, int64_t size, int64_t *ret_from, int64_t *ret_length);
