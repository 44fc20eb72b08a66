/* for_services.c - what other services ask IAM. */
#include "entity.h"

static const Query count_roles = {"SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = ?2"};
static const Query owner_of = {"SELECT owner FROM iam_access_key WHERE id = ?1"};

static void tell(const Scope *scope, const Entity *entity, IamIdentity *ret)
{
    *ret = (IamIdentity){entity->name, entity->id, entity_arn(scope, entity), entity->max_session_seconds};
}

int iam_find_role(const Scope *scope, Bytes name, IamIdentity *ret_role)
{
    Entity role;
    int code = entity_look_up(scope, ENTITY_ROLE, name, &role);
    if (code == STORE_OK)
        tell(scope, &role, ret_role);
    return code;
}

int iam_count_roles(const Scope *scope, int64_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &count_roles);
    bind_text(row, 1, scope->account);
    bind_int64(row, 2, ENTITY_ROLE);
    return statement_one_number(row, ret_count);
}

int iam_find_key(const Scope *scope, Bytes access_key, IamIdentity *ret_user)
{
    Entity user;
    Statement *row = statement_begin(scope->store, &owner_of);
    bind_text(row, 1, access_key);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    int64_t owner = column_int64(row, 0);
    statement_end(row);
    code = entity_by_key(scope, owner, &user);
    if (code == STORE_OK)
        tell(scope, &user, ret_user);
    return code;
}
