/* post_policy.c - aws: S3 API Reference, "POST Policy", "Authenticating Requests in Browser-Based Uploads Using POST
 * (AWS Signature Version 4)"; the words are AWS's (recorded). */
#include "post_policy.h"
#include "base64.h"
#include "guard.h"
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

static Status expect_field(Call *call, const Form *form, const char *name)
{
    if (present(form_field(form, name)))
        return OK;
    Bytes words = arena_text(
        call->arena,
        "Bucket POST must contain a field named '%s'.  If it is specified, please check the order of the fields.",
        name);
    return deny_saying(call, &INVALID_ARGUMENT, arena_cstr(call->arena, words), .argument_name = bytes_of(name));
}

static Status check_signature(Call *call, const Form *form)
{
    static const char *const v4[] = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date"};
    bool is_v2 = present(form_field(form, "AWSAccessKeyId")) || present(form_field(form, "Signature"));
    bool is_v4 = false;
    for (size_t i = 0; i < 4; i++)
        is_v4 = is_v4 || present(form_field(form, v4[i]));
    if (!is_v4 && !is_v2)
        return deny(call, &ACCESS_DENIED);
    for (size_t i = 0; is_v4 && i < 4; i++)
        TRY(expect_field(call, form, v4[i]));
    if (is_v4)
        return OK;
    TRY(expect_field(call, form, "AWSAccessKeyId"));
    return expect_field(call, form, "Signature");
}

static Status check_expiration(Call *call, const json_t *policy)
{
    const char *text = json_string_value(json_object_get(policy, "expiration"));
    struct tm tm = {0};
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (!text)
        return fail(call, &INVALID_POLICY, "Invalid Policy: Policy missing expiration.");
    if (!end || text[strlen(text) - 1] != 'Z')
        return fail(call, &INVALID_POLICY, "Invalid Policy: Invalid 'expiration' value: '%.100s'", text);
    if (call->now_ms / 1000 > (int64_t)timegm(&tm))
        return fail(call, &ACCESS_DENIED, "Invalid according to Policy: Policy expired.");
    return OK;
}

static Status condition_failed(Call *call, const char *how, const char *name, const char *value)
{
    return fail(call, &ACCESS_DENIED,
                "Invalid according to Policy: Policy Condition failed: [\"%s\", \"%.200s\", \"%.200s\"]", how, name,
                value);
}

static Status check_range(Call *call, const json_t *condition, int64_t size)
{
    const json_t *least = json_array_get(condition, 1), *most = json_array_get(condition, 2);
    if (!json_is_integer(least) || !json_is_integer(most)) {
        char *text = json_dumps(condition, 0);
        Bytes copy = arena_text(call->arena, "%.300s", text ? text : "");
        free(text);
        return fail(call, &ACCESS_DENIED, "Invalid according to Policy: Policy Condition failed: " BYTES_FMT,
                    BYTES_ARG(copy));
    }
    if (size < json_integer_value(least))
        return deny_telling(call, &ENTITY_TOO_SMALL, .min_size_allowed = decimal(call, json_integer_value(least)),
                            .proposed_size = decimal(call, size));
    if (size > json_integer_value(most))
        return deny_telling(call, &ENTITY_TOO_LARGE, .max_size_allowed = decimal(call, json_integer_value(most)),
                            .proposed_size = decimal(call, size));
    return OK;
}

typedef struct Check {
    Call *call;
    const Form *form;
    Bytes bucket;
    int64_t size;
    bool is_named[FORM_FIELDS_MAX]; /* by some condition */
} Check;

static Bytes value_of(Check *check, const char *name)
{
    const Form *form = check->form;
    for (size_t i = 0; i < form->fields_count; i++)
        if (bytes_equal_ignoring_case(form->fields[i].name, bytes_of(name))) {
            check->is_named[i] = true;
            return form->fields[i].value;
        }
    return !strcasecmp(name, "bucket") ? check->bucket : (Bytes){0};
}

static Status check_match(Check *check, const char *how, const char *name, const char *wanted)
{
    bool is_prefix = !strcasecmp(how, "starts-with");
    if (name[0] != '$' || (!is_prefix && strcasecmp(how, "eq")))
        return condition_failed(check->call, how, name, wanted);
    Bytes value = value_of(check, name + 1);
    bool holds = is_prefix ? bytes_starts_with(present(value) ? value : TEXT(""), bytes_of(wanted))
                           : present(value) && bytes_is(value, wanted);
    return holds ? OK : condition_failed(check->call, how, name, wanted);
}

static Status check_condition(Check *check, json_t *condition)
{
    Call *call = check->call;
    void *property = json_object_iter(condition);
    if (json_is_object(condition)) {
        const char *wanted = property ? json_string_value(json_object_iter_value(property)) : NULL;
        if (json_object_size(condition) != 1 || !wanted)
            return fail(
                call, &INVALID_POLICY,
                "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
        return check_match(check, "eq",
                           arena_cstr(call->arena, arena_text(call->arena, "$%s", json_object_iter_key(property))),
                           wanted);
    }
    const char *how = json_string_value(json_array_get(condition, 0));
    if (how && !strcasecmp(how, "content-length-range") && json_array_size(condition) == 3)
        return check_range(call, condition, check->size);
    const char *name = json_string_value(json_array_get(condition, 1)),
               *wanted = json_string_value(json_array_get(condition, 2));
    if (json_array_size(condition) != 3 || !how || !name || !wanted)
        return fail(call, &INVALID_POLICY, "Invalid Policy: Invalid Condition: wrong number of arguments.");
    return check_match(check, how, name, wanted);
}

/* aws: "Each form field that you specify in a form (except x-amz-signature, file, policy, and field names that have an
 * x-ignore- prefix) must appear in the list of conditions." */
static Status check_named(const Check *check)
{
    static const char *const free_of_it[] = {"x-amz-signature", "signature", "awsaccesskeyid", "policy", "file"};
    const Form *form = check->form;
    for (size_t i = 0; i < form->fields_count; i++) {
        Bytes name = form->fields[i].name;
        bool is_free = name.len >= 9 && bytes_equal_ignoring_case(bytes_slice(name, 0, 9), TEXT("x-ignore-"));
        for (size_t at = 0; at < sizeof free_of_it / sizeof *free_of_it; at++)
            is_free = is_free || bytes_equal_ignoring_case(name, bytes_of(free_of_it[at]));
        if (!is_free && !check->is_named[i])
            return fail(check->call, &ACCESS_DENIED, "Invalid according to Policy: Extra input fields: " BYTES_FMT,
                        BYTES_ARG(name));
    }
    return OK;
}

static void free_json(void *json)
{
    json_decref(json);
}

static json_t *read_policy(Call *call, Bytes base64)
{
    char *text = arena_take_raw(call->arena, base64_decoded_max(base64.len));
    ptrdiff_t len = base64_decode(text, base64);
    json_t *policy = len > 0 ? json_loadb(text, (size_t)len, 0, NULL) : NULL;
    if (policy)
        arena_defer(call->arena, free_json, policy);
    return policy;
}

static Status check_who(Call *call, const Form *form, Bytes bucket, Bytes key)
{
    FormSignature signature = {
        .policy = form_field(form, "policy"),
        .credential = form_field(form, "X-Amz-Credential"),
        .access_key = form_field(form, "AWSAccessKeyId"),
        .signature = form_field(form, "X-Amz-Signature"),
        .token = form_field(form, "X-Amz-Security-Token"),
        .action = TEXT("s3:PutObject"),
        .resource = arena_text(call->arena, "arn:aws:s3:::" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(bucket), BYTES_ARG(key)),
    };
    if (!present(signature.credential))
        signature.signature = form_field(form, "Signature");
    return guard_form(call, &signature);
}

Status post_policy_check(Call *call, const Form *form, const PostTarget *target)
{
    Check check = {.call = call, .form = form, .bucket = target->bucket, .size = target->size};
    Bytes text = form_field(form, "policy");
    if (!present(text))
        return check_who(call, form, target->bucket, target->key);
    TRY(check_signature(call, form));
    TRY(check_who(call, form, target->bucket, target->key));
    const json_t *policy = read_policy(call, text);
    const json_t *conditions = json_object_get(policy, "conditions");
    if (!json_is_object(policy))
        return fail(call, &INVALID_POLICY, "Invalid Policy: Invalid JSON.");
    TRY(check_expiration(call, policy));
    if (!json_is_array(conditions))
        return fail(call, &INVALID_POLICY, "Invalid Policy: Policy missing conditions.");
    for (size_t i = 0; i < json_array_size(conditions); i++)
        TRY(check_condition(&check, json_array_get(conditions, i)));
    return check_named(&check);
}
