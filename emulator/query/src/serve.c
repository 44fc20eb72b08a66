/* serve.c - the process that runs programs: frames in (4 bytes of length, a letter, bytes), one frame out for each.
 *   P program → K, or E and why it cannot be compiled      I document → K and the output, or E and why there is none
 */
#include "frame.h"
#include "query.h"
#include <jq.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#define OUTPUT_MAX 65536
#define CPU_S      2 /* for a program's compilation, and for each document */

typedef struct Server {
    jq_state *jq;
    char message[512]; /* jq's first complaint while it compiles */
    char *frame;
    size_t capacity;
} Server;

static bool read_all(char *to, size_t len)
{
    while (len) {
        ssize_t got = read(STDIN_FILENO, to, len);
        if (got <= 0)
            return false;
        to += got;
        len -= (size_t)got;
    }
    return true;
}

static bool write_all(const char *from, size_t len)
{
    while (len) {
        ssize_t put = write(STDOUT_FILENO, from, len);
        if (put <= 0)
            return false;
        from += put;
        len -= (size_t)put;
    }
    return true;
}

static bool answer(char kind, const char *text, size_t len)
{
    char head[FRAME_HEAD];
    frame_write_head(head, kind, len);
    return write_all(head, sizeof head) && write_all(text, len);
}

/* CPU, not time: a busy machine is no fault of the program's. Its signal ends the process. */
static void limit_cpu(time_t seconds)
{
    struct itimerval limit = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_PROF, &limit, NULL);
}

static void on_complaint(void *context, jv message)
{
    Server *server = context;
    if (!*server->message && jv_get_kind(message) == JV_KIND_STRING)
        snprintf(server->message, sizeof server->message, "%s", jv_string_value(message));
    jv_free(message);
}

static bool compile(Server *server, const char *program)
{
    if (server->jq)
        jq_teardown(&server->jq);
    server->jq = jq_init();
    if (!server->jq)
        return false;
    *server->message = 0;
    jq_set_error_cb(server->jq, on_complaint, server);
    jq_set_input_cb(server->jq, NULL, NULL); /* jq_init leaves both as it finds them */
    jq_set_debug_cb(server->jq, NULL, NULL);
    if (jq_compile(server->jq, program))
        return answer('K', "", 0);
    jq_teardown(&server->jq);
    return answer('E', server->message, strlen(server->message));
}

static bool answer_text(char kind, jv text)
{
    size_t len = (size_t)jv_string_length_bytes(jv_copy(text));
    bool is_told = len <= OUTPUT_MAX ? answer(kind, jv_string_value(text), len)
                                     : answer('E', "The query's output is too large.", 32);
    jv_free(text);
    return is_told;
}

static bool answer_none(jv result)
{
    if (!jv_invalid_has_msg(jv_copy(result))) {
        jv_free(result);
        return answer('E', "The query has no output.", 24);
    }
    jv message = jv_invalid_get_msg(result);
    return answer_text('E', jv_get_kind(message) == JV_KIND_STRING ? message : jv_dump_string(message, 0));
}

static bool run(Server *server, const char *document, size_t len)
{
    jv input = jv_parse_sized(document, (int)len);
    if (!server->jq || !jv_is_valid(input)) {
        jv_free(input);
        return answer('E', "Non JSON record provided", 24);
    }
    jq_start(server->jq, input, 0);
    jv result = jq_next(server->jq);
    return jv_is_valid(result) ? answer_text('K', jv_dump_string(result, JV_PRINT_SORTED)) : answer_none(result);
}

static bool serve_one(Server *server)
{
    char head[FRAME_HEAD], kind;
    size_t len;
    if (!read_all(head, sizeof head))
        return false;
    frame_read_head(head, &kind, &len);
    if (len >= FRAME_MAX)
        return false;
    if (len + 1 > server->capacity) {
        server->capacity = 2 * len + 4096;
        server->frame = realloc(server->frame, server->capacity);
        if (!server->frame)
            return false;
    }
    if (!read_all(server->frame, len))
        return false;
    server->frame[len] = 0;
    limit_cpu(CPU_S);
    bool goes_on = kind == 'P' ? compile(server, server->frame) : run(server, server->frame, len);
    limit_cpu(0);
    return goes_on;
}

static void forbid(int what)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(what, &none);
}

int query_serve(void)
{
    static char *nothing[] = {NULL};
    Server server = {0};
    environ = nothing;     /* not NULL, as clearenv has it: jq reads it */
    forbid(RLIMIT_NOFILE); /* what is open stays open; nothing else can be opened: no file, no socket */
    forbid(RLIMIT_FSIZE);
    forbid(RLIMIT_CORE);
    forbid(RLIMIT_NPROC);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (serve_one(&server))
        continue;
    _exit(0); /* nothing is to be tidied up; a leak checker could not even open what it needs */
}
