/* dynamodb_item.h - what the targets of DynamoDB share: bodies read, items that come back as they were kept, values
 * that are compared as a naive reader would, and a budget like a call's. */
#pragma once
#include "budget.h"
#include "expression.h"
#include "fuzz.h"
#include "wire.h"
#include <setjmp.h>

static inline Bytes stored_form(Arena *arena, const Item *item)
{
    Buffer buffer = {0};
    item_encode(&buffer, item);
    Bytes stored = {memcpy(arena_take_raw(arena, buffer.len), buffer.ptr, buffer.len), buffer.len};
    buffer_done(&buffer);
    return stored;
}

/* What is kept comes back as it was. */
static inline void check_stored(Arena *arena, const Item *item)
{
    Bytes stored = stored_form(arena, item);
    Item again = item_decode(arena, stored);
    size_t size = item_size(item);
    EXPECT(bytes_equal(stored, stored_form(arena, &again)));
    EXPECT(size == item_size(&again));
    EXPECT(size <= 10 ? item_size_within(item, 10) == size : item_size_within(item, 10) > 10);
}

/* As one would write it who has time. */
static inline bool naively_equal(const Value *a, const Value *b)
{
    bool is_equal = a->kind == b->kind;
    if (is_equal && a->kind >= VALUE_S && a->kind <= VALUE_B)
        return bytes_equal(a->s, b->s);
    if (is_equal && a->kind == VALUE_BOOL)
        return a->bool_ == b->bool_;
    if (!is_equal || a->kind == VALUE_NULL)
        return is_equal;
    is_equal = a->l.len == b->l.len; /* lists, maps and sets alike */
    for (size_t i = 0; i < a->l.len && is_equal; i++)
        if (a->kind == VALUE_L) {
            is_equal = naively_equal(&a->l.items[i], &b->l.items[i]);
        } else if (a->kind == VALUE_M) {
            const Attribute *member = &AS_ITEM(&a->m)->items[i];
            const Value *other = item_get(AS_ITEM(&b->m), member->key);
            is_equal = other && naively_equal(&member->value, other);
        } else {
            is_equal = list_of_bytes_has(b->ss.items, b->ss.len, a->ss.items[i]);
        }
    return is_equal;
}

#define COMPARED_MAX 8 /* attributes with each other */

static inline void check_comparisons(Arena *arena, const Item *item)
{
    for (size_t i = 0; i < item->len && i < COMPARED_MAX; i++)
        for (size_t j = 0; j < item->len && j < COMPARED_MAX; j++) {
            const Value *a = &item->items[i].value, *b = &item->items[j].value;
            bool is_equal = value_equal(arena, a, b);
            EXPECT(is_equal == naively_equal(a, b));
            EXPECT(!is_equal || value_hash(a, 7) == value_hash(b, 7));
        }
}

/* False: no such request reaches a handler. */
static inline bool read_body(Call *call, const Shape *shape, Bytes body, void *ret)
{
    static Validator *validator;
    Complaints complaints;
    validator = validator ? validator : validator_new();
    return json_decode(call->arena, shape, body, ret, &call->message) == WIRE_OK &&
           !validate(validator, call->arena, shape, ret, &complaints);
}

/* Whatever a request is, it ends: with an answer, with an error that a client can be told, or given up. */
static jmp_buf given_up;

static inline void give_up(void *context, BudgetKind kind) __attribute__((noreturn));
static inline void give_up(void *context, BudgetKind kind)
{
    (void)context, (void)kind;
    longjmp(given_up, 1);
}

static inline void run_bounded(Status (*run)(Call *call, Bytes body), Call *call, Bytes body)
{
    if (setjmp(given_up))
        return;
    Status status = run(call, body);
    EXPECT(is_ok(status) || (call->error && !call->fault_file && present(call->message)));
}

static inline void run_call(Status (*run)(Call *call, Bytes body), Bytes body)
{
    const Budget budget = {16 * 1024 * 1024, 1000000, 1024 * 1024, give_up, NULL};
    Call call = {.arena = arena_new()};
    budget_set(call.arena, &budget);
    run_bounded(run, &call, body);
    arena_free(call.arena);
}
