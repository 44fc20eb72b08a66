/* users.c - users: CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser. aws: IAM API Reference. */
#include "users.h"

static void tell_listed(Call *call, const Entity *user, IamUser *ret_user)
{
    *ret_user = (IamUser){
        .path = user->path, .user_name = user->name, .user_id = user->id, .arn = entity_arn(&call->scope, user)};
    SET(ret_user, create_date, user->created_ms);
}

void users_tell(Call *call, const EntityList *users, IamuserListType *ret_list)
{
    ret_list->items = arena_new_array(call->arena, IamUser, users->len + 1);
    for (; ret_list->len < users->len; ret_list->len++)
        tell_listed(call, &users->items[ret_list->len], &ret_list->items[ret_list->len]);
}

OPERATION(IamCreateUser, create_user, WRITES);
static Status create_user(Call *call, const IamCreateUserInput *in, IamCreateUserOutput *out)
{
    Entity user = {.kind = ENTITY_USER,
                   .name = in->user_name,
                   .path = PATH_OR_ROOT(in->path),
                   .boundary = in->permissions_boundary};
    TRY(entity_check_new(call, ENTITY_USER, in->user_name));
    TRY(boundary_check(call, user.boundary));
    TRY(entity_tags_check(call, &in->tags));

    TRY(expect_ok(call, entity_insert(&call->scope, &user)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &user, &in->tags)));

    out->user = arena_new_of(call->arena, IamUser);
    tell_listed(call, &user, out->user);
    out->user->permissions_boundary = boundary_tell(call, user.boundary);
    out->user->tags = in->tags;
    return OK;
}

/* Without a name: who calls. As long as nobody is known by a key that is the account's root. */
static Status get_caller(Call *call, IamUser *ret_user)
{
    *ret_user =
        (IamUser){.path = TEXT("/"), .user_name = TEXT("root"), .user_id = call->account, .arn = call_root_arn(call)};
    SET(ret_user, create_date, 0);
    return OK;
}

OPERATION(IamGetUser, get_user, READS);
static Status get_user(Call *call, const IamGetUserInput *in, IamGetUserOutput *out)
{
    Entity user;
    out->user = arena_new_of(call->arena, IamUser);
    if (!present(in->user_name))
        return get_caller(call, out->user);
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    tell_listed(call, &user, out->user);
    out->user->permissions_boundary = boundary_tell(call, user.boundary);
    return expect_ok(call, entity_tags(&call->scope, &user, &out->user->tags));
}

OPERATION(IamListUsers, list_users, READS);
static Status list_users(Call *call, const IamListUsersInput *in, IamListUsersOutput *out)
{
    EntityPage page;
    EntityList users;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_USER, in->path_prefix, &page, &users)));
    users_tell(call, &users, &out->users);
    PAGE_END(out, users, .user_name);
    return OK;
}

Status entity_rename(Call *call, Entity *entity, Bytes new_name, Bytes new_path)
{
    if (present(new_name) && !bytes_equal_ignoring_case(new_name, entity->name))
        TRY(entity_check_new(call, entity->kind, new_name));
    if (present(new_name))
        entity->name = new_name;
    if (present(new_path))
        entity->path = new_path;
    return expect_ok(call, entity_update(&call->scope, entity));
}

OPERATION(IamUpdateUser, update_user, WRITES);
static Status update_user(Call *call, const IamUpdateUserInput *in, IamUpdateUserOutput *out)
{
    Entity user;
    (void)out;
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    return entity_rename(call, &user, in->new_user_name, in->new_path);
}

OPERATION(IamDeleteUser, delete_user, WRITES);
static Status delete_user(Call *call, const IamDeleteUserInput *in, IamDeleteUserOutput *out)
{
    Entity user;
    (void)out;
    TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    TRY(entity_check_free(call, &user));
    return expect_ok(call, entity_delete(&call->scope, &user));
}
