/* stream_kms.h - whether KMS lets a stream's records be sealed and opened now. */
#pragma once
#include "shard.h"

/* A key that new records are to be sealed with. */
MUST_CHECK Status kms_check_new_key(Call *call, Bytes key_id);
/* The one it seals with; OK where it isn't encrypted. */
MUST_CHECK Status stream_check_key(Call *call, Stream *stream);
/* The one its sealed records were sealed with last. */
MUST_CHECK Status kms_check_read(Call *call, Stream *stream);
/* The same for subscribers: NULL, or the error and its words, in the arena. *ret_error NULL: they may be read. Store's
 * codes. */
MUST_CHECK int kms_read_error(Kinesis *kinesis, Arena *arena, Stream *stream, const ErrorModel **ret_error,
                              Bytes *ret_message);
