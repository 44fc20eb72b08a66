/* encryption.h - server-side encryption of DirectPut streams: its states and keys. */
#pragma once
#include "delivery_stream.h"

/* KeyType and KeyARN fit each other, and the key may be used. */
MUST_CHECK Status encryption_check_key(Call *call, const FirehoseDeliveryStreamEncryptionConfigurationInput *in);
/* From now on, as the input says (NULL: off). Does not write the stream. */
void encryption_set(Call *call, DeliveryStream *stream, const FirehoseDeliveryStreamEncryptionConfigurationInput *in);
/* The key of a stream that records are put into. */
MUST_CHECK Status encryption_check_put(Call *call, const DeliveryStream *stream);
FirehoseDeliveryStreamEncryptionConfiguration *encryption_describe(Arena *arena, const DeliveryStream *stream,
                                                                   int64_t now_ms);
