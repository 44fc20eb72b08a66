/* saml_providers.c - who signs the assertions of AssumeRoleWithSAML. Metadata is held to be XML that describes an
 * identity provider; certificates in it are not looked at. aws: IAM API Reference, CreateSAMLProvider and its like; IAM
 * User Guide, "Troubleshoot SAML federation". */
#include "entity.h"
#include "uuid.h"
#include "xml_tree.h"

#define VALID_MS (100LL * 365 * 86400000) /* aws: seen: a hundred years from now where the metadata says nothing */

static bool describes_provider(const XmlElement *element)
{
    for (const XmlElement *child = element->first; child; child = child->next)
        if (bytes_is(child->local_name, "IDPSSODescriptor"))
            return true;
    return false;
}

static Status check_metadata(Call *call, Bytes document)
{
    const XmlElement *root = xml_tree(call->arena, document);
    if (!root || !bytes_is(root->local_name, "EntityDescriptor") || !describes_provider(root))
        return fail(call, &IAM_INVALID_INPUT, "Could not parse metadata");
    return OK;
}

/* Assertions are read as they are: encrypted ones could not be. */
static Status refuse_encryption(Call *call, Bytes mode, Bytes add, Bytes remove)
{
    if (!present(mode) && !present(add) && !present(remove))
        return OK;
    return fail(call, &COMMON_NOT_IMPLEMENTED, "Encrypted SAML assertions are not implemented in the emulator.");
}

OPERATION(IamCreateSAMLProvider, create_saml_provider, WRITES);
static Status create_saml_provider(Call *call, const IamCreateSAMLProviderInput *in, IamCreateSAMLProviderOutput *out)
{
    Entity entity = {.kind = ENTITY_SAML, .name = in->name, .path = TEXT("/"), .document = in->saml_metadata_document};
    TRY(refuse_encryption(call, in->assertion_encryption_mode, in->add_private_key, (Bytes){0}));
    TRY(check_metadata(call, in->saml_metadata_document));
    TRY(entity_check_new(call, ENTITY_SAML, in->name));
    TRY(entity_tags_check(call, &in->tags));

    entity.description = uuid_new(call->arena, call->runtime->random);
    TRY(expect_ok(call, entity_insert(&call->scope, &entity)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &entity, &in->tags)));

    out->saml_provider_arn = entity_arn(&call->scope, &entity);
    out->tags = in->tags;
    return OK;
}

OPERATION(IamGetSAMLProvider, get_saml_provider, READS);
static Status get_saml_provider(Call *call, const IamGetSAMLProviderInput *in, IamGetSAMLProviderOutput *out)
{
    Entity entity;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    out->saml_metadata_document = entity.document;
    out->saml_provider_uuid = entity.description;
    SET(out, create_date, entity.created_ms);
    SET(out, valid_until, entity.created_ms + VALID_MS);
    return expect_ok(call, entity_tags(&call->scope, &entity, &out->tags));
}

OPERATION(IamListSAMLProviders, list_saml_providers, READS);
static Status list_saml_providers(Call *call, const IamListSAMLProvidersInput *in, IamListSAMLProvidersOutput *out)
{
    EntityList list;
    EntityPage page = {TEXT(""), 1000};
    (void)in;
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_SAML, (Bytes){0}, &page, &list)));
    out->saml_provider_list.items = arena_new_array(call->arena, IamSAMLProviderListEntry, list.len + 1);
    for (size_t i = 0; i < list.len; i++) {
        IamSAMLProviderListEntry *entry = &out->saml_provider_list.items[out->saml_provider_list.len++];
        entry->arn = entity_arn(&call->scope, &list.items[i]);
        SET(entry, create_date, list.items[i].created_ms);
        SET(entry, valid_until, list.items[i].created_ms + VALID_MS);
    }
    return OK;
}

OPERATION(IamUpdateSAMLProvider, update_saml_provider, WRITES);
static Status update_saml_provider(Call *call, const IamUpdateSAMLProviderInput *in, IamUpdateSAMLProviderOutput *out)
{
    Entity entity;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    TRY(refuse_encryption(call, in->assertion_encryption_mode, in->add_private_key, in->remove_private_key));
    if (!present(in->saml_metadata_document))
        return fail(call, &IAM_INVALID_INPUT,
                    "Unable to update identity provider. No updates are defined for metadata or encryption assertion.");
    TRY(check_metadata(call, in->saml_metadata_document));
    entity.document = in->saml_metadata_document;
    TRY(expect_ok(call, entity_update(&call->scope, &entity)));
    out->saml_provider_arn = in->saml_provider_arn;
    return OK;
}

OPERATION(IamDeleteSAMLProvider, delete_saml_provider, WRITES);
static Status delete_saml_provider(Call *call, const IamDeleteSAMLProviderInput *in, IamDeleteSAMLProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    return expect_ok(call, entity_delete(&call->scope, &entity));
}

OPERATION(IamTagSAMLProvider, tag_saml_provider, WRITES);
static Status tag_saml_provider(Call *call, const IamTagSAMLProviderInput *in, IamTagSAMLProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    return entity_tag(call, &entity, &in->tags);
}

OPERATION(IamUntagSAMLProvider, untag_saml_provider, WRITES);
static Status untag_saml_provider(Call *call, const IamUntagSAMLProviderInput *in, IamUntagSAMLProviderOutput *out)
{
    Entity entity;
    (void)out;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    return entity_untag(call, &entity, &in->tag_keys);
}

OPERATION(IamListSAMLProviderTags, list_saml_provider_tags, READS);
static Status list_saml_provider_tags(Call *call, const IamListSAMLProviderTagsInput *in,
                                      IamListSAMLProviderTagsOutput *out)
{
    Entity entity;
    EntityPage page;
    TRY(entity_find_by_arn(call, ENTITY_SAML, in->saml_provider_arn, &entity));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(entity_tags_page(call, &entity, &page, &out->tags));
    PAGE_END(out, tags, .key);
    return OK;
}

int iam_find_saml_provider(const Scope *scope, Bytes arn, Bytes *ret_entity_id)
{
    Entity entity;
    size_t at = (size_t)(bytes_find_last(arn, '/') + 1);
    int code = entity_look_up(scope, ENTITY_SAML, bytes_slice(arn, at, arn.len - at), &entity);
    if (code != STORE_OK)
        return code;
    *ret_entity_id = TEXT("");
    if (!bytes_equal(entity_arn(scope, &entity), arn))
        return STORE_NOT_FOUND;
    const XmlElement *root = xml_tree(scope->arena, entity.document);
    for (const XmlAttribute *attribute = root ? root->attributes : NULL; attribute; attribute = attribute->next)
        if (bytes_is(attribute->name, "entityID"))
            *ret_entity_id = attribute->value;
    return STORE_OK;
}
