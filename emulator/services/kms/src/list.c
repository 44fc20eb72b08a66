/* list.c - ListKeys and ListAliases. A marker is the last name of the page before. */
#include "key.h"
#include <ctype.h>

OPERATION(KmsListKeys, list_keys, WRITES);
OPERATION(KmsListAliases, list_aliases, WRITES);

#define KEYS_PAGE    100 /* aws: ListKeys: "between 1 and 1000. If you do not include a value, it defaults to 100" */
#define ALIASES_PAGE 50  /* aws: ListAliases: "between 1 and 100. If you do not include a value, it defaults to 50" */

/* aws: KMS API Reference, InvalidMarkerException: "the marker that specifies where pagination should next begin is not
 * valid". One that was given stays good when what it names has gone. */
static Status check_marker(Call *call, bool is_good)
{
    return is_good ? OK : fail(call, &KMS_INVALID_MARKER, "The marker is not one that was given.");
}

/* 8-4-4-4-12 hexadecimal digits */
static bool is_key_id(Bytes text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (form[i] == '-' ? text.ptr[i] != '-' : !isxdigit((unsigned char)text.ptr[i]))
            return false;
    return true;
}

static Status list_keys(Call *call, const KmsListKeysInput *in, KmsListKeysOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : KEYS_PAGE, count;
    KmsKey *keys = arena_new_array(call->arena, KmsKey, limit + 1);

    TRY(check_marker(call, !present(in->marker) || is_key_id(in->marker)));
    TRY(keys_furnish_for(call));
    TRY(expect_ok(call, keys_list(&call->scope, in->marker, limit + 1, keys, &count)));

    SET(out, truncated, count > limit);
    out->keys.len = count > limit ? limit : count;
    out->keys.items = arena_new_array(call->arena, KmsKeyListEntry, out->keys.len);
    for (size_t i = 0; i < out->keys.len; i++)
        out->keys.items[i] = (KmsKeyListEntry){keys[i].id, keys[i].arn};
    if (out->truncated)
        out->next_marker = keys[limit - 1].id;
    return OK;
}

static KmsAliasListEntry alias_entry(Call *call, const KmsAlias *alias)
{
    KmsAliasListEntry entry = {
        .alias_name = alias->name, .alias_arn = alias_arn(call, alias->name), .target_key_id = alias->key_id};
    SET(&entry, creation_date, alias->created_ms);
    SET(&entry, last_updated_date, alias->updated_ms);
    return entry;
}

static Status list_aliases(Call *call, const KmsListAliasesInput *in, KmsListAliasesOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : ALIASES_PAGE, count;
    KmsAlias *aliases = arena_new_array(call->arena, KmsAlias, limit + 1);
    KmsKey key = {0};

    TRY(check_marker(call, !present(in->marker) || bytes_starts_with(in->marker, TEXT("alias/"))));
    if (present(in->key_id))
        TRY(key_find_by_id(call, in->key_id, &key));
    AliasPage page = {key.id, in->marker, limit + 1};
    TRY(keys_furnish_for(call));
    TRY(expect_ok(call, aliases_list(&call->scope, &page, aliases, &count)));

    SET(out, truncated, count > limit);
    out->aliases.len = count > limit ? limit : count;
    out->aliases.items = arena_new_array(call->arena, KmsAliasListEntry, out->aliases.len);
    for (size_t i = 0; i < out->aliases.len; i++)
        out->aliases.items[i] = alias_entry(call, &aliases[i]);
    if (out->truncated)
        out->next_marker = aliases[limit - 1].name;
    return OK;
}
