/* grants.c - CreateGrant, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant. */
#include "grant.h"
#include <sodium.h>

OPERATION(KmsCreateGrant, create_grant, WRITES);
OPERATION(KmsListGrants, list_grants, WRITES);
OPERATION(KmsListRetirableGrants, list_retirable_grants, WRITES);
OPERATION(KmsRetireGrant, retire_grant, WRITES);
OPERATION(KmsRevokeGrant, revoke_grant, WRITES);

#define GRANTS_PAGE          50 /* aws: ListGrants: "between 1 and 100. If you do not include a value, it defaults to 50" */
#define GRANT_OPERATIONS_MAX 32

/* aws: CreateGrant: "To specify the grantee principal, use the Amazon Resource Name (ARN) of an Amazon Web Services
 * principal." */
static Status check_principal(Call *call, Bytes principal)
{
    Arn arn;
    bool is_fine = !present(principal) || (arn_parse(principal, &arn) && arn.resource.len &&
                                           (bytes_is(arn.service, "iam") || bytes_is(arn.service, "sts")));
    return is_fine ? OK
                   : fail(call, &KMS_INVALID_ARN, "ARN is not valid for a principal: " BYTES_FMT, BYTES_ARG(principal));
}

/* Which of a key's uses an operation belongs to; NULL: it goes with every key. */
static const char *usage_of(Bytes operation)
{
    static const struct {
        const char *operation, *usage;
    } usages[] = {
        {"Decrypt", "ENCRYPT_DECRYPT"},
        {"Encrypt", "ENCRYPT_DECRYPT"},
        {"GenerateDataKey", "ENCRYPT_DECRYPT"},
        {"GenerateDataKeyWithoutPlaintext", "ENCRYPT_DECRYPT"},
        {"ReEncryptFrom", "ENCRYPT_DECRYPT"},
        {"ReEncryptTo", "ENCRYPT_DECRYPT"},
        {"GenerateDataKeyPair", "ENCRYPT_DECRYPT"},
        {"GenerateDataKeyPairWithoutPlaintext", "ENCRYPT_DECRYPT"},
        {"Sign", "SIGN_VERIFY"},
        {"Verify", "SIGN_VERIFY"},
        {"GenerateMac", "GENERATE_VERIFY_MAC"},
        {"VerifyMac", "GENERATE_VERIFY_MAC"},
        {"DeriveSharedSecret", "KEY_AGREEMENT"},
        {"Encapsulate", "ENCAPSULATE_DECAPSULATE"},
        {"Decapsulate", "ENCAPSULATE_DECAPSULATE"},
    };
    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++)
        if (bytes_is(operation, usages[i].operation))
            return usages[i].usage;
    return NULL;
}

/* aws: CreateGrant, Operations: "This list must include only operations that are permitted in a grant. Also, the
 * operation must be supported on the KMS key." */
static Status check_operations(Call *call, const KmsKey *key, const KmsGrantOperationList *operations)
{
    bool is_asymmetric = spec_is_asymmetric(spec_find(key->spec));
    for (size_t i = 0; i < operations->len; i++) {
        const char *usage = usage_of(operations->items[i]);
        bool fits = !usage || bytes_is(key->usage, usage);
        if (bytes_is(operations->items[i], "GetPublicKey"))
            fits = is_asymmetric;
        if (bytes_starts_with(operations->items[i], TEXT("GenerateDataKey")))
            fits = fits && !is_asymmetric;
        if (!fits)
            return fail(call, &COMMON_VALIDATION,
                        "Operation " BYTES_FMT " is not supported by the KMS key " BYTES_FMT ".",
                        BYTES_ARG(operations->items[i]), BYTES_ARG(key->arn));
    }
    return OK;
}

static Status check_grantee(Call *call, const KmsCreateGrantInput *in)
{
    if (present(in->grantee_principal) == present(in->grantee_service_principal))
        return fail(call, &COMMON_VALIDATION,
                    "Exactly one of GranteePrincipal and GranteeServicePrincipal must be specified.");
    TRY(check_principal(call, in->grantee_principal));
    return check_principal(call, in->retiring_principal);
}

/* Each once, in the order in which they were given; there are no more than the model has. */
static Bytes operations_text(Arena *arena, const KmsGrantOperationList *operations)
{
    Bytes text = TEXT(""), kinds[GRANT_OPERATIONS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < operations->len && count < GRANT_OPERATIONS_MAX; i++) {
        size_t at = 0;
        while (at < count && !bytes_equal(kinds[at], operations->items[i]))
            at++;
        if (at < count)
            continue;
        kinds[count++] = operations->items[i];
        text = at ? arena_text(arena, BYTES_FMT " " BYTES_FMT, BYTES_ARG(text), BYTES_ARG(operations->items[i]))
                  : operations->items[i];
    }
    return text;
}

static Bytes new_id(Call *call)
{
    unsigned char bytes[GRANT_ID_LEN / 2];
    char text[GRANT_ID_LEN + 1];
    random_fill(call->runtime->random, bytes, sizeof bytes);
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    return arena_copy(call->arena, (Bytes){text, GRANT_ID_LEN});
}

static Status create_grant(Call *call, const KmsCreateGrantInput *in, KmsCreateGrantOutput *out)
{
    KmsKey key;
    Grant same;
    int64_t count;
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(key_check_managed_by_customer(call, &key));
    TRY(key_check_enabled(call, &key));
    TRY(check_grantee(call, in));
    TRY(check_operations(call, &key, &in->operations));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    Grant grant = {key.id,
                   {0},
                   in->name,
                   in->grantee_principal,
                   in->grantee_service_principal,
                   in->retiring_principal,
                   in->retiring_service_principal,
                   operations_text(call->arena, &in->operations),
                   constraints_write(call->arena, in->constraints),
                   call->now_ms};
    TRY(expect_ok(call, grant_count(&call->scope, key.id, &count)));
    /* aws: Name: a retried request with the same name and parameters gives the grant that is there */
    int code = present(in->name) ? grant_find_same(&call->scope, &grant, &same) : STORE_NOT_FOUND;
    if (code < 0)
        return fault(call, code);
    if (code != STORE_OK && count >= GRANTS_MAX)
        return fail(call, &KMS_LIMIT_EXCEEDED, "The limit of grants for the KMS key " BYTES_FMT " has been reached.",
                    BYTES_ARG(key.arn));
    TRY(kms_check_dry_run(call, in->dry_run));

    grant.id = code == STORE_OK ? same.id : new_id(call);
    if (code != STORE_OK)
        TRY(expect_ok(call, grant_put(&call->scope, &grant)));
    out->grant_id = grant.id;
    out->grant_token = grant_token_make(&call->scope, key.id, grant.id);
    return OK;
}

static KmsGrantListEntry entry_of(Call *call, const Grant *grant)
{
    Bytes rest = grant->operations;
    KmsGrantListEntry entry = {
        .key_id = key_arn_in(&call->scope, call->region, grant->key_id),
        .grant_id = grant->id,
        .name = present(grant->name) ? grant->name : TEXT(""),
        .grantee_principal = grant->grantee,
        .grantee_service_principal = grant->grantee_service,
        .retiring_principal = grant->retiring,
        .retiring_service_principal = grant->retiring_service,
        .issuing_account = call_root_arn(call),
        .constraints = constraints_read(call->arena, grant->constraints),
    };
    SET(&entry, creation_date, grant->created_ms);
    size_t most = 1;
    for (size_t i = 0; i < rest.len; i++)
        most += rest.ptr[i] == ' ';
    entry.operations.items = arena_new_array(call->arena, Bytes, most);
    while (present(rest) && entry.operations.len < most)
        entry.operations.items[entry.operations.len++] = bytes_cut(&rest, ' ');
    return entry;
}

static Status tell(Call *call, GrantPage *page, KmsListGrantsResponse *out)
{
    size_t count, limit = page->limit;
    Grant *grants = arena_new_array(call->arena, Grant, limit + 1);
    page->limit++;
    TRY(expect_ok(call, grant_list(&call->scope, page, grants, &count)));
    SET(out, truncated, count > limit);
    out->grants.len = count > limit ? limit : count;
    out->grants.items = arena_new_array(call->arena, KmsGrantListEntry, out->grants.len);
    for (size_t i = 0; i < out->grants.len; i++)
        out->grants.items[i] = entry_of(call, &grants[i]);
    if (out->truncated)
        out->next_marker = arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(grants[limit - 1].key_id),
                                      BYTES_ARG(grants[limit - 1].id));
    return OK;
}

static Status read_marker(Call *call, Bytes marker, GrantPage *page)
{
    if (!present(marker))
        return OK;
    page->after = marker;
    page->after_key = bytes_cut(&page->after, '/');
    return present(page->after) ? OK : fail(call, &KMS_INVALID_MARKER, "The marker is not one that was given.");
}

static Status list_grants(Call *call, const KmsListGrantsInput *in, KmsListGrantsOutput *out)
{
    KmsKey key;
    GrantPage page = {.id = in->grant_id,
                      .grantee = in->grantee_principal,
                      .grantee_service = in->grantee_service_principal,
                      .limit = in->has_limit ? (size_t)in->limit : GRANTS_PAGE};
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(read_marker(call, in->marker, &page));
    page.key_id = key.id;
    return tell(call, &page, out);
}

static Status list_retirable_grants(Call *call, const KmsListRetirableGrantsInput *in,
                                    KmsListRetirableGrantsOutput *out)
{
    GrantPage page = {.retiring = in->retiring_principal,
                      .retiring_service = in->retiring_service_principal,
                      .limit = in->has_limit ? (size_t)in->limit : GRANTS_PAGE};
    if (present(page.retiring) == present(page.retiring_service))
        return fail(call, &COMMON_VALIDATION,
                    "Exactly one of RetiringPrincipal and RetiringServicePrincipal must be specified.");
    TRY(check_principal(call, page.retiring));
    TRY(read_marker(call, in->marker, &page));
    TRY(keys_furnish_for(call));
    return tell(call, &page, out);
}

static Status end_grant(Call *call, Bytes key_id, Bytes id, bool is_dry_run)
{
    Grant grant;
    int code = grant_find(&call->scope, key_id, id, &grant);
    if (code == STORE_NOT_FOUND)
        return fail(call, &KMS_NOT_FOUND, "Grant ID " BYTES_FMT " not found", BYTES_ARG(id));
    TRY(expect_ok(call, code));
    TRY(kms_check_dry_run(call, is_dry_run));
    return expect_ok(call, grant_delete(&call->scope, key_id, id));
}

/* aws: RetireGrant: "by using its grant token, or both the grant ID and a key identifier" (an ARN) */
static Status retire_grant(Call *call, const KmsRetireGrantInput *in, KmsRetireGrantOutput *out)
{
    KmsKey key;
    Bytes key_id, id;
    (void)out;
    TRY(keys_furnish_for(call));
    bool by_token = present(in->grant_token);
    if (by_token == (present(in->key_id) && present(in->grant_id)))
        return fail(call, &COMMON_VALIDATION, "Specify either a grant token, or a key ID and a grant ID.");
    if (by_token) {
        if (!grant_token_read(call->service, call->arena, in->grant_token, &key_id, &id))
            return fail(call, &KMS_INVALID_GRANT_TOKEN, "The grant token is invalid.");
        return end_grant(call, key_id, id, in->dry_run);
    }
    TRY(key_find_by_id(call, in->key_id, &key));
    return end_grant(call, key.id, in->grant_id, in->dry_run);
}

static Status revoke_grant(Call *call, const KmsRevokeGrantInput *in, KmsRevokeGrantOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_by_id(call, in->key_id, &key));
    return end_grant(call, key.id, in->grant_id, in->dry_run);
}
