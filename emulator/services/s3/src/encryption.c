/* encryption.c - aws: User Guide, "Protecting data with server-side encryption"; the words are AWS's (recorded). */
#include "encryption.h"
#include "base64.h"
#include "documents.h"
#include "kms.h"
#include "state.h"

#define USUAL_KEY      TEXT("alias/aws/s3")
#define CUSTOMER_BYTES 32

bool encryption_is_known(Bytes algorithm)
{
    return bytes_is(algorithm, "AES256") || bytes_is(algorithm, "aws:kms") || bytes_is(algorithm, "aws:kms:dsse");
}

#define HEADER TEXT("x-amz-server-side-encryption")

static Status bad_customer(Call *call, const char *words)
{
    return deny_saying(call, &INVALID_ARGUMENT, words, .argument_name = HEADER);
}

#define NO_ALGORITHM                                                                                                   \
    "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm."
#define NO_KEY                                                                                                         \
    "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key."
#define BAD_KEY   "The secret key was invalid for the specified algorithm."
#define OTHER_MD5 "The calculated MD5 hash of the key did not match the hash that was provided."
#define BOTH_KINDS                                                                                                     \
    "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"

static bool is_md5_of(Bytes key, Bytes md5)
{
    struct md5_ctx sum;
    uint8_t digest[MD5_DIGEST_SIZE];
    char expected[MD5_DIGEST_SIZE + 2];
    md5_init(&sum);
    md5_update(&sum, key.len, (const uint8_t *)key.ptr);
    md5_digest(&sum, sizeof digest, digest);
    return md5.len == base64_encoded_len(MD5_DIGEST_SIZE) && base64_decode(expected, md5) == MD5_DIGEST_SIZE &&
           !memcmp(expected, digest, sizeof digest);
}

Status encryption_check_customer(Call *call, const EncryptionGiven *given)
{
    char key[CUSTOMER_BYTES + 3];
    Bytes base64 = given->customer_key;
    if (!present(given->customer_algorithm) && !present(base64) && !present(given->customer_md5))
        return OK;
    if (present(given->algorithm))
        return deny_saying(call, &INVALID_ARGUMENT, BOTH_KINDS, .argument_name = HEADER,
                           .argument_value = given->algorithm);
    if (!present(given->customer_algorithm))
        return bad_customer(call, NO_ALGORITHM);
    if (!bytes_is(given->customer_algorithm, "AES256"))
        return deny_telling(call, &INVALID_ENCRYPTION, .argument_name = HEADER,
                            .argument_value = given->customer_algorithm);
    if (!present(base64))
        return bad_customer(call, NO_KEY);
    if (!present(given->customer_md5) || base64.len != base64_encoded_len(CUSTOMER_BYTES) ||
        base64_decode(key, base64) != CUSTOMER_BYTES)
        return bad_customer(call, BAD_KEY);
    if (!is_md5_of((Bytes){key, CUSTOMER_BYTES}, given->customer_md5))
        return bad_customer(call, OTHER_MD5);
    return deny_telling(call, &NOT_IMPLEMENTED, .header = TEXT("x-amz-server-side-encryption-customer-algorithm"),
                        .additional_message = TEXT("evpoc-emu does not seal objects with customers' keys"));
}

/* Keys of KMS. */

static bool is_uuid(Bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((i == 8 || i == 13 || i == 18 || i == 23) != (name.ptr[i] == '-'))
            return false;
    return name.len == 36;
}

static Status no_such_key(Call *call, Bytes name)
{
    Arn arn;
    bool is_arn = arn_parse(name, &arn);
    if (is_arn && !bytes_equal(arn.region, call->region))
        return fail(call, &KEY_NOT_FOUND, "Invalid arn " BYTES_FMT, BYTES_ARG(arn.region));
    if (is_arn)
        return fail(call, &KEY_NOT_FOUND, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(name));
    if (bytes_starts_with(name, TEXT("alias/")))
        return fail(call, &KEY_NOT_FOUND, "Alias " BYTES_FMT " is not found.",
                    BYTES_ARG(call_arn(call, "kms", BYTES_FMT, BYTES_ARG(name))));
    if (!is_uuid(name))
        return fail(call, &KEY_NOT_FOUND, "Invalid keyId '" BYTES_FMT "'", BYTES_ARG(name));
    return fail(call, &KEY_NOT_FOUND, "Key '" BYTES_FMT "' does not exist",
                BYTES_ARG(call_arn(call, "kms", "key/" BYTES_FMT, BYTES_ARG(name))));
}

static Status judge_key(Call *call, int code, const KmsKey *key, Bytes name)
{
    if (code < 0)
        return fault(call, code);
    if (code == KMS_KEY_ABSENT)
        return no_such_key(call, name);
    if (key->state == KMS_KEY_DISABLED)
        return fail(call, &KEY_DISABLED, BYTES_FMT " is disabled.", BYTES_ARG(key->arn));
    if (key->state == KMS_KEY_PENDING_DELETION)
        return fail(call, &KEY_INVALID_STATE, BYTES_FMT " is pending deletion.", BYTES_ARG(key->arn));
    return OK;
}

static Status find_key(Call *call, Bytes name, Bytes *ret_arn)
{
    KmsKey key;
    const S3 *s3 = call->service;
    if (!s3->kms) {
        *ret_arn = name;
        return OK;
    }
    Scope place = scope_for(&call->scope, s3->kms);
    int code = kms_find_key(&place, name, &key);
    call_keep_writes(call);
    TRY(judge_key(call, code, &key, name));
    *ret_arn = key.arn;
    return OK;
}

/* aws: "Requests to write to a bucket …": who names no algorithm gets the bucket's; who names KMS's and no key, too. */
static Status usual_of(Call *call, const Bucket *bucket, S3ServerSideEncryptionRule *ret_rule)
{
    S3ServerSideEncryptionConfiguration kept = {0};
    bool is_there;
    *ret_rule = (S3ServerSideEncryptionRule){0};
    TRY(some_bucket_has(call, WATCHED_ENCRYPTION, &is_there));
    if (!is_there)
        return OK;
    TRY(document_read(call, bucket, "encryption", &S3_SHAPE_SERVER_SIDE_ENCRYPTION_CONFIGURATION, &kept, &is_there));
    if (is_there)
        *ret_rule = kept.rules.items[0];
    return OK;
}

#define NEEDS_KMS                                                                                                      \
    "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"

Status encryption_apply(Call *call, const Bucket *bucket, const EncryptionGiven *given, ObjectHead *head)
{
    static const S3ServerSideEncryptionByDefault none = {0};
    S3ServerSideEncryptionRule rule;
    bool is_kms = bytes_starts_with(given->algorithm, TEXT("aws:kms"));
    TRY(encryption_check_customer(call, given));
    if (present(given->algorithm) && !encryption_is_known(given->algorithm))
        return deny_telling(call, &INVALID_ENCRYPTION, .argument_name = HEADER, .argument_value = given->algorithm);
    if (present(given->key_id) && !is_kms)
        return deny_saying(call, &INVALID_ARGUMENT, NEEDS_KMS, .argument_name = HEADER,
                           .argument_value = given->algorithm);
    if (present(given->algorithm) && !is_kms)
        return OK;
    TRY(usual_of(call, bucket, &rule));
    const S3ServerSideEncryptionByDefault *usual =
        rule.apply_server_side_encryption_by_default ? rule.apply_server_side_encryption_by_default : &none;
    Bytes algorithm = is_kms ? given->algorithm : usual->sse_algorithm;
    if (!bytes_starts_with(algorithm, TEXT("aws:kms")))
        return OK;
    Bytes usual_key = present(usual->kms_master_key_id) ? usual->kms_master_key_id : USUAL_KEY;
    TRY(find_key(call, present(given->key_id) ? given->key_id : usual_key, &head->key_arn));
    head->encryption = algorithm;
    bool has_bucket_key = given->has_bucket_key ? given->bucket_key : rule.bucket_key_enabled;
    head->bucket_key = has_bucket_key ? TEXT("true") : (Bytes){0};
    return OK;
}

Status encryption_check_read(Call *call, const ObjectHead *head)
{
    KmsKey key;
    const S3 *s3 = call->service;
    if (!present(head->key_arn) || !s3->kms)
        return OK;
    Arn arn;
    Scope place = scope_for(&call->scope, s3->kms);
    if (arn_parse(head->key_arn, &arn)) {
        place.account = arn.account;
        place.region = arn.region;
    }
    return judge_key(call, kms_look_up_key(&place, head->key_arn, &key), &key, head->key_arn);
}
