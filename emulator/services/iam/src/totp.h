/* totp.h - time-based one-time passwords, RFC 6238: HMAC-SHA-1, 30 seconds, six digits. */
#pragma once
#include "bytes.h"

/* seed: base32, RFC 4648, without padding. False: it is no such text. */
bool totp_code(Bytes seed, int64_t now_ms, uint32_t *ret_code);
