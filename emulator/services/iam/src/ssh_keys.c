/* ssh_keys.c - public keys by which CodeCommit knows a user. aws: IAM API Reference, UploadSSHPublicKey and its like.
 */
#include "credential.h"
#include "x509.h"

static void tell_upload(const Credential *credential, IamSSHPublicKeyMetadata *ret)
{
    *ret = (IamSSHPublicKeyMetadata){
        .user_name = credential->user_name, .ssh_public_key_id = credential->id, .status = credential->status};
    SET(ret, upload_date, credential->created_ms);
}

static IamSSHPublicKey *tell(Call *call, const Credential *credential, Bytes body)
{
    IamSSHPublicKey *told = arena_new_of(call->arena, IamSSHPublicKey);
    *told = (IamSSHPublicKey){.user_name = credential->user_name,
                              .ssh_public_key_id = credential->id,
                              .fingerprint = credential->subject,
                              .ssh_public_key_body = body,
                              .status = credential->status};
    SET(told, upload_date, credential->created_ms);
    return told;
}

static Status check_is_new(Call *call, const Entity *user, const SshKey *key)
{
    Credential same;
    int code = credential_by_subject(&call->scope, CREDENTIAL_SSH_KEY, key->fingerprint, &same);
    if (code == STORE_OK && same.owner == user->key)
        return fail(call, &IAM_DUPLICATE_SSH_PUBLIC_KEY, "The SSH public key is already associated with the user.");
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

OPERATION(IamUploadSSHPublicKey, upload_ssh_public_key, WRITES);
static Status upload_ssh_public_key(Call *call, const IamUploadSSHPublicKeyInput *in, IamUploadSSHPublicKeyOutput *out)
{
    Entity user;
    SshKey key;
    TRY(find_user(call, in->user_name, &user));
    if (!is_ssh_or_pem(in->ssh_public_key_body))
        return fail(call, &IAM_UNRECOGNIZED_PUBLIC_KEY_ENCODING,
                    "The public key encoding format is unsupported or unrecognized.");
    if (!ssh_key_read(call->arena, in->ssh_public_key_body, &key))
        return fail(call, &IAM_INVALID_PUBLIC_KEY, "The public key is malformed or otherwise invalid.");
    TRY(check_is_new(call, &user, &key));
    TRY(credential_check_room(call, CREDENTIAL_SSH_KEY, &user, (Bytes){0}));

    Credential credential = {.owner = user.key,
                             .kind = CREDENTIAL_SSH_KEY,
                             .id = iam_id_new(&call->scope, "APKA"),
                             .status = TEXT("Active"),
                             .created_ms = call->now_ms / 1000 * 1000,
                             .subject = key.fingerprint,
                             .body = in->ssh_public_key_body,
                             .user_name = user.name};
    TRY(expect_ok(call, credential_put(&call->scope, &credential)));
    out->ssh_public_key = tell(call, &credential, in->ssh_public_key_body);
    return OK;
}

OPERATION(IamGetSSHPublicKey, get_ssh_public_key, READS);
static Status get_ssh_public_key(Call *call, const IamGetSSHPublicKeyInput *in, IamGetSSHPublicKeyOutput *out)
{
    Credential credential;
    SshKey key = {0};
    TRY(credential_find(call, CREDENTIAL_SSH_KEY, in->user_name, in->ssh_public_key_id, &credential));
    if (!ssh_key_read(call->arena, credential.body, &key))
        return fault(call, STORE_DAMAGED);
    out->ssh_public_key = tell(call, &credential, bytes_is(in->encoding, "PEM") ? key.pem : key.ssh);
    return OK;
}

OPERATION(IamListSSHPublicKeys, list_ssh_public_keys, READS);
static Status list_ssh_public_keys(Call *call, const IamListSSHPublicKeysInput *in, IamListSSHPublicKeysOutput *out)
{
    Entity user;
    EntityPage page;
    CredentialList list;
    CredentialFilter filter = {.user = &user};
    TRY(find_user(call, in->user_name, &user));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, credentials_list(&call->scope, CREDENTIAL_SSH_KEY, &filter, &page, &list)));
    out->ssh_public_keys.items = arena_new_array(call->arena, IamSSHPublicKeyMetadata, list.len + 1);
    for (; out->ssh_public_keys.len < list.len; out->ssh_public_keys.len++)
        tell_upload(&list.items[out->ssh_public_keys.len], &out->ssh_public_keys.items[out->ssh_public_keys.len]);
    PAGE_END(out, ssh_public_keys, .ssh_public_key_id);
    return OK;
}

OPERATION(IamUpdateSSHPublicKey, update_ssh_public_key, WRITES);
static Status update_ssh_public_key(Call *call, const IamUpdateSSHPublicKeyInput *in, IamUpdateSSHPublicKeyOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_SSH_KEY, in->user_name, in->ssh_public_key_id, &credential));
    credential.status = in->status;
    return expect_ok(call, credential_put(&call->scope, &credential));
}

OPERATION(IamDeleteSSHPublicKey, delete_ssh_public_key, WRITES);
static Status delete_ssh_public_key(Call *call, const IamDeleteSSHPublicKeyInput *in, IamDeleteSSHPublicKeyOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_SSH_KEY, in->user_name, in->ssh_public_key_id, &credential));
    return expect_ok(call, credential_delete(&call->scope, &credential));
}
