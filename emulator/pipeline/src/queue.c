/* queue.c - a list that is pushed at its end and taken from its beginning. */
#include "exchange.h"

void queue_init(ExchangeQueue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
}

void queue_push(ExchangeQueue *queue, Exchange *exchange)
{
    exchange->next = NULL;
    *queue->last = exchange;
    queue->last = &exchange->next;
}

Exchange *queue_take(ExchangeQueue *queue)
{
    Exchange *first = queue->first;
    if (!first)
        return NULL;
    queue->first = first->next;
    if (!queue->first)
        queue->last = &queue->first;
    return first;
}
