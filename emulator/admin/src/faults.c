/* faults.c - /_evpoc/faults: rules that break things on purpose, made, listed with what they met, and removed. */
#include "state.h"

#define CODE_BYTES_MAX 100

static const struct {
    const char *name;
    FaultEffect effect;
} effects[] = {{"error", FAULT_ERROR},
               {"status", FAULT_STATUS},
               {"delay", FAULT_DELAY},
               {"cut", FAULT_CUT},
               {"partial", FAULT_PARTIAL}};

static Bytes text_of(const json_t *object, const char *name)
{
    return bytes_of(json_string_value(json_object_get(object, name)));
}

/* As AWS's codes are: it goes into a header, too. */
static bool is_code(Bytes code)
{
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        bool is_letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && !memchr("._-#:", c, 5))
            return false;
    }
    return code.len > 0 && code.len <= CODE_BYTES_MAX;
}

static bool read_error(const json_t *error, FaultRule *rule)
{
    rule->code = text_of(error, "code");
    rule->message = text_of(error, "message");
    rule->status = json_object_get(error, "status") ? (int)json_integer_value(json_object_get(error, "status")) : 400;
    return present(rule->code) && is_code(rule->code) && rule->status >= 400 && rule->status <= 599;
}

static bool read_partial(const json_t *partial, FaultRule *rule)
{
    rule->code = text_of(partial, "code");
    rule->message = text_of(partial, "message");
    rule->share =
        json_is_object(partial) ? json_number_value(json_object_get(partial, "share")) : json_number_value(partial);
    return rule->share > 0 && rule->share <= 1 && (!present(rule->code) || is_code(rule->code));
}

static const char *read_effect(const json_t *input, FaultRule *rule)
{
    int given = 0;
    const json_t *value = NULL;
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (json_object_get(input, effects[i].name)) {
            value = json_object_get(input, effects[i].name);
            rule->effect = effects[i].effect;
            given++;
        }
    if (given != 1)
        return "expected exactly one of error, status, delay, cut, partial";
    switch (rule->effect) {
    case FAULT_ERROR:
        return read_error(value, rule) ? NULL : "error: expected {\"code\": …, \"message\": …, \"status\": 400 to 599}";
    case FAULT_STATUS:
        rule->status = (int)json_integer_value(value);
        return rule->status >= 400 && rule->status <= 599 ? NULL : "status: expected 400 to 599";
    case FAULT_DELAY:
        return page_read_span(value, &rule->delay_ms) && rule->delay_ms > 0 ? NULL
                                                                            : "delay: expected ms or a span like 2s";
    case FAULT_PARTIAL:
        return read_partial(value, rule)
                   ? NULL
                   : "partial: expected a share above 0 up to 1, or {\"share\": …, \"code\": …, \"message\": …}";
    default:
        return json_is_true(value) ? NULL : "cut: expected true";
    }
}

static const char *read_when(Admin *admin, const json_t *input, FaultRule *rule)
{
    const json_t *probability = json_object_get(input, "probability"), *every = json_object_get(input, "every"),
                 *times = json_object_get(input, "times"), *lasts = json_object_get(input, "for");
    int64_t for_ms = 0;
    rule->probability = probability ? json_number_value(probability) : 1;
    rule->every = json_integer_value(every);
    rule->times = json_integer_value(times);
    if (rule->probability <= 0 || rule->probability > 1)
        return "probability: expected a number above 0 up to 1";
    if ((every && rule->every < 1) || (every && probability))
        return "every: expected a number from 1 on, and no probability beside it";
    if (times && rule->times < 1)
        return "times: expected a number from 1 on";
    if (lasts && (!page_read_span(lasts, &for_ms) || for_ms < 1))
        return "for: expected ms or a span like 30s";
    rule->until_ms = lasts ? clock_now_ms(admin->options.runtime->clock) + for_ms : 0;
    return NULL;
}

static void add(Admin *admin, const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"service",     "operation", "resource", "account", "region",
                                        "probability", "every",     "times",    "for",     "error",
                                        "status",      "delay",     "cut",      "partial", NULL};
    FaultRule rule = {.service = text_of(input, "service"),
                      .operation = text_of(input, "operation"),
                      .resource = text_of(input, "resource"),
                      .account = text_of(input, "account"),
                      .region = text_of(input, "region")};
    if (!page_check_keys(response, input, known))
        return;
    const char *wrong = read_effect(input, &rule);
    if (!wrong)
        wrong = read_when(admin, input, &rule);
    int id = wrong ? 0 : pipeline_fault_add(admin->options.pipeline, &rule);
    if (wrong)
        page_fail(response, 400, "%s", wrong);
    else if (!id)
        page_fail(response, 409, "There are too many rules; remove some.");
    else
        page_answer(response, json_pack("{s:i}", "id", id));
}

static void set_text(json_t *object, const char *name, Bytes text)
{
    if (present(text))
        json_object_set_new(object, name, json_stringn(text.ptr, text.len));
}

static json_t *describe(const FaultRule *rule)
{
    const char *effect = "?";
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (effects[i].effect == rule->effect)
            effect = effects[i].name;
    json_t *all = json_pack("{s:i, s:s, s:I, s:I}", "id", rule->id, "effect", effect, "seen", (json_int_t)rule->seen,
                            "hits", (json_int_t)rule->hits);
    set_text(all, "service", rule->service);
    set_text(all, "operation", rule->operation);
    set_text(all, "resource", rule->resource);
    set_text(all, "account", rule->account);
    set_text(all, "region", rule->region);
    set_text(all, "code", rule->code);
    if (rule->until_ms)
        json_object_set_new(all, "until_ms", json_integer(rule->until_ms));
    if (rule->times)
        json_object_set_new(all, "times", json_integer(rule->times));
    return all;
}

static void list(Admin *admin, HttpResponse *response)
{
    json_t *all = json_array();
    for (const FaultRule *rule = pipeline_fault_next(admin->options.pipeline, 0); rule;
         rule = pipeline_fault_next(admin->options.pipeline, rule->id))
        json_array_append_new(all, describe(rule));
    page_answer(response, json_pack("{s:o}", "faults", all));
}

/* One by its id; without one, all. */
static void remove_rules(Admin *admin, const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"id", NULL};
    const json_t *id = json_object_get(input, "id");
    Pipeline *pipeline = admin->options.pipeline;
    if (!page_check_keys(response, input, known))
        return;
    if (id && !pipeline_fault_remove(pipeline, (int)json_integer_value(id))) {
        page_fail(response, 404, "There is no rule of that id.");
        return;
    }
    for (const FaultRule *rule; !id && (rule = pipeline_fault_next(pipeline, 0));)
        pipeline_fault_remove(pipeline, rule->id);
    list(admin, response);
}

void faults_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    json_t *input = page_is(request, "GET") ? NULL : page_input(request, response);
    if (page_is(request, "GET"))
        list(admin, response);
    else if (input && page_is(request, "POST"))
        add(admin, input, response);
    else if (input)
        remove_rules(admin, input, response);
    json_decref(input);
}
