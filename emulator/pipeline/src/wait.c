/* wait.c - calls that are answered later, and bodies that flow meanwhile. */
#include "wait.h"

static void end_wait(Exchange *exchange)
{
    if (!exchange->is_waiting)
        return;
    exchange->is_waiting = false;
    exchange->pipeline->waiting--;
    exchange->request->on_gone = NULL;
    loop_timer_cancel(exchange->call.runtime->loop, &exchange->deadline);
}

static void cancel(Exchange *exchange)
{
    end_wait(exchange);
    if (exchange->wait.cancelled)
        exchange->wait.cancelled(exchange->wait.context);
}

/* Nobody gets the answer that is owed. */
static void give_up(Exchange *exchange)
{
    exchange->effect = FAULT_CUT;
    exchange->status = OK;
    queue_push(&exchange->pipeline->finished, exchange);
}

static void client_has_gone(HttpRequest *request)
{
    Exchange *exchange = request->owner;
    cancel(exchange);
    give_up(exchange);
}

static void deadline_is_over(LoopTimer *timer)
{
    Exchange *exchange = owner_of(timer, Exchange, deadline);
    cancel(exchange);
    exchange->status =
        fail(&exchange->call, &COMMON_SERVICE_UNAVAILABLE, "There was no answer within %lld ms. Please try again.",
             (long long)exchange->wait.deadline_ms);
    queue_push(&exchange->pipeline->finished, exchange);
}

void exchange_wait(Call *call, const CallWait *wait)
{
    Exchange *exchange = exchange_of(call);
    exchange->wait = *wait;
    exchange->is_waiting = true;
    exchange->pipeline->waiting++;
    exchange->request->on_gone = client_has_gone;
    exchange->deadline.due = deadline_is_over;
    if (wait->deadline_ms)
        loop_timer_set(call->runtime->loop, &exchange->deadline, loop_now_ms(call->runtime->loop) + wait->deadline_ms);
}

void exchange_finish(Call *call, Status status)
{
    Exchange *exchange = exchange_of(call);
    end_wait(exchange);
    exchange->status = status;
    queue_push(&exchange->pipeline->finished, exchange);
}

void exchange_go_on(Call *call, Status (*go_on)(Call *call, void *context), void *context)
{
    Exchange *exchange = exchange_of(call);
    end_wait(exchange);
    exchange->go_on = go_on;
    exchange->go_on_context = context;
    queue_push(&exchange->pipeline->taken, exchange);
}

static size_t write_body(void *context, Bytes bytes)
{
    const Exchange *exchange = context;
    return exchange->sink.write(exchange->sink.context, bytes);
}

static void end_body(void *context, bool is_whole)
{
    Exchange *exchange = context;
    if (exchange->sink.end)
        exchange->sink.end(exchange->sink.context, is_whole);
    if (is_whole)
        queue_push(&exchange->pipeline->taken, exchange);
    else
        give_up(exchange);
}

void exchange_take_body(Exchange *exchange)
{
    HttpSink sink = {write_body, end_body, exchange};
    exchange->call.body = exchange->sink.context;
    http_take_body(exchange->request, &sink);
}

void exchange_body_go_on(Call *call)
{
    http_body_go_on(exchange_of(call)->request);
}
