/* h2_connection.c - an HTTP/2 session on its socket, plain or inside TLS. Output is made only as the socket takes it.
 */
#include "connection_private.h"

#define OUT_BYTES      ((size_t)128 * 1024)
#define WRITES_A_ROUND 16
#define READS_A_ROUND  8 /* so that one client cannot keep the others waiting; fewer where many have much to say */
#define OUT_KEPT_BYTES ((size_t)256 * 1024)

/* False: blocked or broken. */
static bool write_out(Connection *connection)
{
    Buffer *out = &connection->out;
    while (connection->out_sent < out->len) {
        ssize_t len = transport_write(
            connection, bytes_slice(buffer_bytes(out), connection->out_sent, out->len - connection->out_sent));
        if (len == TRANSPORT_AGAIN) {
            connection_watch(connection, EPOLLIN | EPOLLOUT);
            return false;
        }
        if (len < 0) {
            connection_close(connection);
            return false;
        }
        connection->out_sent += (size_t)len;
    }
    connection->out_sent = out->len = 0;
    return true;
}

static void h2_flush(Connection *connection)
{
    for (int i = 0; write_out(connection); i++) {
        if (i == WRITES_A_ROUND) { /* a fast reader of a long answer holds nobody else up */
            connection_watch(connection, EPOLLIN | EPOLLOUT);
            return;
        }
        h2_session_send(connection->h2, &connection->out, OUT_BYTES);
        transfers_count(&connection->net->transfers, &connection->out_held, connection->out.len);
        if (connection->out.len)
            continue;
        if (connection->out.capacity > OUT_KEPT_BYTES)
            buffer_done(&connection->out);
        if (h2_session_is_over(connection->h2))
            connection_close(connection);
        else
            connection_watch(connection, EPOLLIN);
        return;
    }
}

static void read_in(Connection *connection)
{
    Net *net = connection->net;
    for (int i = 0; i < READS_A_ROUND; i++) {
        ssize_t len = transport_read(connection, net->read_buffer, READ_BYTES);
        if (len == TRANSPORT_AGAIN)
            return;
        if (len <= 0) {
            connection_close(connection);
            return;
        }
        if (!h2_session_receive(connection->h2, (Bytes){net->read_buffer, (size_t)len})) {
            h2_flush(connection); /* a GOAWAY says why */
            connection_close(connection);
            return;
        }
        /* A short read has emptied the socket; but of TLS there may be another record in hand. */
        if (((size_t)len < READ_BYTES && !connection->tls) || transfers_round_is_over(&net->transfers))
            return;
    }
}

static void h2_ready(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Connection, watch);
    connection->active_ms = loop_now_ms(connection->net->loop);
    if (events & ~(uint32_t)EPOLLOUT && !transfers_round_is_over(&connection->net->transfers))
        read_in(connection);
    if (!connection->is_dead)
        h2_flush(connection);
}

static void on_output(void *context)
{
    Connection *connection = context;
    if (connection->is_changed || connection->is_dead)
        return;
    connection->is_changed = true;
    connection->next_changed = connection->net->changed;
    connection->net->changed = connection;
}

static void h2_sweep(Connection *connection)
{
    const Net *net = connection->net;
    int64_t idle_ms = INT64_C(1000) * (net->options.idle_s ? net->options.idle_s : LIMIT_IDLE_S);
    bool is_slow = h2_session_is_too_slow(connection->h2);
    bool is_idle = loop_now_ms(net->loop) - connection->active_ms > idle_ms && h2_session_is_idle(connection->h2);
    if (!is_slow && !is_idle)
        return;
    if (!is_slow) { /* it is told */
        h2_session_shut_down(connection->h2);
        h2_flush(connection);
    }
    connection_close(connection);
}

static bool h2_is_busy(const Connection *connection)
{
    return !h2_session_is_idle(connection->h2);
}

static void h2_close(Connection *connection)
{
    connection->h2 = h2_session_free(connection->h2);
    transfers_count(&connection->net->transfers, &connection->out_held, 0);
}

static const Driver h2_driver = {h2_flush, h2_sweep, h2_is_busy, h2_close};

void h2_start(Connection *connection, Bytes first)
{
    connection->watch.ready = h2_ready;
    connection->driver = &h2_driver;
    connection->h2 = h2_session_new(&connection->net->transfers, connection->tls != NULL, on_output, connection);
    connection_watch(connection, EPOLLIN);
    if (first.len && !h2_session_receive(connection->h2, first)) {
        connection_close(connection);
        return;
    }
    read_in(connection);
    if (!connection->is_dead)
        h2_flush(connection);
}
