/* source.c - the end of an answer's source, whoever has it last: net, or a call that was refused after all. */
#include "net.h"
#include <unistd.h>

void http_end_source(const HttpSource *source)
{
    if (!source->read && source->fd >= 0)
        close(source->fd);
    if (source->done)
        source->done(source->context);
}
