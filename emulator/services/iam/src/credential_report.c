/* credential_report.c - who has which credentials, as CSV. It is made when it is asked for, and told for four hours of
 * the emulator's clock. Uses are not noted: nothing has been used. aws: IAM User Guide, "Getting credential reports".
 */
#include "account.h"
#include "credential.h"
#include <time.h>

#define VALID_MS (4 * 3600000LL) /* aws: "You can generate a credential report as often as once every four hours" */
#define DAY_MS   86400000LL

static const Query get_report = {"SELECT report, reported_ms FROM iam_account WHERE account = ?1"};
static const Query put_report = {"INSERT INTO iam_account (account, report, reported_ms) VALUES (?1, ?2, ?3)"
                                 " ON CONFLICT DO UPDATE SET report = excluded.report,"
                                 " reported_ms = excluded.reported_ms"};
/* Keys and certificates by the time they were made. */
static const Query list_users = {
    "SELECT e.key, e.name, e.path, e.created_ms, l.created_ms, coalesce(l.changed_ms, l.created_ms),"
    " (SELECT count(*) FROM iam_credential WHERE owner = e.key AND kind = 4)"
    " FROM iam_entity e LEFT JOIN iam_login l ON l.owner = e.key WHERE e.account = ?1 AND e.kind = 2 ORDER BY e.name"};
static const Query list_keys = {
    "SELECT status, created_ms FROM iam_access_key WHERE owner = ?1 ORDER BY created_ms, id LIMIT 2"};
static const Query list_certificates = {"SELECT status, created_ms FROM iam_credential WHERE owner = ?1 AND kind = 3"
                                        " ORDER BY created_ms, id LIMIT 2"};

static const char heading[] =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/* 2017-05-15T17:38:25+00:00 */
static void append_time(Buffer *csv, int64_t ms)
{
    struct tm parts;
    time_t seconds = (time_t)(ms / 1000);
    char text[32];
    (void)gmtime_r(&seconds, &parts);
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts);
    buffer_append(csv, bytes_of(text));
}

static void append_root(Call *call, Buffer *csv)
{
    buffer_append_format(csv, "\n<root_account>," BYTES_FMT ",", BYTES_ARG(call_root_arn(call)));
    append_time(csv, 0);
    buffer_append(csv, TEXT(",not_supported,no_information,not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,"
                            "false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"));
}

/* Two at most: "true,<when>" each, and what else its columns tell. */
static int append_rows(Call *call, Buffer *csv, const Query *query, int64_t owner, const char *unused)
{
    int code, count = 0;
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, owner);
    while ((code = statement_step(row)) == STORE_ROW) {
        buffer_append(csv, bytes_is(column_bytes(row, 0), "Active") ? TEXT(",true,") : TEXT(",false,"));
        append_time(csv, column_int64(row, 1));
        buffer_append(csv, bytes_of(unused));
        count++;
    }
    for (; count < 2; count++) {
        buffer_append(csv, TEXT(",false,N/A"));
        buffer_append(csv, bytes_of(unused));
    }
    return code;
}

static void append_password(Buffer *csv, Statement *user, const IamPasswordPolicy *policy)
{
    if (column_is_null(user, 4)) {
        buffer_append(csv, TEXT("false,N/A,N/A,N/A,"));
        return;
    }
    buffer_append(csv, TEXT("true,no_information,"));
    append_time(csv, column_int64(user, 5));
    buffer_append(csv, TEXT(","));
    if (policy->has_max_password_age && policy->max_password_age > 0)
        append_time(csv, column_int64(user, 5) + policy->max_password_age * DAY_MS);
    else
        buffer_append(csv, TEXT("N/A"));
    buffer_append(csv, TEXT(","));
}

static int append_user(Call *call, Buffer *csv, Statement *row, const IamPasswordPolicy *policy)
{
    Entity user = {.kind = ENTITY_USER,
                   .key = column_int64(row, 0),
                   .name = arena_copy(call->arena, column_bytes(row, 1)),
                   .path = arena_copy(call->arena, column_bytes(row, 2))};
    buffer_append_format(csv, "\n" BYTES_FMT "," BYTES_FMT ",", BYTES_ARG(user.name),
                         BYTES_ARG(entity_arn(&call->scope, &user)));
    append_time(csv, column_int64(row, 3));
    buffer_append(csv, TEXT(","));
    append_password(csv, row, policy);
    buffer_append(csv, column_int64(row, 6) ? TEXT("true") : TEXT("false"));
    int code = append_rows(call, csv, &list_keys, user.key, ",N/A,N/A,N/A");
    return code == STORE_OK ? append_rows(call, csv, &list_certificates, user.key, "") : code;
}

static Status make_report(Call *call, Bytes *ret_report)
{
    IamPasswordPolicy policy;
    bool has_policy;
    int code, user_code = STORE_OK;
    Buffer *csv = arena_new_of(call->arena, Buffer);
    arena_defer(call->arena, (void (*)(void *))buffer_done, csv);
    TRY(account_password_policy(call, &policy, &has_policy));
    buffer_append(csv, bytes_of(heading));
    append_root(call, csv);
    Statement *row = statement_begin(call->store, &list_users);
    bind_text(row, 1, call->account);
    while ((code = statement_step(row)) == STORE_ROW && user_code == STORE_OK)
        user_code = append_user(call, csv, row, &policy);
    *ret_report = buffer_bytes(csv);
    return expect_ok(call, user_code == STORE_OK ? code : user_code);
}

static Status read_report(Call *call, Bytes *ret_report, int64_t *ret_made_ms)
{
    Statement *row = statement_begin(call->store, &get_report);
    bind_text(row, 1, call->account);
    int code = statement_one(row);
    *ret_report = (Bytes){0};
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_report = arena_copy(call->arena, column_bytes(row, 0));
    *ret_made_ms = column_int64(row, 1);
    statement_end(row);
    return OK;
}

OPERATION(IamGenerateCredentialReport, generate_credential_report, WRITES);
static Status generate_credential_report(Call *call, const IamGenerateCredentialReportInput *in,
                                         IamGenerateCredentialReportOutput *out)
{
    Bytes report;
    int64_t made_ms;
    (void)in;
    TRY(read_report(call, &report, &made_ms));
    out->state = TEXT("COMPLETE");
    if (present(report) && call->now_ms - made_ms < VALID_MS)
        return OK;
    out->state = TEXT("STARTED");
    out->description = TEXT("No report exists. Starting a new report generation task");
    TRY(make_report(call, &report));
    Statement *put = statement_begin(call->store, &put_report);
    bind_text(put, 1, call->account);
    bind_text(put, 2, report);
    bind_int64(put, 3, call->now_ms / 1000 * 1000);
    return expect_ok(call, statement_run(put));
}

OPERATION(IamGetCredentialReport, get_credential_report, READS);
static Status get_credential_report(Call *call, const IamGetCredentialReportInput *in,
                                    IamGetCredentialReportOutput *out)
{
    int64_t made_ms;
    (void)in;
    TRY(read_report(call, &out->content, &made_ms));
    if (!present(out->content))
        return fail(call, &IAM_CREDENTIAL_REPORT_NOT_PRESENT,
                    "Report not present. Generate a report with GenerateCredentialReport.");
    if (call->now_ms - made_ms >= VALID_MS)
        return fail(call, &IAM_CREDENTIAL_REPORT_EXPIRED,
                    "Report expired. Generate a new report with GenerateCredentialReport.");
    out->report_format = TEXT("text/csv");
    SET(out, generated_time, made_ms);
    return OK;
}
