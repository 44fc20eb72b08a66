/* service_credentials.c - a user's name and password, or key, for one service. What is secret is told once and kept
 * nowhere. aws: IAM API Reference, CreateServiceSpecificCredential and its like; the words are as recorded. */
#include "access_key.h"
#include "credential.h"

#define DAY_MS 86400000LL

/* aws: CreateServiceSpecificCredential, ServiceName. Bedrock's bear a key and may expire. */
static bool has_credentials(Bytes service)
{
    return bytes_is(service, "codecommit.amazonaws.com") || bytes_is(service, "cassandra.amazonaws.com") ||
           bytes_is(service, "bedrock.amazonaws.com");
}

static bool is_bedrock(Bytes service)
{
    return bytes_is(service, "bedrock.amazonaws.com");
}

static Status check_service(Call *call, Bytes service)
{
    if (has_credentials(service))
        return OK;
    return fail(call, &IAM_NO_SUCH_ENTITY,
                "No such service " BYTES_FMT " is supported for Service Specific Credentials", BYTES_ARG(service));
}

static IamServiceSpecificCredential *tell(Call *call, const Credential *credential)
{
    IamServiceSpecificCredential *told = arena_new_of(call->arena, IamServiceSpecificCredential);
    *told = (IamServiceSpecificCredential){.service_name = credential->subject,
                                           .service_specific_credential_id = credential->id,
                                           .user_name = credential->user_name,
                                           .status = credential->status};
    SET(told, create_date, credential->created_ms);
    if (credential->expires_ms)
        SET(told, expiration_date, credential->expires_ms);
    if (is_bedrock(credential->subject))
        told->service_credential_alias = credential->body;
    else
        told->service_user_name = credential->body;
    return told;
}

static void tell_secret(Call *call, IamServiceSpecificCredential *told)
{
    Bytes secret = secret_key_new(call->arena, call->runtime->random);
    if (is_bedrock(told->service_name))
        told->service_credential_secret = arena_text(call->arena, "ABSK" BYTES_FMT, BYTES_ARG(secret));
    else
        told->service_password = secret;
}

/* aws: seen: "anna-at-111111111111"; the second one of a user is "anna+1-at-111111111111". */
static Bytes name_at_service(Call *call, const Entity *user, int64_t there)
{
    if (there)
        return arena_text(call->arena, BYTES_FMT "+%d-at-" BYTES_FMT, BYTES_ARG(user->name), (int)there,
                          BYTES_ARG(call->account));
    return arena_text(call->arena, BYTES_FMT "-at-" BYTES_FMT, BYTES_ARG(user->name), BYTES_ARG(call->account));
}

OPERATION(IamCreateServiceSpecificCredential, create_service_specific_credential, WRITES);
static Status create_service_specific_credential(Call *call, const IamCreateServiceSpecificCredentialInput *in,
                                                 IamCreateServiceSpecificCredentialOutput *out)
{
    Entity user;
    int64_t there;
    TRY(find_user(call, in->user_name, &user));
    TRY(check_service(call, in->service_name));
    if (in->has_credential_age_days && !is_bedrock(in->service_name))
        return fail(call, &IAM_INVALID_INPUT, "CredentialAgeDays is only supported for bedrock.amazonaws.com.");
    TRY(credential_check_room(call, CREDENTIAL_OF_SERVICE, &user, in->service_name));
    TRY(expect_ok(call, credentials_count(&call->scope, CREDENTIAL_OF_SERVICE, user.key, &there)));

    Credential credential = {.owner = user.key,
                             .kind = CREDENTIAL_OF_SERVICE,
                             .id = iam_id_new(&call->scope, "ACCA"),
                             .status = TEXT("Active"),
                             .created_ms = call->now_ms / 1000 * 1000,
                             .subject = in->service_name,
                             .body = name_at_service(call, &user, there),
                             .user_name = user.name};
    if (in->has_credential_age_days)
        credential.expires_ms = credential.created_ms + in->credential_age_days * DAY_MS;
    TRY(expect_ok(call, credential_put(&call->scope, &credential)));

    out->service_specific_credential = tell(call, &credential);
    tell_secret(call, out->service_specific_credential);
    return OK;
}

static void tell_listed(const Credential *credential, IamServiceSpecificCredentialMetadata *ret)
{
    *ret = (IamServiceSpecificCredentialMetadata){.user_name = credential->user_name,
                                                  .status = credential->status,
                                                  .service_specific_credential_id = credential->id,
                                                  .service_name = credential->subject};
    SET(ret, create_date, credential->created_ms);
    if (credential->expires_ms)
        SET(ret, expiration_date, credential->expires_ms);
    if (is_bedrock(credential->subject))
        ret->service_credential_alias = credential->body;
    else
        ret->service_user_name = credential->body;
}

OPERATION(IamListServiceSpecificCredentials, list_service_specific_credentials, READS);
static Status list_service_specific_credentials(Call *call, const IamListServiceSpecificCredentialsInput *in,
                                                IamListServiceSpecificCredentialsOutput *out)
{
    Entity user;
    EntityPage page;
    CredentialList list;
    CredentialFilter filter = {.subject = in->service_name};
    bool of_all = in->has_all_users && in->all_users;
    if (!of_all) {
        TRY(find_user(call, in->user_name, &user));
        filter.user = &user;
    }
    if (present(in->service_name))
        TRY(check_service(call, in->service_name));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, credentials_list(&call->scope, CREDENTIAL_OF_SERVICE, &filter, &page, &list)));
    out->service_specific_credentials.items =
        arena_new_array(call->arena, IamServiceSpecificCredentialMetadata, list.len + 1);
    for (size_t i = 0; i < list.len; i++)
        tell_listed(&list.items[i], &out->service_specific_credentials.items[out->service_specific_credentials.len++]);
    PAGE_END(out, service_specific_credentials, .service_specific_credential_id);
    if (!out->is_truncated) /* aws: seen: told only where there is more */
        out->has_is_truncated = false;
    return OK;
}

OPERATION(IamUpdateServiceSpecificCredential, update_service_specific_credential, WRITES);
static Status update_service_specific_credential(Call *call, const IamUpdateServiceSpecificCredentialInput *in,
                                                 IamUpdateServiceSpecificCredentialOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_OF_SERVICE, in->user_name, in->service_specific_credential_id, &credential));
    credential.status = in->status;
    return expect_ok(call, credential_put(&call->scope, &credential));
}

OPERATION(IamResetServiceSpecificCredential, reset_service_specific_credential, READS);
static Status reset_service_specific_credential(Call *call, const IamResetServiceSpecificCredentialInput *in,
                                                IamResetServiceSpecificCredentialOutput *out)
{
    Credential credential;
    TRY(credential_find(call, CREDENTIAL_OF_SERVICE, in->user_name, in->service_specific_credential_id, &credential));
    out->service_specific_credential = tell(call, &credential);
    tell_secret(call, out->service_specific_credential);
    return OK;
}

OPERATION(IamDeleteServiceSpecificCredential, delete_service_specific_credential, WRITES);
static Status delete_service_specific_credential(Call *call, const IamDeleteServiceSpecificCredentialInput *in,
                                                 IamDeleteServiceSpecificCredentialOutput *out)
{
    Credential credential;
    (void)out;
    TRY(credential_find(call, CREDENTIAL_OF_SERVICE, in->user_name, in->service_specific_credential_id, &credential));
    return expect_ok(call, credential_delete(&call->scope, &credential));
}
