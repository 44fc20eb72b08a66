/* account.c - what an account has one of: its alias, its password policy, a summary of it. aws: IAM API Reference. */
#include "account.h"
#include "attached.h"
#include "credential.h"
#include "wire.h"

static const Query get_account = {"SELECT alias, password_policy FROM iam_account WHERE account = ?1"};
static const Query put_alias = {"INSERT INTO iam_account (account, alias) VALUES (?1, ?2)"
                                " ON CONFLICT DO UPDATE SET alias = excluded.alias"};
static const Query put_password = {"INSERT INTO iam_account (account, password_policy) VALUES (?1, ?2)"
                                   " ON CONFLICT DO UPDATE SET password_policy = excluded.password_policy"};
static const Query put_token_version = {"INSERT INTO iam_account (account, token_version) VALUES (?1, ?2)"
                                        " ON CONFLICT DO UPDATE SET token_version = excluded.token_version"};
static const Query whose_alias = {"SELECT account FROM iam_account WHERE alias = ?1"};
static const Query count_kinds = {
    "SELECT (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 1),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 2),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 3),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 4),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 5),"
    " (SELECT count(*) FROM iam_version v JOIN iam_entity e ON e.key = v.policy WHERE e.account = ?1),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind IN (6, 7)),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 8),"
    " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND kind = 9),"
    " (SELECT count(*) FROM iam_credential c JOIN iam_entity e ON e.key = c.owner WHERE e.account = ?1 AND c.kind = 4),"
    " (SELECT coalesce((SELECT token_version FROM iam_account WHERE account = ?1), 1))"};

typedef struct Account {
    Bytes alias, password_policy;
} Account;

static Status read_account(Call *call, Account *ret_account)
{
    Statement *row = statement_begin(call->store, &get_account);
    bind_text(row, 1, call->account);
    int code = statement_one(row);
    *ret_account = (Account){0};
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    ret_account->alias = arena_copy(call->arena, column_bytes(row, 0));
    ret_account->password_policy = arena_copy(call->arena, column_bytes(row, 1));
    statement_end(row);
    return OK;
}

static Status write_part(Call *call, const Query *query, Bytes value)
{
    Statement *put = statement_begin(call->store, query);
    bind_text(put, 1, call->account);
    bind_text(put, 2, value);
    return expect_ok(call, statement_run(put));
}

/* Alias: one an account, and of all accounts one of a name. */

OPERATION(IamCreateAccountAlias, create_account_alias, WRITES);
static Status create_account_alias(Call *call, const IamCreateAccountAliasInput *in, IamCreateAccountAliasOutput *out)
{
    (void)out;
    Statement *row = statement_begin(call->store, &whose_alias);
    bind_text(row, 1, in->account_alias);
    int code = statement_one(row);
    bool is_taken = code == STORE_ROW && !bytes_equal(column_bytes(row, 0), call->account);
    if (code == STORE_ROW)
        statement_end(row);
    else if (code != STORE_NOT_FOUND)
        return fault(call, code);
    if (is_taken)
        return fail(call, &IAM_ENTITY_ALREADY_EXISTS, "The account alias " BYTES_FMT " already exists.",
                    BYTES_ARG(in->account_alias));
    return write_part(call, &put_alias, in->account_alias);
}

OPERATION(IamListAccountAliases, list_account_aliases, READS);
static Status list_account_aliases(Call *call, const IamListAccountAliasesInput *in, IamListAccountAliasesOutput *out)
{
    Account account;
    (void)in;
    TRY(read_account(call, &account));
    out->account_aliases.items = arena_new_of(call->arena, Bytes);
    if (present(account.alias))
        out->account_aliases.items[out->account_aliases.len++] = account.alias;
    SET(out, is_truncated, false);
    return OK;
}

OPERATION(IamDeleteAccountAlias, delete_account_alias, WRITES);
static Status delete_account_alias(Call *call, const IamDeleteAccountAliasInput *in, IamDeleteAccountAliasOutput *out)
{
    Account account;
    (void)out;
    TRY(read_account(call, &account));
    if (!present(account.alias) || !bytes_equal(account.alias, in->account_alias))
        return fail(call, &IAM_NO_SUCH_ENTITY, "The account alias with name " BYTES_FMT " cannot be found.",
                    BYTES_ARG(in->account_alias));
    return write_part(call, &put_alias, (Bytes){0});
}

/* Password policy: aws: UpdateAccountPasswordPolicy: "if you do not specify a value for a parameter, that parameter
 * reverts to its default" */

OPERATION(IamUpdateAccountPasswordPolicy, update_account_password_policy, WRITES);
static Status update_account_password_policy(Call *call, const IamUpdateAccountPasswordPolicyInput *in,
                                             IamUpdateAccountPasswordPolicyOutput *out)
{
    IamPasswordPolicy policy = {.max_password_age = in->max_password_age,
                                .has_max_password_age = in->has_max_password_age,
                                .password_reuse_prevention = in->password_reuse_prevention,
                                .has_password_reuse_prevention = in->has_password_reuse_prevention,
                                .hard_expiry = in->hard_expiry,
                                .has_hard_expiry = in->has_hard_expiry};
    (void)out;
    SET(&policy, minimum_password_length, in->has_minimum_password_length ? in->minimum_password_length : 6);
    SET(&policy, require_symbols, in->require_symbols);
    SET(&policy, require_numbers, in->require_numbers);
    SET(&policy, require_uppercase_characters, in->require_uppercase_characters);
    SET(&policy, require_lowercase_characters, in->require_lowercase_characters);
    SET(&policy, allow_users_to_change_password, in->allow_users_to_change_password);
    SET(&policy, expire_passwords, in->has_max_password_age && in->max_password_age > 0);
    return write_part(call, &put_password, json_text(call->arena, &IAM_SHAPE_PASSWORD_POLICY, &policy));
}

Status account_password_policy(Call *call, IamPasswordPolicy *ret_policy, bool *ret_is_there)
{
    Account account;
    Bytes message;
    *ret_policy = (IamPasswordPolicy){0};
    TRY(read_account(call, &account));
    *ret_is_there = present(account.password_policy);
    if (!*ret_is_there)
        return OK;
    return expect_ok(
        call, json_decode(call->arena, &IAM_SHAPE_PASSWORD_POLICY, account.password_policy, ret_policy, &message));
}

static Status no_password_policy(Call *call)
{
    return fail(call, &IAM_NO_SUCH_ENTITY, "The Password Policy with domain name " BYTES_FMT " cannot be found.",
                BYTES_ARG(call->account));
}

OPERATION(IamGetAccountPasswordPolicy, get_account_password_policy, READS);
static Status get_account_password_policy(Call *call, const IamGetAccountPasswordPolicyInput *in,
                                          IamGetAccountPasswordPolicyOutput *out)
{
    bool is_there;
    (void)in;
    out->password_policy = arena_new_of(call->arena, IamPasswordPolicy);
    TRY(account_password_policy(call, out->password_policy, &is_there));
    return is_there ? OK : no_password_policy(call);
}

OPERATION(IamDeleteAccountPasswordPolicy, delete_account_password_policy, WRITES);
static Status delete_account_password_policy(Call *call, const IamDeleteAccountPasswordPolicyInput *in,
                                             IamDeleteAccountPasswordPolicyOutput *out)
{
    Account account;
    (void)in;
    (void)out;
    TRY(read_account(call, &account));
    return present(account.password_policy) ? write_part(call, &put_password, (Bytes){0}) : no_password_policy(call);
}

/* aws: "The version of the global endpoint token": 1 is valid in the Regions that are there by default, 2 in all. */
OPERATION(IamSetSecurityTokenServicePreferences, set_security_token_service_preferences, WRITES);
static Status set_security_token_service_preferences(Call *call, const IamSetSecurityTokenServicePreferencesInput *in,
                                                     IamSetSecurityTokenServicePreferencesOutput *out)
{
    (void)out;
    return write_part(call, &put_token_version,
                      bytes_is(in->global_endpoint_token_version, "v2Token") ? TEXT("2") : TEXT("1"));
}

/* Summary: aws: GetAccountSummary, sample response. */
OPERATION(IamGetAccountSummary, get_account_summary, READS);
static Status get_account_summary(Call *call, const IamGetAccountSummaryInput *in, IamGetAccountSummaryOutput *out)
{
    static const struct {
        const char *name;
        int column, value; /* column: of count_kinds; -1: always the value */
    } entries[] = {
        {"Roles", 0, 0},
        {"RolesQuota", -1, 1000},
        {"Users", 1, 0},
        {"UsersQuota", -1, 5000},
        {"Groups", 2, 0},
        {"GroupsQuota", -1, 300},
        {"GroupsPerUserQuota", -1, 10},
        {"InstanceProfiles", 3, 0},
        {"InstanceProfilesQuota", -1, 1000},
        {"Policies", 4, 0},
        {"PoliciesQuota", -1, 1500},
        {"PolicySizeQuota", -1, 6144},
        {"PolicyVersionsInUse", 5, 0},
        {"PolicyVersionsInUseQuota", -1, 10000},
        {"VersionsPerPolicyQuota", -1, 5},
        {"AttachedPoliciesPerRoleQuota", -1, 10},
        {"AttachedPoliciesPerUserQuota", -1, 10},
        {"AttachedPoliciesPerGroupQuota", -1, 10},
        {"RolePolicySizeQuota", -1, 10240},
        {"UserPolicySizeQuota", -1, 2048},
        {"GroupPolicySizeQuota", -1, 5120},
        {"AssumeRolePolicySizeQuota", -1, 2048},
        {"AccessKeysPerUserQuota", -1, 2},
        {"AccountAccessKeysPresent", -1, 0},
        {"AccountMFAEnabled", -1, 0},
        {"AccountPasswordPresent", -1, 1},
        {"AccountSigningCertificatesPresent", -1, 0},
        {"MFADevices", 8, 0},
        {"MFADevicesInUse", 9, 0},
        {"Providers", 6, 0},
        {"ServerCertificates", 7, 0},
        {"ServerCertificatesQuota", -1, 20},
        {"SigningCertificatesPerUserQuota", -1, 2},
        {"GlobalEndpointTokenVersion", 10, 0},
    };
    size_t count = sizeof entries / sizeof *entries;
    (void)in;
    Statement *row = statement_begin(call->store, &count_kinds);
    bind_text(row, 1, call->account);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return fault(call, code);
    out->summary_map.items = arena_new_array(call->arena, IamsummaryMapTypeEntry, count);
    for (size_t i = 0; i < count; i++)
        out->summary_map.items[out->summary_map.len++] = (IamsummaryMapTypeEntry){
            bytes_of(entries[i].name),
            entries[i].column < 0 ? entries[i].value : (int32_t)column_int64(row, entries[i].column)};
    statement_end(row);
    return OK;
}
