/* run.c - plays one test's file in this process: wire_run FILE. Prints what did not hold, and ends with 1. */
#include "cbor_json.h"
#include "door.h"
#include "match.h"
#include "script.h"
#include "services.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADERS_MAX (STEP_HEADERS_MAX + 8)
#define CREDENTIAL  "AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0"

typedef struct Play {
    Door door;
    const char *path;
    json_t *names;
    const Step *step;
    const ServiceModel *model;
    Arena *arena; /* of the step */
    HttpHeader headers[HEADERS_MAX];
    size_t headers_count;
    bool has_failed;
} Play;

static void tell(Play *play, const char *what, Bytes more)
{
    printf("%s:%d: %s" BYTES_FMT "\n", play->path, play->step->line, what, BYTES_ARG(more));
    play->has_failed = true;
}

static bool is_cbor(const Play *play)
{
    return bytes_is(play->step->protocol, "cbor");
}

/* "s3.PUT /bucket/key?acl": the path stands where another names its protocol. */
static bool is_rest(const Play *play)
{
    return bytes_starts_with(play->step->protocol, TEXT("/"));
}

static bool is_query(const Play *play)
{
    return !is_rest(play) && (bytes_is(play->step->protocol, "query") || !play->model->target_prefix);
}

static void add_header(Play *play, const char *name, Bytes value)
{
    if (present(http_head_field(&(HttpHead){.headers = play->headers, .headers_count = play->headers_count}, name)))
        return; /* the test says otherwise */
    play->headers[play->headers_count++] = (HttpHeader){bytes_of(name), value};
}

static Bytes lower(Arena *arena, Bytes name)
{
    char *text = arena_take_raw(arena, name.len);
    for (size_t i = 0; i < name.len; i++)
        text[i] = (char)tolower((unsigned char)name.ptr[i]);
    return (Bytes){text, name.len};
}

static Bytes filled(const Play *play, Bytes text)
{
    Buffer out = {0};
    fill_text(play->names, text, &out);
    Bytes copy = arena_copy(play->arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static void write_headers(Play *play)
{
    const Step *step = play->step;
    const ServiceModel *model = play->model;
    Bytes account = bytes_of(json_string_value(json_object_get(play->names, "account")));
    const char *type = "application/x-www-form-urlencoded";
    bool has_path = is_cbor(play) && model->protocols & PROTOCOL_RPC_V2_CBOR;
    play->headers_count = 0;
    for (size_t i = 0; i < step->sent_count; i++)
        play->headers[play->headers_count++] =
            (HttpHeader){lower(play->arena, step->sent[i].name), filled(play, step->sent[i].value)};
    add_header(play, "host", TEXT("localhost"));
    add_header(play, "authorization",
               arena_text(play->arena, CREDENTIAL, arena_cstr(play->arena, account), model->name));
    if (is_rest(play))
        return;
    if (has_path)
        add_header(play, "smithy-protocol", TEXT("rpc-v2-cbor"));
    else if (!is_query(play))
        add_header(play, "x-amz-target",
                   arena_text(play->arena, "%s." BYTES_FMT, model->target_prefix, BYTES_ARG(step->operation)));
    if (is_cbor(play))
        type = has_path ? "application/cbor" : "application/x-amz-cbor-1.1";
    else if (!is_query(play))
        type = arena_cstr(play->arena, arena_text(play->arena, "application/x-amz-json-%s", model->json_version));
    add_header(play, "content-type", bytes_of(type));
}

/* Lines "Name=value", sent as they are. */
static Bytes write_form(const Play *play)
{
    Buffer out = {0};
    Bytes lines = filled(play, play->step->input);
    buffer_append_format(&out, "Action=" BYTES_FMT "&Version=%s", BYTES_ARG(play->step->operation),
                         play->model->api_version);
    while (present(lines)) {
        Bytes line = bytes_cut(&lines, '\n');
        if (line.len)
            buffer_append_format(&out, "&" BYTES_FMT, BYTES_ARG(line));
    }
    Bytes body = arena_copy(play->arena, buffer_bytes(&out));
    buffer_done(&out);
    return body;
}

static json_t *read_json(Bytes text)
{
    return json_loadb(text.ptr, text.len, JSON_ALLOW_NUL, NULL);
}

/* What isn't JSON is sent as it is. */
static Bytes write_body(const Play *play)
{
    if (is_query(play))
        return write_form(play);
    if (is_rest(play))
        return filled(play, play->step->input);
    json_t *input = read_json(play->step->input);
    if (!input)
        return filled(play, play->step->input);
    Buffer out = {0};
    json_t *whole = fill_json(play->names, input);
    if (is_cbor(play)) {
        cbor_write(&out, whole);
    } else {
        char *text = json_dumps(whole, JSON_COMPACT);
        buffer_append_text(&out, text);
        free(text);
    }
    Bytes body = arena_copy(play->arena, buffer_bytes(&out));
    buffer_done(&out);
    json_decref(whole);
    json_decref(input);
    return body;
}

static DoorAnswer ask(Play *play)
{
    const Step *step = play->step;
    bool has_path = is_cbor(play) && play->model->protocols & PROTOCOL_RPC_V2_CBOR;
    write_headers(play);
    HttpRequest request = {.arena = play->arena, .method = TEXT("POST"), .path = TEXT("/"), .query = {0}};
    if (has_path)
        request.path = arena_text(play->arena, "/service/%s/operation/" BYTES_FMT, play->model->target_prefix,
                                  BYTES_ARG(step->operation));
    request.body = write_body(play);
    if (is_rest(play)) {
        Bytes query = filled(play, step->protocol);
        request.method = step->operation;
        request.path = bytes_cut(&query, '?');
        request.query = query;
    }
    if (is_rest(play))
        add_header(play, "content-length", arena_text(play->arena, "%zu", request.body.len));
    request.headers = play->headers;
    request.headers_count = play->headers_count;
    return door_ask(&play->door, &request);
}

/* Without what stands between lines, so that XML can be written over several. */
static Bytes joined(Arena *arena, Bytes text)
{
    Buffer out = {0};
    while (present(text)) {
        Bytes line = bytes_cut(&text, '\n');
        while (line.len && strchr(" \t\r", *line.ptr))
            line = bytes_slice(line, 1, line.len - 1);
        buffer_append(&out, line);
    }
    Bytes copy = arena_copy(arena, buffer_bytes(&out));
    buffer_done(&out);
    return copy;
}

static Bytes element(Bytes xml, const char *name)
{
    char open[64], close[64];
    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    const char *from = memmem(xml.ptr, xml.len, open, strlen(open));
    const char *to = from ? memmem(from, (size_t)(xml.ptr + xml.len - from), close, strlen(close)) : NULL;
    return to ? (Bytes){from + strlen(open), (size_t)(to - from) - strlen(open)} : (Bytes){0};
}

static Bytes member(const json_t *value, const char *name)
{
    const json_t *text = json_object_get(value, name);
    return json_is_string(text) ? (Bytes){json_string_value(text), json_string_length(text)} : (Bytes){0};
}

static Bytes code_of(Bytes type)
{
    ptrdiff_t at = bytes_find_last(type, '#');
    return at < 0 ? type : bytes_slice(type, (size_t)at + 1, type.len - (size_t)at - 1);
}

static void check_code(Play *play, Bytes code)
{
    if (present(play->step->code) && !bytes_equal(play->step->code, present(code) ? code : TEXT("")))
        tell(play, "another error: ", present(code) ? code : TEXT("none"));
}

static void check_text(Play *play, const char *what, Bytes got)
{
    Bytes expected = play->step->output;
    got = present(got) ? got : TEXT("");
    if (!match_text(play->names,
                    present(play->step->code) && !bytes_starts_with(expected, TEXT("<"))
                        ? expected
                        : joined(play->arena, expected),
                    got))
        tell(play, what, got);
}

static Bytes without_prolog(Bytes xml)
{
    Bytes rest = xml;
    if (!bytes_starts_with(xml, TEXT("<?xml")))
        return xml;
    (void)bytes_cut(&rest, '>');
    return present(rest) ? rest : xml;
}

/* An error as <...> is told whole; otherwise its words are. */
static void check_xml(Play *play, Bytes body)
{
    bool is_error = present(play->step->code) && !bytes_starts_with(play->step->output, TEXT("<"));
    check_code(play, element(body, "Code"));
    if (is_error && play->step->output.len)
        check_text(play, "another message: ", element(body, "Message"));
    else if (!is_error)
        check_text(play, "another answer: ", joined(play->arena, without_prolog(body)));
}

static void check_value(Play *play, const json_t *got)
{
    Buffer why = {0};
    json_t *expected = read_json(play->step->output);
    if (!match_json(play->names, expected, got, &why))
        tell(play, "the answer", buffer_bytes(&why));
    json_decref(expected);
    buffer_done(&why);
}

/* Of an error: its words, or in braces all of it; without either the code alone. */
static void check_object(Play *play, const json_t *got)
{
    Bytes output = play->step->output;
    bool is_error = present(play->step->code), is_whole = output.len && *output.ptr == '{';
    if (is_error)
        check_code(play, code_of(member(got, "__type")));
    if (is_whole)
        check_value(play, got);
    else if (is_error && output.len)
        check_text(play, "another message: ",
                   present(member(got, "message")) ? member(got, "message") : member(got, "Message"));
    else if (!is_error && json_object_size(got))
        tell(play, "an answer where none was expected", TEXT(""));
}

static void check_headers(Play *play, const DoorAnswer *answer)
{
    const Step *step = play->step;
    HttpHead head = {.headers = answer->headers, .headers_count = answer->headers_count};
    for (size_t i = 0; i < step->wanted_count; i++) {
        const char *name = arena_cstr(play->arena, lower(play->arena, step->wanted[i].name));
        Bytes got = http_head_field(&head, name);
        bool is_right = bytes_is(step->wanted[i].value, "<none>")
                            ? !present(got)
                            : present(got) && match_text(play->names, step->wanted[i].value, got);
        if (!is_right)
            tell(play, arena_cstr(play->arena, arena_text(play->arena, "another %s: ", name)),
                 present(got) ? got : TEXT("none"));
    }
}

static void check(Play *play, const DoorAnswer *answer)
{
    if (answer->trouble) {
        tell(play, answer->trouble, TEXT(""));
        return;
    }
    if (answer->status != play->step->status)
        tell(play,
             "another status: ", arena_text(play->arena, "%d " BYTES_FMT, answer->status, BYTES_ARG(answer->body)));
    if (play->has_failed)
        return;
    check_headers(play, answer);
    if (is_query(play) || is_rest(play)) {
        check_xml(play, answer->body);
        return;
    }
    json_t *got = is_cbor(play) ? cbor_read(answer->body) : read_json(answer->body);
    if (!got && answer->body.len)
        tell(play, "an answer that cannot be read: ", answer->body);
    else
        check_object(play, got);
    json_decref(got);
}

/* "dynamodbstreams" for "DynamoDB Streams". */
static bool is_called(const ServiceModel *model, Bytes name)
{
    char title[64];
    size_t len = 0;
    for (const char *at = model->title; *at && len < sizeof title; at++)
        if (*at != ' ')
            title[len++] = *at;
    return bytes_equal_ignoring_case(name, (Bytes){title, len});
}

static const ServiceModel *model_of(Bytes name)
{
    for (size_t i = 0; ALL_SERVICES[i]; i++)
        if (is_called(ALL_SERVICES[i]->model, name))
            return ALL_SERVICES[i]->model;
    for (size_t i = 0; ALL_SERVICES[i]; i++) /* "logs" for "CloudWatch Logs" */
        if (bytes_is(name, ALL_SERVICES[i]->model->name))
            return ALL_SERVICES[i]->model;
    return NULL;
}

static void play_step(Play *play, const Step *step)
{
    play->step = step;
    if (step->advance_ms) {
        clock_advance_ms(play->door.runtime.clock, step->advance_ms);
        return;
    }
    play->model = model_of(step->service);
    if (!play->model) {
        tell(play, "no such service: ", step->service);
        return;
    }
    play->arena = arena_new();
    DoorAnswer answer = ask(play);
    check(play, &answer);
    play->arena = arena_free(play->arena);
}

static void play_all(Play *play, Arena *arena, Bytes text)
{
    Script *script = arena_new_of(arena, Script);
    script_read(script, arena, text);
    if (script->why) {
        printf("%s:%d: %s\n", play->path, script->line, script->why);
        play->has_failed = true;
        return;
    }
    if (!door_open(&play->door, script->options))
        exit(1);
    play->names =
        json_pack("{s:s, s:s, s:s}", "account", "000000000000", "region", "us-east-1", "bucket", "wire-000000000000");
    for (size_t i = 0; i < script->count && !play->has_failed; i++)
        play_step(play, &script->steps[i]);
    json_decref(play->names);
    door_close(&play->door);
}

static bool read_file(const char *path, Buffer *ret_text)
{
    FILE *file = fopen(path, "re");
    size_t len = 1;
    while (file && len) {
        char *to = buffer_reserve(ret_text, 65536);
        len = fread(to, 1, 65536, file);
        ret_text->len += len;
    }
    return file && !fclose(file);
}

int main(int argc, char **argv)
{
    Play play = {.path = argc == 2 ? argv[1] : ""};
    Buffer text = {0};
    if (argc != 2 || !read_file(play.path, &text)) {
        fprintf(stderr, "usage: wire_run FILE (%s cannot be read)\n", play.path);
        return 2;
    }
    Arena *arena = arena_new();
    play_all(&play, arena, buffer_bytes(&text));
    arena_free(arena);
    buffer_done(&text);
    return play.has_failed ? 1 : 0;
}
