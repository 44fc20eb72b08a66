/* parcel.h - what subscriptions deliver, as AWS packs it: gzip of a JSON object with some of a stream's events.
 * aws: User Guide, "Subscription filters with Kinesis Data Streams". */
#pragma once
#include "events.h"

typedef struct ParcelEvent {
    EventPlace place;
    Bytes message;
} ParcelEvent;

typedef struct ParcelLabel {
    Bytes owner, group, stream, filter;
} ParcelLabel;

/* Packs events from *at on, as many as fit one record, and moves it behind them. */
Bytes parcel_pack(Arena *arena, const ParcelLabel *label, const ParcelEvent *events, size_t count, size_t *at);
Bytes parcel_of_control(const Scope *scope, const char *words);
