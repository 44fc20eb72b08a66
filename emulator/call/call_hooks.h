/* call_hooks.h - what the pipeline gives a Call so that handlers can wait and stream without knowing the pipeline. Not
 * for services. */
#pragma once
#include "call.h"

typedef struct CallHooks {
    void (*wait)(Call *call, const CallWait *wait);
    void (*finish)(Call *call, Status status);
    void (*go_on)(Call *call, Status (*go_on)(Call *call, void *context), void *context);
    void (*body_go_on)(Call *call);
    EventStream *(*stream_open)(Call *call, void (*on_close)(void *context), void *context);
    void (*stream_send)(EventStream *stream, int field, const void *event);
    size_t (*stream_backlog)(const EventStream *stream);
    void (*stream_end)(EventStream *stream);
    void (*stream_fail)(EventStream *stream, const ErrorModel *error, Bytes message);
} CallHooks;

/* Every EventStream starts with this: the pipeline's own struct has it as its first member. */
struct EventStream {
    const CallHooks *hooks;
};
