/* queue.h - exchanges in the order in which they came. */
#pragma once

typedef struct Exchange Exchange;

typedef struct ExchangeQueue {
    Exchange *first, **last;
} ExchangeQueue;

void queue_init(ExchangeQueue *queue);
void queue_push(ExchangeQueue *queue, Exchange *exchange);
Exchange *queue_take(ExchangeQueue *queue); /* the first; NULL: none */
