/* encryption.h - server-side encryption as it is asked for, checked and told: AES256, which every object has, and keys
 * of KMS. What of it an object has are lines of its head. The file has the bytes as they came. */
#pragma once
#include "object.h"

typedef struct EncryptionGiven {
    Bytes algorithm, key_id;
    bool has_bucket_key, bucket_key;
    Bytes customer_algorithm, customer_key, customer_md5;
} EncryptionGiven;
#define ENCRYPTION_GIVEN(in)                                                                                           \
    {                                                                                                                  \
        .algorithm = (in)->server_side_encryption, .key_id = (in)->ssekms_key_id,                                      \
        .has_bucket_key = (in)->has_bucket_key_enabled, .bucket_key = (in)->bucket_key_enabled,                        \
        .customer_algorithm = (in)->sse_customer_algorithm, .customer_key = (in)->sse_customer_key,                    \
        .customer_md5 = (in)->sse_customer_key_md5                                                                     \
    }
/* Checked, and into the head; where nothing is asked for, as the bucket has it. The key is there and can be used. */
MUST_CHECK Status encryption_apply(Call *call, const Bucket *bucket, const EncryptionGiven *given, ObjectHead *head);
/* Of a customer's key: what is wrong with it, else that it isn't built. */
MUST_CHECK Status encryption_check_customer(Call *call, const EncryptionGiven *given);
/* Reading needs the key, too: KMS.DisabledException and its like. */
MUST_CHECK Status encryption_check_read(Call *call, const ObjectHead *head);
bool encryption_is_known(Bytes algorithm);

#define ENCRYPTION_TELL(out, head)                                                                                     \
    do {                                                                                                               \
        (out)->server_side_encryption = (head).encryption.ptr ? (head).encryption : TEXT("AES256");                    \
        (out)->ssekms_key_id = (head).key_arn;                                                                         \
        if ((head).bucket_key.ptr)                                                                                     \
            SET((out), bucket_key_enabled, true);                                                                      \
    } while (0)
