/* credential.c - the table of credential.h. aws: IAM API Reference; IAM User Guide, "IAM and AWS STS quotas". */
#include "credential.h"
#include "row.h"

#define COLUMNS "c.owner, c.kind, c.id, c.status, c.created_ms, c.expires_ms, c.subject, c.body"
#define FROM    " FROM iam_credential c JOIN iam_entity e ON e.key = c.owner"

static const Column columns[] = {
    COLUMN(Credential, owner),   COLUMN(Credential, kind),       COLUMN(Credential, id),
    COLUMN(Credential, status),  COLUMN(Credential, created_ms), COLUMN(Credential, expires_ms),
    COLUMN(Credential, subject), COLUMN(Credential, body),       COLUMN_AS("name", Credential, user_name),
};
static const Row read_row = ROW(columns);
static const Row written_row = {columns, sizeof columns / sizeof *columns - 1};

static const Query find = {"SELECT " COLUMNS ", e.name" FROM " WHERE e.account = ?1 AND c.kind = ?2 AND c.id = ?3"};
static const Query by_subject = {"SELECT " COLUMNS ", e.name" FROM
                                 " WHERE e.account = ?1 AND c.kind = ?2 AND c.subject = ?3 LIMIT 1"};
static const Query put = {"INSERT OR REPLACE INTO iam_credential"
                          " (owner, kind, id, status, created_ms, expires_ms, subject, body)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
static const Query delete_one = {"DELETE FROM iam_credential WHERE owner = ?1 AND kind = ?2 AND id = ?3"};
static const Query list_own = {"SELECT " COLUMNS ", e.name" FROM " WHERE c.owner = ?1 AND c.kind = ?2 AND c.id > ?3"
                               " AND (?4 IS NULL OR c.subject = ?4) ORDER BY c.id LIMIT ?5"};
static const Query list_all = {"SELECT " COLUMNS ", e.name" FROM " WHERE e.account = ?1 AND c.kind = ?2 AND c.id > ?3"
                               " AND (?4 IS NULL OR c.subject = ?4) ORDER BY c.id LIMIT ?5"};
static const Query count = {"SELECT count(*) FROM iam_credential WHERE owner = ?1 AND kind = ?2"
                            " AND (?3 IS NULL OR subject = ?3)"};

static const struct {
    const char *absent; /* with one %.*s */
    const char *quota;
    int64_t most;
} kinds[] = {
    [CREDENTIAL_OF_SERVICE] = {"No such credential " BYTES_FMT " exists", "ServiceSpecificCredentialsPerUser", 2},
    [CREDENTIAL_SSH_KEY] = {"The Public Key with id " BYTES_FMT " cannot be found.", "SSHPublicKeysPerUser", 5},
    [CREDENTIAL_CERTIFICATE] = {"The Certificate with id " BYTES_FMT " cannot be found.", "SigningCertificatesPerUser",
                                2},
    [CREDENTIAL_MFA] = {"MFA Device invalid for user: " BYTES_FMT, "MFADevicesPerUser", 8},
};

static int look_up(const Scope *scope, const Query *query, CredentialKind kind, Bytes by, Credential *ret)
{
    Statement *row = statement_begin(scope->store, query);
    bind_text(row, 1, scope->account);
    bind_int64(row, 2, kind);
    bind_text(row, 3, by);
    return row_one(scope->arena, row, &read_row, ret);
}

int credential_look_up(const Scope *scope, CredentialKind kind, Bytes id, Credential *ret)
{
    return look_up(scope, &find, kind, id, ret);
}

int credential_by_subject(const Scope *scope, CredentialKind kind, Bytes subject, Credential *ret)
{
    return look_up(scope, &by_subject, kind, subject, ret);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static Status fail_absent(Call *call, CredentialKind kind, Bytes id)
{
    return fail(call, &IAM_NO_SUCH_ENTITY, kinds[kind].absent, BYTES_ARG(id));
}
#pragma GCC diagnostic pop

Status credential_find(Call *call, CredentialKind kind, Bytes user_name, Bytes id, Credential *ret)
{
    Entity user;
    TRY(find_user(call, user_name, &user));
    int code = credential_look_up(&call->scope, kind, id, ret);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && ret->owner != user.key))
        return fail_absent(call, kind, id);
    return expect_ok(call, code);
}

static int count_of(const Scope *scope, CredentialKind kind, int64_t owner, Bytes subject, int64_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &count);
    bind_int64(row, 1, owner);
    bind_int64(row, 2, kind);
    bind_text(row, 3, subject);
    return statement_one_number(row, ret_count);
}

int credentials_count(const Scope *scope, CredentialKind kind, int64_t owner, int64_t *ret_count)
{
    return count_of(scope, kind, owner, (Bytes){0}, ret_count);
}

Status credential_check_room(Call *call, CredentialKind kind, const Entity *user, Bytes subject)
{
    int64_t there;
    TRY(expect_ok(call, count_of(&call->scope, kind, user->key, subject, &there)));
    if (there >= kinds[kind].most)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for %s: %d", kinds[kind].quota,
                    (int)kinds[kind].most);
    return OK;
}

int credential_put(const Scope *scope, const Credential *credential)
{
    Statement *statement = statement_begin(scope->store, &put);
    (void)row_bind(statement, 1, &written_row, credential);
    return statement_run(statement);
}

int credential_delete(const Scope *scope, const Credential *credential)
{
    Statement *statement = statement_begin(scope->store, &delete_one);
    bind_int64(statement, 1, credential->owner);
    bind_int64(statement, 2, credential->kind);
    bind_text(statement, 3, credential->id);
    return statement_run(statement);
}

int credentials_list(const Scope *scope, CredentialKind kind, const CredentialFilter *filter, const EntityPage *page,
                     CredentialList *ret_list)
{
    Statement *row = statement_begin(scope->store, filter->user ? &list_own : &list_all);
    if (filter->user)
        bind_int64(row, 1, filter->user->key);
    else
        bind_text(row, 1, scope->account);
    bind_int64(row, 2, kind);
    bind_text(row, 3, page->after);
    bind_text(row, 4, filter->subject);
    bind_int64(row, 5, (int64_t)page->limit + 1);
    int code;
    size_t room = 0;
    *ret_list = (CredentialList){0};
    while ((code = statement_step(row)) == STORE_ROW) {
        if (ret_list->len == room) {
            size_t wanted = room ? 2 * room : 8;
            ret_list->items =
                arena_grown(scope->arena, ret_list->items, room * sizeof(Credential), wanted * sizeof(Credential));
            room = wanted;
        }
        row_read(scope->arena, row, &read_row, &ret_list->items[ret_list->len++]);
    }
    return code;
}
