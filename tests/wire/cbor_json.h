/* cbor_json.h - CBOR as JSON, by nothing but the bytes: bytes are the string "base64:…", tags are left out. */
#pragma once
#include "buffer.h"
#include <jansson.h>

void cbor_write(Buffer *out, const json_t *value);
json_t *cbor_read(Bytes cbor); /* NULL: it isn't CBOR, or there is more behind it */
