/* h2_session.c - whatever a client sends after the preface; the first byte says how it is cut into reads and answered.
 * Layer: net. */
#include "h2_session.h"
#include "fuzz.h"

static void on_output(void *context)
{
    (void)context;
}

static void answer(void *context, HttpRequest *request)
{
    HttpResponse response = {.status = request->refused_status ? request->refused_status : 200};
    buffer_append(&response.body, request->body);
    if (*(const uint8_t *)context & 1)
        http_stream_end(http_stream_start(request, &response, NULL, NULL));
    else
        http_respond(request, &response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    if (!size)
        return 0;
    static Loop *loop;
    if (!loop)
        loop = loop_new();
    NetOptions options = {.loop = loop, .body_max = 4096, .on_request = answer, .context = (void *)data};
    Transfers transfers;
    Buffer out = {0};
    transfers_init(&transfers, &options);
    H2Session *session = h2_session_new(&transfers, false, on_output, NULL);
    bool fine = h2_session_receive(session, ((Bytes){preface, sizeof preface - 1}));
    for (size_t at = 1, step = (size_t)(data[0] >> 1) + 1; fine && at < size; at += step) {
        size_t len = size - at < step ? size - at : step;
        fine = h2_session_receive(session, (Bytes){(const char *)data + at, len});
        out.len = 0;
        h2_session_send(session, &out, 16384);
    }
    h2_session_free(session);
    transfers_done(&transfers);
    buffer_done(&out);
    return 0;
}
