/* users.c - users: CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser. aws: IAM API Reference. */
#include "users.h"

void user_tell(Call *call, const Entity *user, IamUser *ret_user)
{
    *ret_user = (IamUser){
        .path = user->path, .user_name = user->name, .user_id = user->id, .arn = entity_arn(&call->scope, user)};
    SET(ret_user, create_date, user->created_ms);
}

void users_tell(Call *call, const EntityList *users, IamuserListType *ret_list)
{
    ret_list->items = arena_new_array(call->arena, IamUser, users->len + 1);
    for (; ret_list->len < users->len; ret_list->len++)
        user_tell(call, &users->items[ret_list->len], &ret_list->items[ret_list->len]);
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
    user_tell(call, &user, out->user);
    out->user->permissions_boundary = boundary_tell(call, user.boundary);
    out->user->tags = in->tags;
    return OK;
}

Status find_user(Call *call, Bytes name, Entity *ret_user)
{
    IamIdentity caller;
    if (present(name))
        return entity_find(call, ENTITY_USER, name, ret_user);
    int code = iam_find_key(&call->scope, call->access_key, &caller);
    if (code == STORE_NOT_FOUND)
        return fail(call, &COMMON_VALIDATION, "Must specify userName when calling with non-User credentials");
    return code == STORE_OK ? entity_find(call, ENTITY_USER, caller.name, ret_user) : fault(call, code);
}

/* aws: GetUser: "If you do not specify a user name, IAM determines the user name implicitly based on the AWS access key
 * ID used to sign the request"; keys that are nobody's are the root's. */
static Status get_caller(Call *call, Entity *ret_user, IamUser *ret_root)
{
    IamIdentity caller;
    int code = iam_find_key(&call->scope, call->access_key, &caller);
    if (code == STORE_OK)
        return entity_find(call, ENTITY_USER, caller.name, ret_user);
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    if (bytes_starts_with(call->access_key, TEXT("ASIA")))
        return fail(call, &COMMON_VALIDATION, "Must specify userName when calling with non-User credentials");
    *ret_root =
        (IamUser){.path = TEXT("/"), .user_name = TEXT("root"), .user_id = call->account, .arn = call_root_arn(call)};
    SET(ret_root, create_date, 0);
    return OK;
}

OPERATION(IamGetUser, get_user, READS);
static Status get_user(Call *call, const IamGetUserInput *in, IamGetUserOutput *out)
{
    Entity user = {0};
    out->user = arena_new_of(call->arena, IamUser);
    if (present(in->user_name))
        TRY(entity_find(call, ENTITY_USER, in->user_name, &user));
    else
        TRY(get_caller(call, &user, out->user));
    if (!user.key)
        return OK;
    user_tell(call, &user, out->user);
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
