/* encryption.h - server-side encryption as it is asked for, checked and told: AES256, which every object has, and keys
 * of KMS, and customers' own keys. What of it an object has are lines of its head. Under AES256 the file has the bytes
 * as they came; under the others they lie sealed (sealing.h). */
#pragma once
#include "sealing.h"

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
/* Of a read, a part, or the source of a copy: the customer's key alone. */
#define CUSTOMER_GIVEN(in)                                                                                             \
    {                                                                                                                  \
        .customer_algorithm = (in)->sse_customer_algorithm, .customer_key = (in)->sse_customer_key,                    \
        .customer_md5 = (in)->sse_customer_key_md5                                                                     \
    }
#define SOURCE_CUSTOMER_GIVEN(in)                                                                                      \
    {                                                                                                                  \
        .customer_algorithm = (in)->copy_source_sse_customer_algorithm,                                                \
        .customer_key = (in)->copy_source_sse_customer_key, .customer_md5 = (in)->copy_source_sse_customer_key_md5     \
    }

/* Checked, and into the head; where nothing is asked for, as the bucket has it. The key is there and can be used. */
MUST_CHECK Status encryption_apply(Call *call, const Bucket *bucket, const EncryptionGiven *given, ObjectHead *head);
/* Of a body that begins, and that was checked so: the customer's key, or new ones; none where the head wants none. */
MUST_CHECK Status encryption_keys(Call *call, const EncryptionGiven *given, const ObjectHead *head,
                                  SealingKeys *ret_keys);
/* What opens an object again, into its head. */
MUST_CHECK Status encryption_keep(Call *call, const Bucket *bucket, const EncryptionGiven *given,
                                  const SealingKeys *keys, ObjectHead *head);
/* The keys of an object, or of an upload that is open, to read its bytes or to add a part: KMS.DisabledException and
 * its like; AccessDenied of another customer's key. */
MUST_CHECK Status encryption_open(Call *call, const Bucket *bucket, const ObjectHead *head,
                                  const EncryptionGiven *given, SealingKeys *ret_keys);
/* What is told of an object needs the customer's key, too, but none of KMS's. */
MUST_CHECK Status encryption_check_shown(Call *call, const ObjectHead *head, const EncryptionGiven *given);
bool encryption_is_known(Bytes algorithm);
static inline bool is_sealed(const ObjectHead *head)
{
    return head->data_key.ptr || head->customer.ptr;
}

#define ENCRYPTION_TELL(out, head)                                                                                     \
    do {                                                                                                               \
        if (!(head).customer.ptr)                                                                                      \
            (out)->server_side_encryption = (head).encryption.ptr ? (head).encryption : TEXT("AES256");                \
        (out)->ssekms_key_id = (head).key_arn;                                                                         \
        if ((head).bucket_key.ptr)                                                                                     \
            SET((out), bucket_key_enabled, true);                                                                      \
    } while (0)

/* The customer's key has been checked. */
#define CUSTOMER_TELL(out, in)                                                                                         \
    ((out)->sse_customer_algorithm = (in)->sse_customer_algorithm,                                                     \
     (out)->sse_customer_key_md5 = (in)->sse_customer_key_md5)
