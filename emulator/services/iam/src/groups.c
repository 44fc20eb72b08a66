/* groups.c - groups and who is in them: CreateGroup, GetGroup, AddUserToGroup … aws: IAM API Reference. */
#include "users.h"

#define GROUPS_PER_USER_MAX 10 /* aws: IAM and AWS STS quotas */

static void tell(Call *call, const Entity *group, IamGroup *ret_group)
{
    *ret_group = (IamGroup){
        .path = group->path, .group_name = group->name, .group_id = group->id, .arn = entity_arn(&call->scope, group)};
    SET(ret_group, create_date, group->created_ms);
}

static void tell_list(Call *call, const EntityList *groups, IamgroupListType *ret_list)
{
    ret_list->items = arena_new_array(call->arena, IamGroup, groups->len + 1);
    for (; ret_list->len < groups->len; ret_list->len++)
        tell(call, &groups->items[ret_list->len], &ret_list->items[ret_list->len]);
}

OPERATION(IamCreateGroup, create_group, WRITES);
static Status create_group(Call *call, const IamCreateGroupInput *in, IamCreateGroupOutput *out)
{
    Entity group = {.kind = ENTITY_GROUP, .name = in->group_name, .path = PATH_OR_ROOT(in->path)};
    TRY(entity_check_new(call, ENTITY_GROUP, in->group_name));
    TRY(expect_ok(call, entity_insert(&call->scope, &group)));
    out->group = arena_new_of(call->arena, IamGroup);
    tell(call, &group, out->group);
    return OK;
}

OPERATION(IamGetGroup, get_group, READS);
static Status get_group(Call *call, const IamGetGroupInput *in, IamGetGroupOutput *out)
{
    Entity group;
    EntityPage page;
    EntityList users;
    TRY(entity_find(call, ENTITY_GROUP, in->group_name, &group));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, members_list(&call->scope, group.key, &page, &users)));
    out->group = arena_new_of(call->arena, IamGroup);
    tell(call, &group, out->group);
    users_tell(call, &users, &out->users);
    PAGE_END(out, users, .user_name);
    return OK;
}

OPERATION(IamListGroups, list_groups, READS);
static Status list_groups(Call *call, const IamListGroupsInput *in, IamListGroupsOutput *out)
{
    EntityPage page;
    EntityList groups;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_GROUP, in->path_prefix, &page, &groups)));
    tell_list(call, &groups, &out->groups);
    PAGE_END(out, groups, .group_name);
    return OK;
}

OPERATION(IamListGroupsForUser, list_groups_for_user, READS);
static Status list_groups_for_user(Call *call, const IamListGroupsForUserInput *in, IamListGroupsForUserOutput *out)
{
    Entity user;
    EntityPage page;
    EntityList groups;
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, containers_list(&call->scope, user.key, &page, &groups)));
    tell_list(call, &groups, &out->groups);
    PAGE_END(out, groups, .group_name);
    return OK;
}

OPERATION(IamUpdateGroup, update_group, WRITES);
static Status update_group(Call *call, const IamUpdateGroupInput *in, IamUpdateGroupOutput *out)
{
    Entity group;
    (void)out;
    TRY(entity_find(call, ENTITY_GROUP, in->group_name, &group));
    return entity_rename(call, &group, in->new_group_name, in->new_path);
}

OPERATION(IamDeleteGroup, delete_group, WRITES);
static Status delete_group(Call *call, const IamDeleteGroupInput *in, IamDeleteGroupOutput *out)
{
    Entity group;
    (void)out;
    TRY(entity_find(call, ENTITY_GROUP, in->group_name, &group));
    TRY(entity_check_free(call, &group));
    return expect_ok(call, entity_delete(&call->scope, &group));
}

OPERATION(IamAddUserToGroup, add_user_to_group, WRITES);
static Status add_user_to_group(Call *call, const IamAddUserToGroupInput *in, IamAddUserToGroupOutput *out)
{
    Entity group, user;
    EntityPage page = {TEXT(""), GROUPS_PER_USER_MAX};
    EntityList groups;
    (void)out;
    TRY(entity_find(call, ENTITY_GROUP, in->group_name, &group));
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    TRY(expect_ok(call, containers_list(&call->scope, user.key, &page, &groups)));
    bool is_in = false;
    for (size_t i = 0; i < groups.len; i++)
        is_in |= groups.items[i].key == group.key;
    if (!is_in && groups.len >= GROUPS_PER_USER_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for GroupsPerUser: %d", GROUPS_PER_USER_MAX);
    return expect_ok(call, member_add(&call->scope, group.key, user.key));
}

OPERATION(IamRemoveUserFromGroup, remove_user_from_group, WRITES);
static Status remove_user_from_group(Call *call, const IamRemoveUserFromGroupInput *in,
                                     IamRemoveUserFromGroupOutput *out)
{
    Entity group, user;
    bool was_there;
    (void)out;
    TRY(entity_find(call, ENTITY_GROUP, in->group_name, &group));
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    return expect_ok(call, member_remove(&call->scope, group.key, user.key, &was_there));
}
