/* login_profiles.c - passwords of users: CreateLoginProfile and its like, ChangePassword. A password is held against
 * the account's policy and kept nowhere: the old one of ChangePassword may be any. aws: IAM API Reference; IAM User
 * Guide, "Set an account password policy for IAM users". */
#include "account.h"
#include "users.h"

#define LENGTH_LEAST_USUAL 8 /* aws: "Default password policy" */
#define KINDS_LEAST_USUAL  3 /* of upper case, lower case, digits, symbols */

static const Query put_login = {"INSERT INTO iam_login (owner, created_ms, reset, changed_ms)"
                                " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
                                " SET reset = excluded.reset, changed_ms = coalesce(?4, changed_ms)"};
static const Query get_login = {"SELECT created_ms, reset FROM iam_login WHERE owner = ?1"};
static const Query delete_login = {"DELETE FROM iam_login WHERE owner = ?1"};

typedef struct Letters {
    bool upper, lower, digit, symbol;
} Letters;

static Letters letters_of(Bytes password)
{
    Letters letters = {0};
    for (size_t i = 0; i < password.len; i++) {
        char c = password.ptr[i];
        letters.upper |= c >= 'A' && c <= 'Z';
        letters.lower |= c >= 'a' && c <= 'z';
        letters.digit |= c >= '0' && c <= '9';
        letters.symbol |= c && strchr("!@#$%^&*()_+-=[]{}|'", c) != NULL;
    }
    return letters;
}

static const char *missing(const IamPasswordPolicy *policy, const Letters *letters)
{
    if (policy->require_symbols && !letters->symbol)
        return "symbol";
    if (policy->require_numbers && !letters->digit)
        return "number";
    if (policy->require_uppercase_characters && !letters->upper)
        return "uppercase letter";
    return policy->require_lowercase_characters && !letters->lower ? "lowercase letter" : NULL;
}

static Status password_check(Call *call, Bytes password)
{
    IamPasswordPolicy policy;
    bool is_there;
    Letters letters = letters_of(password);
    TRY(account_password_policy(call, &policy, &is_there));
    int32_t least = is_there ? policy.minimum_password_length : LENGTH_LEAST_USUAL;
    if (password.len < (size_t)least)
        return fail(call, &IAM_PASSWORD_POLICY_VIOLATION, "Password should have a minimum length of %d", (int)least);
    if (!is_there && letters.upper + letters.lower + letters.digit + letters.symbol < KINDS_LEAST_USUAL)
        return fail(call, &IAM_PASSWORD_POLICY_VIOLATION, "Password does not conform to the account password policy.");
    const char *wanted = is_there ? missing(&policy, &letters) : NULL;
    if (wanted)
        return fail(call, &IAM_PASSWORD_POLICY_VIOLATION, "Password should have at least one %s", wanted);
    return OK;
}

static Status find_login(Call *call, const Entity *user, IamLoginProfile *ret_login, bool *ret_is_there)
{
    Statement *row = statement_begin(call->store, &get_login);
    bind_int64(row, 1, user->key);
    int code = statement_one(row);
    *ret_is_there = code == STORE_ROW;
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    ret_login->user_name = user->name;
    SET(ret_login, create_date, column_int64(row, 0));
    SET(ret_login, password_reset_required, column_int64(row, 1) != 0);
    statement_end(row);
    return OK;
}

static Status need_login(Call *call, Bytes name, Entity *ret_user, IamLoginProfile *ret_login)
{
    bool is_there;
    TRY(find_user(call, name, ret_user));
    TRY(find_login(call, ret_user, ret_login, &is_there));
    if (!is_there)
        return fail(call, &IAM_NO_SUCH_ENTITY, "Login Profile for User " BYTES_FMT " cannot be found.",
                    BYTES_ARG(ret_user->name));
    return OK;
}

/* has_new: there is a new password, too. */
static Status write_login(Call *call, const Entity *user, const IamLoginProfile *login, bool has_new)
{
    Statement *put = statement_begin(call->store, &put_login);
    bind_int64(put, 1, user->key);
    bind_int64(put, 2, login->create_date);
    bind_int64(put, 3, login->password_reset_required);
    if (has_new)
        bind_int64(put, 4, call->now_ms / 1000 * 1000);
    return expect_ok(call, statement_run(put));
}

OPERATION(IamCreateLoginProfile, create_login_profile, WRITES);
static Status create_login_profile(Call *call, const IamCreateLoginProfileInput *in, IamCreateLoginProfileOutput *out)
{
    Entity user;
    bool is_there;
    IamLoginProfile *login = out->login_profile = arena_new_of(call->arena, IamLoginProfile);
    TRY(find_user(call, in->user_name, &user));
    TRY(find_login(call, &user, login, &is_there));
    if (is_there)
        return fail(call, &IAM_ENTITY_ALREADY_EXISTS, "Login Profile for user " BYTES_FMT " already exists.",
                    BYTES_ARG(user.name));
    TRY(password_check(call, in->password));
    login->user_name = user.name;
    SET(login, create_date, call->now_ms / 1000 * 1000);
    SET(login, password_reset_required, in->has_password_reset_required && in->password_reset_required);
    return write_login(call, &user, login, true);
}

OPERATION(IamGetLoginProfile, get_login_profile, READS);
static Status get_login_profile(Call *call, const IamGetLoginProfileInput *in, IamGetLoginProfileOutput *out)
{
    Entity user;
    out->login_profile = arena_new_of(call->arena, IamLoginProfile);
    return need_login(call, in->user_name, &user, out->login_profile);
}

OPERATION(IamUpdateLoginProfile, update_login_profile, WRITES);
static Status update_login_profile(Call *call, const IamUpdateLoginProfileInput *in, IamUpdateLoginProfileOutput *out)
{
    Entity user;
    IamLoginProfile login;
    (void)out;
    TRY(need_login(call, in->user_name, &user, &login));
    if (present(in->password))
        TRY(password_check(call, in->password));
    if (in->has_password_reset_required)
        login.password_reset_required = in->password_reset_required;
    return write_login(call, &user, &login, present(in->password));
}

OPERATION(IamDeleteLoginProfile, delete_login_profile, WRITES);
static Status delete_login_profile(Call *call, const IamDeleteLoginProfileInput *in, IamDeleteLoginProfileOutput *out)
{
    Entity user;
    IamLoginProfile login;
    (void)out;
    TRY(need_login(call, in->user_name, &user, &login));
    Statement *statement = statement_begin(call->store, &delete_login);
    bind_int64(statement, 1, user.key);
    return expect_ok(call, statement_run(statement));
}

/* aws: ChangePassword: "Changes the password of the IAM user who is calling this operation … The account root user
 * password is not affected"; a policy may keep users from changing theirs. */
OPERATION(IamChangePassword, change_password, WRITES);
static Status change_password(Call *call, const IamChangePasswordInput *in, IamChangePasswordOutput *out)
{
    IamIdentity caller;
    Entity user;
    IamLoginProfile login;
    (void)out;
    int code = iam_find_key(&call->scope, call->access_key, &caller);
    if (code == STORE_NOT_FOUND)
        return fail(call, &IAM_INVALID_USER_TYPE, "Only IAM Users can change their own password");
    TRY(expect_ok(call, code));
    TRY(need_login(call, caller.name, &user, &login));
    TRY(password_check(call, in->new_password));
    login.password_reset_required = false;
    return write_login(call, &user, &login, true);
}
