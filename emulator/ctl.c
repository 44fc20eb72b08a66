/* ctl.c */
#include "ctl.h"
#include "http_client.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WAIT_S      120 /* a snapshot of a large file takes a while */
#define FOLLOW_MS   300
#define COLUMNS_MAX 24
#define CELL_MAX    60

typedef enum Form { FORM_MEMBERS, FORM_ALWAYS_POST, FORM_QUERY, FORM_RAW } Form;

static const struct Page {
    const char *name;
    Form form;
    const char *help;
} pages[] = {
    {"health", FORM_QUERY, "how it is, and what it has"},
    {"ready", FORM_QUERY, "have the hooks run?"},
    {"clock", FORM_MEMBERS, "the time; freeze=true, advance=7d, set=2030-01-01T00:00:00Z, resume=true"},
    {"reset", FORM_ALWAYS_POST, "removes everything; or of service=…, account=…, region=…"},
    {"snapshot", FORM_MEMBERS, "lists them; NAME makes one; NAME --delete removes it"},
    {"restore", FORM_ALWAYS_POST, "NAME: everything as it was then"},
    {"auth", FORM_MEMBERS, "who may call; auth=off, signature, soft or iam"},
    {"denied", FORM_QUERY,
     "under auth=soft: the smallest policy that lets it all pass; principal=ARN, --delete forgets"},
    {"faults", FORM_MEMBERS, "lists rules; operation=PutRecord every=3 status=503 makes one; id=N --delete"},
    {"requests", FORM_QUERY, "the last ones; operation=…, limit=…, --follow"},
    {"trace", FORM_QUERY, "the way of records: stream=NAME, and key=…, sequence=…, limit=…"},
    {"limits", FORM_MEMBERS,
     "AWS's limits of rate; limits=aws, scale=0.1, stream=NAME or table=NAME; stream=NAME --delete"},
    {"cloudwatch/actions", FORM_QUERY, "what alarms would have sent, the newest first"},
    {"firehose/flush", FORM_ALWAYS_POST, "buffers are delivered now: all, or that of stream=NAME"},
    {"glue/failures", FORM_QUERY, "why versions of schemas were found incompatible"},
    {"version", FORM_QUERY, "which evpoc-emu it is"},
    {"metrics", FORM_RAW,
     "counters, for Prometheus; CloudWatch has its own when their minute is over: clock advance=1m"},
    {"ca.pem", FORM_RAW, "the certificate authority that TLS clients may trust"},
};

static const struct Page *page_named(const char *name)
{
    for (size_t i = 0; name && i < sizeof pages / sizeof *pages; i++)
        if (!strcmp(pages[i].name, name))
            return &pages[i];
    return NULL;
}

static int tell_pages(const char *wrong)
{
    FILE *out = wrong ? stderr : stdout;
    if (wrong)
        fprintf(out, "evpoc-emu: ctl has no page %s. There are:\n", wrong);
    else
        fputs("Usage: evpoc-emu ctl PAGE [member=value]... [--json] [--follow] [--delete] [setting]...\n", out);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        fprintf(out, "  %-14s %s\n", pages[i].name, pages[i].help);
    return wrong ? 2 : 0;
}

/* Every text in it as a terminal may be shown it: what clients have sent moves no cursor and fakes no line. */
static json_t *made_showable(json_t *value)
{
    Buffer text = {0};
    const char *name;
    void *next;
    json_t *item;
    size_t at;
    if (json_is_string(value)) {
        buffer_append_shown(&text, (Bytes){json_string_value(value), json_string_length(value)});
        json_string_setn(value, buffer_bytes(&text).ptr, text.len);
        buffer_done(&text);
    }
    json_array_foreach(value, at, item) made_showable(item);
    json_object_foreach_safe(value, next, name, item) made_showable(item);
    return value;
}

/* What is no JSON is NULL. */
static json_t *read_json(const Buffer *body)
{
    return body->len ? json_loadb(body->ptr, body->len, JSON_ALLOW_NUL, NULL) : NULL;
}

static json_t *read_answer(const Buffer *body)
{
    return made_showable(read_json(body));
}

/* Numbers, booleans and objects as JSON has them; anything else is a string. */
static json_t *value_of(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_string(text);
}

static json_t *members_of(const CtlRequest *request)
{
    json_t *members = json_object();
    for (size_t i = 0; i < request->members_count; i++) {
        Bytes value = bytes_of(request->members[i]), name = bytes_cut(&value, '=');
        if (present(value))
            json_object_setn_new(members, name.ptr, name.len, value_of(value.ptr));
        else
            json_object_set_new(members, "name", json_string(request->members[i]));
    }
    return members;
}

static void cell_text(const json_t *value, char out[static CELL_MAX])
{
    char *text = value && !json_is_string(value) ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    Buffer shown = {0};
    if (json_is_real(value))
        buffer_append_format(&shown, "%.3f", json_real_value(value));
    else
        buffer_append_shown(&shown, bytes_of(json_is_string(value) ? json_string_value(value) : text ? text : ""));
    bool is_cut = shown.len >= CELL_MAX;
    Bytes beginning = bytes_utf8_prefix(buffer_bytes(&shown), is_cut ? CELL_MAX - 4 : CELL_MAX - 1);
    snprintf(out, CELL_MAX, BYTES_FMT "%s", BYTES_ARG(beginning), is_cut ? "..." : "");
    buffer_done(&shown);
    free(text);
}

typedef struct Table {
    const char *names[COLUMNS_MAX];
    int widths[COLUMNS_MAX];
    size_t count;
} Table;

static void add_columns(Table *table, json_t *row)
{
    const char *name;
    json_t *value;
    json_object_foreach(row, name, value)
    {
        char text[CELL_MAX];
        size_t i = 0;
        while (i < table->count && strcmp(table->names[i], name))
            i++;
        if (i == COLUMNS_MAX)
            continue;
        if (i == table->count) {
            table->names[table->count++] = name;
            table->widths[i] = (int)strlen(name);
        }
        cell_text(value, text);
        if ((int)strlen(text) > table->widths[i])
            table->widths[i] = (int)strlen(text);
    }
}

static void print_row(const Table *table, const json_t *row)
{
    for (size_t i = 0; i < table->count; i++) {
        char text[CELL_MAX];
        if (row)
            cell_text(json_object_get(row, table->names[i]), text);
        else
            snprintf(text, sizeof text, "%s", table->names[i]);
        printf(i + 1 < table->count ? "%-*s  " : "%.0d%s", table->widths[i] * (i + 1 < table->count), text);
    }
    putchar('\n');
}

static void print_table(const json_t *rows, bool has_head)
{
    Table table = {.count = 0};
    size_t at;
    json_t *row;
    json_array_foreach(rows, at, row) add_columns(&table, row);
    if (has_head && json_array_size(rows))
        print_row(&table, NULL);
    json_array_foreach(rows, at, row) print_row(&table, row);
}

static void print_member(const char *name, json_t *value)
{
    size_t at;
    json_t *item;
    const char *key;
    if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        print_table(value, true);
    } else if (json_is_array(value)) {
        json_array_foreach(value, at, item) puts(json_is_string(item) ? json_string_value(item) : "");
    } else if (json_is_object(value)) {
        json_object_foreach(value, key, item) print_member(key, item);
    } else {
        char text[CELL_MAX];
        cell_text(value, text);
        printf("%-12s %s\n", name, text);
    }
}

static json_t *rows_of(json_t *object)
{
    const char *name;
    json_t *value, *rows = json_array();
    json_object_foreach(object, name, value)
    {
        json_t *row = json_pack("{s:s}", "name", name);
        json_object_update(row, value);
        json_array_append_new(rows, row);
    }
    return rows;
}

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void print_step(const char *what, const json_t *step, json_int_t arrival_ms)
{
    json_int_t later_ms = json_integer_value(json_object_get(step, "time_ms")) - arrival_ms;
    printf("  %-5s %+8lld ms  %-16s  %s%s%s\n", what, (long long)later_ms, text_in(step, "operation"),
           text_in(step, "consumer"), text_in(step, "request_id")[0] ? "request " : "", text_in(step, "request_id"));
}

/* A record, and below it its way. */
static void print_traced(const json_t *record)
{
    const json_t *put = json_object_get(record, "put"), *readers = json_object_get(record, "readers");
    json_int_t arrival_ms = json_integer_value(json_object_get(record, "arrival_ms"));
    size_t at;
    json_t *reader;
    printf("%s  %s  %lld bytes  key %s\n", text_in(record, "shard_id"), text_in(record, "sequence_number"),
           (long long)json_integer_value(json_object_get(record, "bytes")), text_in(record, "partition_key"));
    if (json_is_object(put))
        print_step("put", put, arrival_ms);
    json_array_foreach(readers, at, reader) print_step("got", reader, arrival_ms);
}

static void print_trace(const json_t *answer)
{
    size_t at;
    json_t *record;
    json_array_foreach(json_object_get(answer, "records"), at, record) print_traced(record);
}

/* Ready to paste; where there are several, each behind whose it is. */
static void print_policies(const json_t *answer)
{
    json_t *policies = json_object_get(answer, "policies"), *policy;
    const char *principal;
    if (!json_object_size(policies))
        fputs("evpoc-emu: nothing has been noted; auth=soft notes what is asked for.\n", stderr);
    json_object_foreach(policies, principal, policy)
    {
        char *text = json_dumps(policy, JSON_INDENT(2));
        if (json_object_size(policies) > 1)
            printf("# %s\n", principal);
        puts(text ? text : "");
        free(text);
    }
}

static void print_answer(const CtlRequest *request, const struct Page *page, const Buffer *body)
{
    json_t *answer = page->form == FORM_RAW || request->as_json ? NULL : read_answer(body);
    const char *name;
    json_t *value;
    if (!answer) {
        fwrite(body->ptr, 1, body->len, stdout);
    } else if (!strcmp(page->name, "trace")) {
        print_trace(answer);
    } else if (!strcmp(page->name, "denied")) {
        print_policies(answer);
    } else {
        json_object_foreach(answer, name, value)
        {
            json_t *first = json_is_object(value) ? json_object_iter_value(json_object_iter(value)) : NULL;
            json_t *rows = json_is_object(first) ? rows_of(value) : NULL;
            print_member(name, rows ? rows : value);
            json_decref(rows);
        }
    }
    json_decref(answer);
    fflush(stdout);
}

static void append_escaped(Buffer *path, const char *text)
{
    for (; *text; text++)
        if (strchr("=-._~", *text) || (*text >= '0' && *text <= '9') ||
            ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z'))
            buffer_append_char(path, *text);
        else
            buffer_append_format(path, "%%%02X", (unsigned char)*text);
}

static void append_query(Buffer *path, const CtlRequest *request)
{
    for (size_t i = 0; i < request->members_count; i++) {
        buffer_append_char(path, i ? '&' : '?');
        append_escaped(path, request->members[i]);
    }
}

static int tell_failure(const Config *config, const Asked *asked)
{
    json_t *answer = read_answer(&asked->body);
    const char *message = json_string_value(json_object_get(answer, "message"));
    if (!asked->status)
        fprintf(stderr, "evpoc-emu: nobody answers at %s port %s\n", reachable_host(config_text(config, SETTING_HOST)),
                config_text(config, SETTING_PORT));
    else
        fprintf(stderr, "evpoc-emu: %s\n", message ? message : "it was refused");
    json_decref(answer);
    return 1;
}

static Asked ask(const Config *config, const CtlRequest *request, const struct Page *page)
{
    bool as_body = page->form == FORM_ALWAYS_POST || (page->form == FORM_MEMBERS && request->members_count);
    json_t *members = as_body || request->is_delete ? members_of(request) : NULL;
    char *body = members ? json_dumps(members, JSON_COMPACT) : NULL;
    Buffer path = {0};
    buffer_append_format(&path, "/_evpoc/%s", page->name);
    if (page->form == FORM_QUERY)
        append_query(&path, request);
    buffer_append_char(&path, 0);
    Asked asked = http_ask(config,
                           request->is_delete ? "DELETE"
                           : as_body          ? "POST"
                                              : "GET",
                           path.ptr, bytes_of(body), WAIT_S);
    buffer_done(&path);
    free(body);
    json_decref(members);
    return asked;
}

/* Prints what has come since number *after. */
static bool follow_once(const Config *config, const CtlRequest *request, json_int_t *after)
{
    char path[64];
    snprintf(path, sizeof path, "/_evpoc/requests?after=%lld", (long long)*after);
    Asked asked = http_ask(config, "GET", path, (Bytes){0}, WAIT_S);
    json_t *answer = request->as_json ? read_json(&asked.body) : read_answer(&asked.body);
    const json_t *rows = json_object_get(answer, "requests");
    size_t at;
    json_t *row;
    if (asked.status != 200)
        tell_failure(config, &asked);
    json_array_foreach(rows, at, row)
    {
        char *text = request->as_json ? json_dumps(row, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        *after = json_integer_value(json_object_get(row, "number"));
        if (text)
            puts(text);
        else
            printf("%-6lld %-12s %-24s %3lld %9.3f ms  %s\n", (long long)*after,
                   json_string_value(json_object_get(row, "service")),
                   json_string_value(json_object_get(row, "operation")),
                   (long long)json_integer_value(json_object_get(row, "status")),
                   json_real_value(json_object_get(row, "ms")),
                   json_is_string(json_object_get(row, "error")) ? json_string_value(json_object_get(row, "error"))
                                                                 : "");
        free(text);
    }
    fflush(stdout);
    json_decref(answer);
    buffer_done(&asked.body);
    return asked.status == 200;
}

/* Prints the records that lie behind the last one printed. */
static bool follow_trace(const Config *config, const CtlRequest *request, const struct Page *page, char **last)
{
    Asked asked = ask(config, request, page);
    json_t *answer = request->as_json ? read_json(&asked.body) : read_answer(&asked.body);
    const json_t *rows = json_object_get(answer, "records");
    size_t from = 0;
    for (size_t at = 0; *last && at < json_array_size(rows); at++)
        if (!strcmp(text_in(json_array_get(rows, at), "sequence_number"), *last))
            from = at + 1;
    if (asked.status != 200)
        tell_failure(config, &asked);
    for (size_t at = from; at < json_array_size(rows); at++) {
        const json_t *row = json_array_get(rows, at);
        char *text = request->as_json ? json_dumps(row, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        if (text)
            puts(text);
        else
            print_traced(row);
        free(text);
        free(*last);
        *last = strdup(text_in(row, "sequence_number"));
    }
    fflush(stdout);
    json_decref(answer);
    buffer_done(&asked.body);
    return asked.status == 200;
}

static int follow(const Config *config, const CtlRequest *request, const struct Page *page)
{
    const struct timespec pause = {0, FOLLOW_MS * 1000000L};
    json_int_t after = 0;
    char *last = NULL;
    bool is_trace = !strcmp(page->name, "trace");
    while (is_trace ? follow_trace(config, request, page, &last) : follow_once(config, request, &after))
        nanosleep(&pause, NULL);
    free(last);
    return 1;
}

int ctl_run(const Config *config, const CtlRequest *request)
{
    const struct Page *page = page_named(request->page);
    if (!page)
        return tell_pages(request->page);
    bool can_follow = !strcmp(page->name, "requests") || !strcmp(page->name, "trace");
    if (request->follows && can_follow)
        return follow(config, request, page);
    if (request->follows)
        return fputs("evpoc-emu: --follow goes with requests and trace.\n", stderr), 2;
    Asked asked = ask(config, request, page);
    int exit_status = 0;
    if (asked.status >= 200 && asked.status < 300)
        print_answer(request, page, &asked.body);
    else
        exit_status = tell_failure(config, &asked);
    buffer_done(&asked.body);
    return exit_status;
}
