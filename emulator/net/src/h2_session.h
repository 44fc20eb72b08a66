/* h2_session.h - the server's side of one HTTP/2 connection without a socket: bytes in, bytes out, requests to the
 * owner of `transfers`. */
#pragma once
#include "transfer.h"

typedef struct H2Session H2Session;

/* on_output: there is something to send, outside of h2_session_receive. */
H2Session *h2_session_new(Transfers *transfers, bool is_tls, void (*on_output)(void *context), void *context);
H2Session *h2_session_free(H2Session *session); /* its clients are gone */

/* False: the bytes are no HTTP/2; what h2_session_send still has (a GOAWAY) may be sent before the connection is
 * closed.
 */
MUST_CHECK bool h2_session_receive(H2Session *session, Bytes bytes);
/* Appends what is to be sent, as far as the client's windows allow, until *out is about `most` bytes long. */
void h2_session_send(H2Session *session, Buffer *out, size_t most);
/* Nothing is to be read or written any more: streams that are open keep it going, also after the client's GOAWAY. */
bool h2_session_is_over(const H2Session *session);
bool h2_session_is_idle(const H2Session *session);     /* no stream is open */
bool h2_session_is_too_slow(const H2Session *session); /* a client that does not send or take; to be closed */
void h2_session_shut_down(H2Session *session);         /* GOAWAY; for an idle one */
