/* transfer.h - one request and its answer, whatever protocol carries them: from the first header until the answer has
 * left. The protocols fill it in, the owner answers it, and the last of the two to let go frees it. */
#pragma once
#include "clock.h"
#include "net.h"

/* The rest of a body that is refused or answered is read and dropped up to here: a client that is still writing would
 * not see the answer of a connection that is closed on it. */
#define DRAIN_MAX ((uint64_t)256 * 1024 * 1024)

typedef struct Transfer Transfer;
typedef struct Transfers Transfers;

/* What a protocol does with the owner's answer. None is called once transfer_end was. */
typedef struct Carrier {
    /* The body is in transfer->answer_body already. Keeps nothing that lies in the request's arena, ends nothing. */
    void (*answer)(Transfer *transfer, const HttpResponse *response);
    void (*stream_start)(Transfer *transfer, const HttpResponse *head);
    void (*stream_changed)(Transfer *transfer); /* there is more to send, or the end */
    void (*cut)(Transfer *transfer);            /* instead of an answer */
    void (*hang_up)(Transfer *transfer);        /* its client is too slow: the connection goes, soon */
    void (*body_wanted)(Transfer *transfer);    /* its sink takes bytes, for the first time or again */
    /* The client has taken some of the answer since this was asked last; NULL: it is noted as it goes. */
    bool (*has_progress)(Transfer *transfer);
    void (*tunnel_over)(Transfer *transfer); /* closes the connection, soon; NULL: it hands none on */
} Carrier;

struct HttpStream {
    Buffer written;
    size_t taken;        /* of written */
    Buffer pieces;       /* the length of each write that is not wholly taken (uint32_t), of the first what is left */
    size_t pieces_taken; /* bytes of pieces */
    bool ended;
    bool gone; /* on_close is being called */
    void (*on_close)(void *context);
    void *context;
};

typedef enum H1Phase { H1_HEAD, H1_HEAD_WAITS, H1_BODY, H1_REFUSED_EARLY } H1Phase;

/* Its way, and the members that say where it is:
 *
 *   head ─┬─ body collected ──► whole ─ (waits) ─► delivered ─► answered ──────────────────────► all sent ─┐
 *         │                       a request that net refuses goes the same way                             ├─► freed
 *         └─ body flows ──► delivered ─► sink.write ─► sink_has_end ─► answered ───────────────► all sent ─┘
 *                                └─────── answered: a refusal, and the rest of the body is dropped ───►
 *
 *   answered is the owner's end: http_respond, http_cut, or a stream or tunnel, each of which has an end of its own.
 *   ended is the protocol's: all is sent, or the client is gone. The two come in either order, and it is freed when
 *   both have: so a client that leaves early is no special case to the owner, nor a late answer to the protocol.
 *   told_gone: the owner knows, and its answer will reach nobody. hung_up: the client is being got rid of. */
struct Transfer {
    HttpRequest request; /* first: a HttpRequest * is its Transfer * */
    Transfers *all;
    const Carrier *carrier;
    Transfer *previous, *next;
    Transfer *next_waiting;
    size_t headers_bytes;
    size_t body_max;
    uint64_t content_length; /* UINT64_MAX: not told */
    int64_t since_ms;        /* the request's beginning; then the answer's */
    size_t held;             /* of all->held */
    size_t arena_held;       /* of held: what the request's arena had when it was last looked at */
    Buffer body, inflated;
    bool expects_continue;
    bool delivered, answered, ended; /* ended: the protocol has let go */
    bool waits;                      /* whole, but for a later round to deliver */
    bool told_gone, hung_up;
    bool is_stream;
    HttpSink sink; /* of a body that flows; write NULL: not taken yet */
    bool sink_is_full, sink_has_end;
    size_t progress; /* bytes of the body since since_ms was set */
    HttpSource source;
    bool has_source;
    HttpStream stream;
    HttpTunnel *tunnel; /* the answer is 101; NULL: another one */
    Buffer answer_body;
    size_t answer_sent;
    union {
        struct TransferH1 {
            struct H1Connection *connection;
            struct MHD_Response *response;
            struct MHD_UpgradeResponseHandle *upgrade; /* the socket is the tunnel's; NULL: libmicrohttpd's */
            int status;
            H1Phase phase;
            int64_t rests_until_ms; /* a stream: its first piece is sent, the second not before; 0: none is sent */
            uint64_t round;         /* in which it was delivered */
            uint64_t drained;       /* of the body */
            bool suspended, client_gone, has_trailers;
            uint64_t acked; /* bytes of the connection, when its progress was looked at last */
        } h1;
        struct TransferH2 {
            struct H2Session *session;
            Transfer *previous, *next; /* of its session */
            int32_t stream_id;
            bool request_is_whole, deferred, has_our_word;
            uint64_t drained;
        } h2;
    };
    HttpHeader trailers[LIMIT_TRAILERS];
    HttpHeader headers[LIMIT_HEADERS]; /* these two last: not cleared for the next use */
};

struct Transfers {
    const NetOptions *options;
    Clock *clock;
    Transfer *spare;
    size_t spare_count;
    Transfer *first; /* all that are not spare */
    size_t open;     /* delivered and not yet freed */
    size_t delivered;
    Transfer *waiting_first, *waiting_last;
    int64_t round_ends_ns; /* when others' turn has come; 0: never */
    size_t held;           /* bytes of bodies and answers */
    bool is_pressed;       /* memory for requests and answers gets scarce */
    size_t streams_gone;   /* opened for a client that had gone already, and not told so yet */
    int64_t date_second;
    char date[32];
};

static inline int64_t transfers_now_ms(const Transfers *all)
{
    return loop_now_ms(all->options->loop);
}

void transfers_init(Transfers *all, const NetOptions *options);
void transfers_done(Transfers *all); /* frees also those that their owner has not answered */

bool transfers_have_room(Transfers *all); /* false: no new request may come in; noted for the next sweep */

Transfer *transfer_new(Transfers *all, const Carrier *carrier);
void transfer_free(Transfer *transfer);

/* The request, as it comes. What is over a limit sets refused_status and is left out. */
void transfer_set_target(Transfer *transfer, Bytes target); /* path?query */
void transfer_add_header(Transfer *transfer, Bytes name, Bytes value);
bool transfer_take_header_room(Transfer *transfer, size_t bytes); /* for what it does not add itself */
void transfer_end_head(Transfer *transfer);                       /* asks the owner how large the body may be */
void transfer_add_body(Transfer *transfer, Bytes bytes);
void transfer_add_trailer(Transfer *transfer, Bytes name, Bytes value);
/* Of a body that flows: how many of the bytes its sink has taken; fewer than all: body_wanted is called when it takes
 * more. */
size_t transfer_flow(Transfer *transfer, Bytes bytes);
void transfer_end_flow(Transfer *transfer, bool is_whole); /* fine to call again */
void transfer_note_progress(Transfer *transfer, size_t bytes);
void transfer_take_source(Transfer *transfer, const HttpSource *source); /* it is the answer's from here on */
/* Bytes of the answer's source; < 0: it has failed. */
ssize_t transfer_read_source(Transfer *transfer, uint64_t at, char *to, size_t room);
void transfer_end_source(Transfer *transfer);              /* nothing more is read; fine to call again */
uint64_t transfer_answer_length(const Transfer *transfer); /* of what is no stream */
/* Hands it to the owner, once; who may answer before this returns. Not now but in a later round where its body is to
 * be inflated, which takes its time, and this round has taken long already. */
void transfer_deliver(Transfer *transfer);

/* What is done for clients from now on is one round's; each does at least a step in it, then looks whether it is over.
 */
void transfers_begin_round(Transfers *all);
bool transfers_round_is_over(const Transfers *all);
/* Delivers what waits from earlier rounds, the oldest first. */
void transfers_deliver_waiting(Transfers *all);
/* Of what may be held in all; given back with the transfer. */
void transfer_hold(Transfer *transfer, size_t bytes);
void transfer_release(Transfer *transfer, size_t bytes);
/* Other memory of a connection's: *counted is what of it is held already. */
void transfers_count(Transfers *all, size_t *counted, size_t now);

/* The client cannot be reached any more; for an answer that is still owed. */
void transfer_client_gone(Transfer *transfer);
/* The protocol lets go: all has been sent, or the client is gone. The transfer may not be touched after. */
void transfer_end(Transfer *transfer);

/* Hangs up on clients that have not sent their request, or not taken their answer, for too long. */
void transfers_sweep(Transfers *all);

/* Calls on_close of the streams that were opened for a client that had gone. */
void transfers_tell_gone(Transfers *all);

static inline Bytes stream_pending(const HttpStream *stream)
{
    return bytes_slice(buffer_bytes(&stream->written), stream->taken, stream->written.len - stream->taken);
}
/* As far as one write of the owner's goes. */
Bytes stream_piece(const HttpStream *stream);
void stream_take(HttpStream *stream, size_t count);

/* RFC 9110 date of now; valid until the next call. */
Bytes transfers_date(Transfers *all);
