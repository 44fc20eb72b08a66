/* encryption.c - aws: User Guide, "Protecting data with server-side encryption"; the words are AWS's (recorded). */
#include "encryption.h"
#include "base64.h"
#include "documents.h"
#include "kms.h"
#include "state.h"
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <unistd.h>

#define USUAL_KEY TEXT("alias/aws/s3")

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

static bool is_customers(const EncryptionGiven *given)
{
    return present(given->customer_algorithm) || present(given->customer_key) || present(given->customer_md5);
}

/* key: 32 bytes and 3 more. */
static Status read_customer(Call *call, const EncryptionGiven *given, char *key)
{
    Bytes base64 = given->customer_key;
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
    if (!present(given->customer_md5) || base64.len != base64_encoded_len(SEALING_KEY_BYTES) ||
        base64_decode(key, base64) != SEALING_KEY_BYTES)
        return bad_customer(call, BAD_KEY);
    return is_md5_of((Bytes){key, SEALING_KEY_BYTES}, given->customer_md5) ? OK : bad_customer(call, OTHER_MD5);
}

/* aws: User Guide, "Using server-side encryption with customer-provided keys": "Amazon S3 does not store the encryption
 * key that you provide. Instead, it stores a randomly salted Hash-based Message Authentication Code (HMAC) value". */
#define SALT_BYTES  16
#define CHECK_BYTES (SALT_BYTES + SHA256_DIGEST_SIZE)

static void sum_check(const uint8_t *key, uint8_t check[static CHECK_BYTES])
{
    struct hmac_sha256_ctx sum;
    hmac_sha256_set_key(&sum, SEALING_KEY_BYTES, key);
    hmac_sha256_update(&sum, SALT_BYTES, check);
    hmac_sha256_digest(&sum, SHA256_DIGEST_SIZE, check + SALT_BYTES);
}

static Bytes new_check(Call *call, const uint8_t *key)
{
    uint8_t check[CHECK_BYTES];
    random_fill(call->runtime->random, check, SALT_BYTES);
    sum_check(key, check);
    return base64_text(call->arena, (Bytes){(const char *)check, sizeof check});
}

static bool fits_check(const uint8_t *key, Bytes text)
{
    char kept[CHECK_BYTES + 3];
    uint8_t check[CHECK_BYTES];
    if (text.len != base64_encoded_len(CHECK_BYTES) || base64_decode(kept, text) != CHECK_BYTES)
        return false;
    memcpy(check, kept, SALT_BYTES);
    sum_check(key, check);
    return memeql_sec(check, kept, CHECK_BYTES);
}

#define STORED_SEALED                                                                                                  \
    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
#define OTHER_KEY                                                                                                      \
    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."

/* Of an object that has such a key, or none. */
static Status check_customer(Call *call, const ObjectHead *head, const EncryptionGiven *given, char *key)
{
    if (!is_customers(given))
        return present(head->customer) ? fail(call, &INVALID_REQUEST, STORED_SEALED) : OK;
    if (present(given->customer_key) && !present(given->customer_md5))
        return deny_saying(call, &ACCESS_DENIED, OTHER_KEY, .key = (Bytes){0});
    TRY(read_customer(call, given, key));
    if (!present(head->customer))
        return fail(call, &INVALID_REQUEST, "The encryption parameters are not applicable to this object.");
    return fits_check((const uint8_t *)key, head->customer)
               ? OK
               : deny_saying(call, &ACCESS_DENIED, OTHER_KEY, .key = (Bytes){0});
}

Status encryption_check_shown(Call *call, const ObjectHead *head, const EncryptionGiven *given)
{
    char key[SEALING_KEY_BYTES + 3];
    return check_customer(call, head, given, key);
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
    char key[SEALING_KEY_BYTES + 3];
    if (is_customers(given))
        return read_customer(call, given, key);
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

/* The Kms, where that key is. */
static Scope place_of(Call *call, Bytes key_arn)
{
    Arn arn;
    Scope place = scope_for(&call->scope, ((const S3 *)call->service)->kms);
    if (arn_parse(key_arn, &arn)) {
        place.account = arn.account;
        place.region = arn.region;
    }
    return place;
}

static Status look_up(Call *call, Bytes key_arn, Scope *ret_place, KmsKey *ret_key)
{
    *ret_place = place_of(call, key_arn);
    return judge_key(call, kms_look_up_key(ret_place, key_arn, ret_key), ret_key, key_arn);
}

Status encryption_keys(Call *call, const EncryptionGiven *given, const ObjectHead *head, SealingKeys *ret_keys)
{
    char key[SEALING_KEY_BYTES + 3];
    *ret_keys = (SealingKeys){0};
    if (is_customers(given)) {
        TRY(read_customer(call, given, key));
        memcpy(ret_keys->keys[0], key, SEALING_KEY_BYTES);
        ret_keys->layers = 1;
    } else if (present(head->encryption) && ((const S3 *)call->service)->kms) {
        ret_keys->layers = bytes_is(head->encryption, "aws:kms:dsse") ? 2 : 1;
        if (getentropy(ret_keys->keys, sizeof ret_keys->keys))
            abort();
    }
    return OK;
}

/* What a data key belongs to: it opens only objects of that bucket. */
static Bytes bound_to(Call *call, const Bucket *bucket)
{
    return arena_text(call->arena, "aws:s3:arn=arn:aws:s3:::" BYTES_FMT, BYTES_ARG(bucket->name));
}

static void forget_kms(ObjectHead *head)
{
    head->encryption = head->key_arn = head->bucket_key = (Bytes){0};
}

/* The bucket may say otherwise by now: the bytes are as they were asked for when they began. */
Status encryption_keep(Call *call, const Bucket *bucket, const EncryptionGiven *given, const SealingKeys *keys,
                       ObjectHead *head)
{
    Scope place;
    KmsKey key;
    Bytes sealed;
    if (!keys->layers || is_customers(given))
        forget_kms(head);
    if (!keys->layers)
        return OK;
    if (is_customers(given)) {
        head->customer = new_check(call, keys->keys[0]);
        return OK;
    }
    if (!present(head->key_arn))
        return deny(call, &CONDITIONAL_CONFLICT);
    TRY(look_up(call, head->key_arn, &place, &key));
    Bytes plain = {(const char *)keys->keys, (size_t)keys->layers * SEALING_KEY_BYTES};
    int code = kms_new_data_key(&place, &key, bound_to(call, bucket), plain, &sealed);
    if (code == KMS_KEY_ABSENT)
        return fail(call, &KEY_INVALID_USAGE, "You cannot generate a data key with an asymmetric CMK");
    TRY(expect_ok(call, code));
    head->data_key = base64_text(call->arena, sealed);
    return OK;
}

static Status open_data_key(Call *call, const Bucket *bucket, const ObjectHead *head, SealingKeys *ret_keys)
{
    Scope place;
    KmsKey key;
    Bytes plain;
    char *sealed = arena_take_raw(call->arena, head->data_key.len + 3);
    TRY(look_up(call, head->key_arn, &place, &key));
    ptrdiff_t len = base64_decode(sealed, head->data_key);
    int code = len < 0 ? KMS_KEY_ABSENT
                       : kms_open_data_key(&place, (Bytes){sealed, (size_t)len}, bound_to(call, bucket), &plain);
    if (code == KMS_KEY_ABSENT || (code == KMS_KEY_FOUND && plain.len > sizeof ret_keys->keys))
        return fail(call, &KEY_INVALID_STATE, "%s has not the material that the object was encrypted under.",
                    arena_cstr(call->arena, head->key_arn));
    TRY(expect_ok(call, code));
    ret_keys->layers = (int)(plain.len / SEALING_KEY_BYTES);
    memcpy(ret_keys->keys, plain.ptr, plain.len);
    return OK;
}

Status encryption_open(Call *call, const Bucket *bucket, const ObjectHead *head, const EncryptionGiven *given,
                       SealingKeys *ret_keys)
{
    char key[SEALING_KEY_BYTES + 3];
    Scope place;
    KmsKey kms_key;
    *ret_keys = (SealingKeys){0};
    TRY(check_customer(call, head, given, key));
    if (present(head->customer)) {
        ret_keys->layers = 1;
        memcpy(ret_keys->keys[0], key, SEALING_KEY_BYTES);
        return OK;
    }
    if (!present(head->key_arn) || !((const S3 *)call->service)->kms)
        return OK;
    /* an object of an earlier version of this program's file: its bytes lie as they came */
    return present(head->data_key) ? open_data_key(call, bucket, head, ret_keys)
                                   : look_up(call, head->key_arn, &place, &kms_key);
}
