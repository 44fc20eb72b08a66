/* limits_page.c - /_evpoc/limits: AWS's limits of rate, for all streams or for one. */
#include "page.h"
#include "state.h"

static json_t *describe(KinesisLimits limits)
{
    return json_pack("{s:s, s:f}", "limits", limits.are_enforced ? "aws" : "off", "scale", limits.scale);
}

static json_t *text(Bytes bytes)
{
    return json_stringn(bytes.ptr, bytes.len);
}

static void list(const Kinesis *kinesis, HttpResponse *response)
{
    json_t *all = describe(kinesis_limits(kinesis)), *streams = json_array();
    KinesisStreamName name;
    KinesisLimits limits;
    for (size_t at = 0; kinesis_next_stream_limits(kinesis, &at, &name, &limits);) {
        json_t *stream = describe(limits);
        json_object_set_new(stream, "stream", text(name.name));
        json_object_set_new(stream, "account", text(name.account));
        json_object_set_new(stream, "region", text(name.region));
        json_array_append_new(streams, stream);
    }
    json_object_set_new(all, "streams", streams);
    page_answer(response, all);
}

static Bytes member(const json_t *input, const char *name, Bytes fallback)
{
    const char *value = json_string_value(json_object_get(input, name));
    return value ? bytes_of(value) : fallback;
}

static KinesisStreamName stream_of(const Kinesis *kinesis, const json_t *input)
{
    const Host *host = kinesis->host;
    return (KinesisStreamName){member(input, "account", host->default_account),
                               member(input, "region", host->default_region), member(input, "stream", (Bytes){0})};
}

static bool set(Kinesis *kinesis, const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"limits", "scale", "stream", "account", "region", NULL};
    const json_t *scale = json_object_get(input, "scale");
    Bytes limits = member(input, "limits", (Bytes){0});
    KinesisStreamName name = stream_of(kinesis, input);
    KinesisLimits wanted = {bytes_is(limits, "aws"), scale ? json_number_value(scale) : 1};
    if (!page_check_keys(response, input, known))
        return false;
    if (!wanted.are_enforced && !bytes_is(limits, "off")) {
        page_fail(response, 400, "limits: expected aws or off");
        return false;
    }
    if (!(wanted.scale > 0 && wanted.scale <= 1000)) {
        page_fail(response, 400, "scale: expected a number above 0 up to 1000");
        return false;
    }
    if (present(name.name))
        kinesis_set_stream_limits(kinesis, name, &wanted);
    else
        kinesis_set_limits(kinesis, wanted);
    return true;
}

static bool forget(Kinesis *kinesis, const json_t *input, HttpResponse *response)
{
    static const char *const known[] = {"stream", "account", "region", NULL};
    KinesisStreamName name = stream_of(kinesis, input);
    if (!page_check_keys(response, input, known))
        return false;
    if (!present(name.name)) {
        page_fail(response, 400, "stream: expected the name of the stream that has limits of its own no more");
        return false;
    }
    kinesis_set_stream_limits(kinesis, name, NULL);
    return true;
}

void limits_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Kinesis *kinesis = context;
    if (!page_is(request, "POST") && !page_is(request, "DELETE")) {
        list(kinesis, response);
        return;
    }
    json_t *input = page_input(request, response);
    bool is_done = input && (page_is(request, "POST") ? set : forget)(kinesis, input, response);
    json_decref(input);
    if (is_done)
        list(kinesis, response);
}
