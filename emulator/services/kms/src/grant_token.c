/* grant_token.c - tokens of grants: made, read, looked at. */
#include "base64.h"
#include "grant.h"
#include "vault.h"

#define KEY_LEN   36
#define PLAIN_LEN (KEY_LEN + GRANT_ID_LEN)

Bytes grant_token_make(const Scope *scope, Bytes key_id, Bytes id)
{
    unsigned char bytes[PLAIN_LEN + VAULT_MAC_BYTES] = {0};
    memcpy(bytes, key_id.ptr, key_id.len < KEY_LEN ? key_id.len : KEY_LEN);
    memcpy(bytes + KEY_LEN, id.ptr, id.len < GRANT_ID_LEN ? id.len : GRANT_ID_LEN);
    vault_mac(scope->service, VAULT_GRANT, (Bytes){(const char *)bytes, PLAIN_LEN}, bytes + PLAIN_LEN, VAULT_MAC_BYTES);
    return base64_text(scope->arena, (Bytes){(const char *)bytes, sizeof bytes});
}

bool grant_token_read(const Kms *kms, Arena *arena, Bytes token, Bytes *ret_key_id, Bytes *ret_id)
{
    char *bytes = arena_take_raw(arena, base64_decoded_max(token.len) + 1);
    if (base64_decode(bytes, token) != PLAIN_LEN + VAULT_MAC_BYTES ||
        !vault_check(kms, VAULT_GRANT, (Bytes){bytes, PLAIN_LEN}, bytes + PLAIN_LEN))
        return false;
    *ret_key_id = (Bytes){bytes, KEY_LEN};
    *ret_id = (Bytes){bytes + KEY_LEN, GRANT_ID_LEN};
    return true;
}

/* One of a grant that is gone again does no harm: AWS passes it by, too. */
Status grant_tokens_check(Call *call, const KmsGrantTokenList *tokens)
{
    Bytes key_id, id;
    for (size_t i = 0; i < tokens->len; i++)
        if (!grant_token_read(call->service, call->arena, tokens->items[i], &key_id, &id))
            return fail(call, &KMS_INVALID_GRANT_TOKEN, "The grant token is invalid.");
    return OK;
}
