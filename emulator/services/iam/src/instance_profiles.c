/* instance_profiles.c - instance profiles, each of which holds one role. aws: IAM API Reference. */
#include "attached.h"

static Status tell(Call *call, const Entity *profile, IamInstanceProfile *ret_profile)
{
    EntityPage page = {TEXT(""), 1};
    EntityList roles;
    *ret_profile = (IamInstanceProfile){.path = profile->path,
                                        .instance_profile_name = profile->name,
                                        .instance_profile_id = profile->id,
                                        .arn = entity_arn(&call->scope, profile)};
    SET(ret_profile, create_date, profile->created_ms);
    TRY(expect_ok(call, members_list(&call->scope, profile->key, &page, &roles)));
    ret_profile->roles.items = arena_new_array(call->arena, IamRole, roles.len + 1);
    for (; ret_profile->roles.len < roles.len; ret_profile->roles.len++)
        TRY(role_tell(call, &roles.items[ret_profile->roles.len], &ret_profile->roles.items[ret_profile->roles.len]));
    return OK;
}

Status profiles_tell(Call *call, const EntityList *profiles, IaminstanceProfileListType *ret_list)
{
    ret_list->items = arena_new_array(call->arena, IamInstanceProfile, profiles->len + 1);
    for (; ret_list->len < profiles->len; ret_list->len++)
        TRY(tell(call, &profiles->items[ret_list->len], &ret_list->items[ret_list->len]));
    return OK;
}

OPERATION(IamCreateInstanceProfile, create_instance_profile, WRITES);
static Status create_instance_profile(Call *call, const IamCreateInstanceProfileInput *in,
                                      IamCreateInstanceProfileOutput *out)
{
    Entity profile = {.kind = ENTITY_PROFILE, .name = in->instance_profile_name, .path = PATH_OR_ROOT(in->path)};
    TRY(entity_check_new(call, ENTITY_PROFILE, profile.name));
    TRY(entity_tags_check(call, &in->tags));

    TRY(expect_ok(call, entity_insert(&call->scope, &profile)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &profile, &in->tags)));

    out->instance_profile = arena_new_of(call->arena, IamInstanceProfile);
    TRY(tell(call, &profile, out->instance_profile));
    out->instance_profile->tags = in->tags;
    return OK;
}

OPERATION(IamGetInstanceProfile, get_instance_profile, READS);
static Status get_instance_profile(Call *call, const IamGetInstanceProfileInput *in, IamGetInstanceProfileOutput *out)
{
    Entity profile;
    TRY(entity_find(call, ENTITY_PROFILE, in->instance_profile_name, &profile));
    out->instance_profile = arena_new_of(call->arena, IamInstanceProfile);
    TRY(tell(call, &profile, out->instance_profile));
    return expect_ok(call, entity_tags(&call->scope, &profile, &out->instance_profile->tags));
}

OPERATION(IamListInstanceProfiles, list_instance_profiles, READS);
static Status list_instance_profiles(Call *call, const IamListInstanceProfilesInput *in,
                                     IamListInstanceProfilesOutput *out)
{
    EntityPage page;
    EntityList profiles;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_PROFILE, in->path_prefix, &page, &profiles)));
    TRY(profiles_tell(call, &profiles, &out->instance_profiles));
    PAGE_END(out, instance_profiles, .instance_profile_name);
    return OK;
}

OPERATION(IamListInstanceProfilesForRole, list_instance_profiles_for_role, READS);
static Status list_instance_profiles_for_role(Call *call, const IamListInstanceProfilesForRoleInput *in,
                                              IamListInstanceProfilesForRoleOutput *out)
{
    Entity role;
    EntityPage page;
    EntityList profiles;
    TRY(entity_find(call, ENTITY_ROLE, in->role_name, &role));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, containers_list(&call->scope, role.key, &page, &profiles)));
    TRY(profiles_tell(call, &profiles, &out->instance_profiles));
    PAGE_END(out, instance_profiles, .instance_profile_name);
    return OK;
}

OPERATION(IamDeleteInstanceProfile, delete_instance_profile, WRITES);
static Status delete_instance_profile(Call *call, const IamDeleteInstanceProfileInput *in,
                                      IamDeleteInstanceProfileOutput *out)
{
    Entity profile;
    (void)out;
    TRY(entity_find(call, ENTITY_PROFILE, in->instance_profile_name, &profile));
    TRY(entity_check_free(call, &profile));
    return expect_ok(call, entity_delete(&call->scope, &profile));
}

OPERATION(IamAddRoleToInstanceProfile, add_role_to_instance_profile, WRITES);
static Status add_role_to_instance_profile(Call *call, const IamAddRoleToInstanceProfileInput *in,
                                           IamAddRoleToInstanceProfileOutput *out)
{
    Entity profile, role;
    EntityPage page = {TEXT(""), 1};
    EntityList there;
    (void)out;
    TRY(entity_find(call, ENTITY_PROFILE, in->instance_profile_name, &profile));
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    TRY(expect_ok(call, members_list(&call->scope, profile.key, &page, &there)));
    if (there.len)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    return expect_ok(call, member_add(&call->scope, profile.key, role.key));
}

OPERATION(IamRemoveRoleFromInstanceProfile, remove_role_from_instance_profile, WRITES);
static Status remove_role_from_instance_profile(Call *call, const IamRemoveRoleFromInstanceProfileInput *in,
                                                IamRemoveRoleFromInstanceProfileOutput *out)
{
    Entity profile, role;
    bool was_there = false;
    (void)out;
    TRY(entity_find(call, ENTITY_PROFILE, in->instance_profile_name, &profile));
    int code = entity_look_up(&call->scope, ENTITY_ROLE, in->role_name, &role);
    if (code == STORE_OK)
        code = member_remove(&call->scope, profile.key, role.key, &was_there);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !was_there))
        return fail(call, &IAM_NO_SUCH_ENTITY, "Role " BYTES_FMT " in Instance Profile " BYTES_FMT " cannot be found.",
                    BYTES_ARG(in->role_name), BYTES_ARG(profile.name));
    return expect_ok(call, code);
}
