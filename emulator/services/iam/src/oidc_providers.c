/* oidc_providers.c - who signs the tokens of AssumeRoleWithWebIdentity. Nobody is asked for a certificate: thumbprints
 * are kept as they come. aws: IAM API Reference, CreateOpenIDConnectProvider and its like. */
#include "entity.h"
#include "wire.h"

#define CLIENTS_MAX     100 /* aws: IAM and AWS STS quotas */
#define THUMBPRINTS_MAX 5   /* aws: CreateOpenIDConnectProvider: "maximum of five thumbprints" */

/* What is kept is GetOpenIDConnectProvider's answer as JSON. */
typedef IamGetOpenIDConnectProviderResponse Provider;

static void keep(Call *call, const Provider *provider, Entity *entity)
{
    entity->document = json_text(call->arena, &IAM_SHAPE_GET_OPEN_ID_CONNECT_PROVIDER_RESPONSE, provider);
}

static Status find(Call *call, Bytes arn, Entity *ret_entity, Provider *ret_provider)
{
    Bytes message;
    *ret_provider = (Provider){0};
    TRY(entity_find_by_arn(call, ENTITY_OIDC, arn, ret_entity));
    return expect_ok(call, json_decode(call->arena, &IAM_SHAPE_GET_OPEN_ID_CONNECT_PROVIDER_RESPONSE,
                                       ret_entity->document, ret_provider, &message));
}

static Status update(Call *call, const Provider *provider, Entity *entity)
{
    keep(call, provider, entity);
    return expect_ok(call, entity_update(&call->scope, entity));
}

static Status check_thumbprints(Call *call, const IamthumbprintListType *list)
{
    if (list->len > THUMBPRINTS_MAX)
        return fail(call, &IAM_INVALID_INPUT, "Thumbprint list must contain fewer than %d entries.",
                    THUMBPRINTS_MAX + 1);
    for (size_t i = 0; i < list->len; i++)
        for (size_t at = 0; at < list->items[i].len; at++)
            if (!strchr("0123456789abcdefABCDEF", list->items[i].ptr[at]) || !list->items[i].ptr[at])
                return fail(call, &IAM_INVALID_INPUT, "Thumbprint must be a hexadecimal string.");
    return OK;
}

static Status check_clients(Call *call, const IamclientIDListType *list)
{
    if (list->len > CLIENTS_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d",
                    CLIENTS_MAX);
    return OK;
}

/* aws: Url: "must begin with https:// … should not contain a port number … query parameters are not allowed". */
static Status read_url(Call *call, Bytes url, Bytes *ret_name)
{
    if (!bytes_starts_with(url, TEXT("https://")) || url.len == 8 || bytes_find(url, '?') >= 0 ||
        bytes_find(url, '#') >= 0)
        return fail(call, &IAM_INVALID_INPUT, "Invalid Open ID Connect Provider URL");
    *ret_name = bytes_slice(url, 8, url.len - 8);
    if (ret_name->ptr[ret_name->len - 1] == '/' && ret_name->len > 1)
        ret_name->len--;
    return OK;
}

OPERATION(IamCreateOpenIDConnectProvider, create_open_id_connect_provider, WRITES);
static Status create_open_id_connect_provider(Call *call, const IamCreateOpenIDConnectProviderInput *in,
                                              IamCreateOpenIDConnectProviderOutput *out)
{
    Entity entity = {.kind = ENTITY_OIDC, .path = TEXT("/")};
    Provider provider = {.client_id_list = in->client_id_list, .thumbprint_list = in->thumbprint_list};
    TRY(read_url(call, in->url, &entity.name));
    TRY(check_clients(call, &in->client_id_list));
    TRY(check_thumbprints(call, &in->thumbprint_list));
    TRY(entity_check_new(call, ENTITY_OIDC, entity.name));
    TRY(entity_tags_check(call, &in->tags));

    keep(call, &provider, &entity);
    TRY(expect_ok(call, entity_insert(&call->scope, &entity)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &entity, &in->tags)));

    out->open_id_connect_provider_arn = entity_arn(&call->scope, &entity);
    out->tags = in->tags;
    return OK;
}

OPERATION(IamGetOpenIDConnectProvider, get_open_id_connect_provider, READS);
static Status get_open_id_connect_provider(Call *call, const IamGetOpenIDConnectProviderInput *in,
                                           IamGetOpenIDConnectProviderOutput *out)
{
    Entity entity;
    TRY(find(call, in->open_id_connect_provider_arn, &entity, out));
    out->url = entity.name;
    SET(out, create_date, entity.created_ms);
    return expect_ok(call, entity_tags(&call->scope, &entity, &out->tags));
}

OPERATION(IamListOpenIDConnectProviders, list_open_id_connect_providers, READS);
static Status list_open_id_connect_providers(Call *call, const IamListOpenIDConnectProvidersInput *in,
                                             IamListOpenIDConnectProvidersOutput *out)
{
    EntityList list;
    EntityPage page = {TEXT(""), 1000};
    (void)in;
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_OIDC, (Bytes){0}, &page, &list)));
    out->open_id_connect_provider_list.items =
        arena_new_array(call->arena, IamOpenIDConnectProviderListEntry, list.len + 1);
    for (size_t i = 0; i < list.len; i++)
        out->open_id_connect_provider_list.items[out->open_id_connect_provider_list.len++].arn =
            entity_arn(&call->scope, &list.items[i]);
    return OK;
}

OPERATION(IamDeleteOpenIDConnectProvider, delete_open_id_connect_provider, WRITES);
static Status delete_open_id_connect_provider(Call *call, const IamDeleteOpenIDConnectProviderInput *in,
                                              IamDeleteOpenIDConnectProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_OIDC, in->open_id_connect_provider_arn, &entity));
    return expect_ok(call, entity_delete(&call->scope, &entity));
}

static size_t place_of(const IamclientIDListType *list, Bytes id)
{
    size_t i = 0;
    while (i < list->len && !bytes_equal(list->items[i], id))
        i++;
    return i;
}

/* aws: "This operation is idempotent; it does not fail or return an error if you add an existing client ID". */
OPERATION(IamAddClientIDToOpenIDConnectProvider, add_client_id_to_open_id_connect_provider, WRITES);
static Status add_client_id_to_open_id_connect_provider(Call *call,
                                                        const IamAddClientIDToOpenIDConnectProviderInput *in,
                                                        IamAddClientIDToOpenIDConnectProviderOutput *out)
{
    Entity entity;
    Provider provider;
    (void)out;
    TRY(find(call, in->open_id_connect_provider_arn, &entity, &provider));
    IamclientIDListType *list = &provider.client_id_list;
    if (place_of(list, in->client_id) < list->len)
        return OK;
    Bytes *items = arena_new_array(call->arena, Bytes, list->len + 1);
    if (list->len)
        memcpy(items, list->items, list->len * sizeof *items);
    items[list->len++] = in->client_id;
    list->items = items;
    TRY(check_clients(call, list));
    return update(call, &provider, &entity);
}

/* aws: "This operation is idempotent; it does not fail … if you try to remove a client ID that does not exist." */
OPERATION(IamRemoveClientIDFromOpenIDConnectProvider, remove_client_id_from_open_id_connect_provider, WRITES);
static Status remove_client_id_from_open_id_connect_provider(Call *call,
                                                             const IamRemoveClientIDFromOpenIDConnectProviderInput *in,
                                                             IamRemoveClientIDFromOpenIDConnectProviderOutput *out)
{
    Entity entity;
    Provider provider;
    (void)out;
    TRY(find(call, in->open_id_connect_provider_arn, &entity, &provider));
    IamclientIDListType *list = &provider.client_id_list;
    size_t at = place_of(list, in->client_id);
    if (at == list->len)
        return OK;
    list->len--;
    for (; at < list->len; at++)
        list->items[at] = list->items[at + 1];
    return update(call, &provider, &entity);
}

OPERATION(IamUpdateOpenIDConnectProviderThumbprint, update_open_id_connect_provider_thumbprint, WRITES);
static Status update_open_id_connect_provider_thumbprint(Call *call,
                                                         const IamUpdateOpenIDConnectProviderThumbprintInput *in,
                                                         IamUpdateOpenIDConnectProviderThumbprintOutput *out)
{
    Entity entity;
    Provider provider;
    (void)out;
    TRY(find(call, in->open_id_connect_provider_arn, &entity, &provider));
    TRY(check_thumbprints(call, &in->thumbprint_list));
    provider.thumbprint_list = in->thumbprint_list;
    return update(call, &provider, &entity);
}

OPERATION(IamTagOpenIDConnectProvider, tag_open_id_connect_provider, WRITES);
static Status tag_open_id_connect_provider(Call *call, const IamTagOpenIDConnectProviderInput *in,
                                           IamTagOpenIDConnectProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_OIDC, in->open_id_connect_provider_arn, &entity));
    return entity_tag(call, &entity, &in->tags);
}

OPERATION(IamUntagOpenIDConnectProvider, untag_open_id_connect_provider, WRITES);
static Status untag_open_id_connect_provider(Call *call, const IamUntagOpenIDConnectProviderInput *in,
                                             IamUntagOpenIDConnectProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_OIDC, in->open_id_connect_provider_arn, &entity));
    return entity_untag(call, &entity, &in->tag_keys);
}

OPERATION(IamListOpenIDConnectProviderTags, list_open_id_connect_provider_tags, READS);
static Status list_open_id_connect_provider_tags(Call *call, const IamListOpenIDConnectProviderTagsInput *in,
                                                 IamListOpenIDConnectProviderTagsOutput *out)
{
    Entity entity;
    EntityPage page;
    TRY(entity_find_by_arn(call, ENTITY_OIDC, in->open_id_connect_provider_arn, &entity));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &entity, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}
