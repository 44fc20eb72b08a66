/* query.h - programs of jq over JSON documents. libjq knows no bounds of time or memory, and its parser was not made
 * for strangers' text: so they run in a process of their own, which has no environment, can open nothing, and may use
 * so much memory and so much CPU for each document. What it dies of is told of the document at hand; the next ones go
 * on in another.
 *
 * That process is this program again, with QUERY_ARGUMENT: main calls query_serve. */
#pragma once
#include "arena.h"
#include "loop.h"

#define QUERY_ARGUMENT "--answer-queries"

typedef struct QueryResult {
    bool is_good;
    Bytes text; /* the program's first output as JSON, its members sorted; or why there is none */
} QueryResult;

/* The owner's; nothing of it is touched after done. */
typedef struct QueryJob {
    Bytes program;
    const Bytes *inputs;
    size_t count; /* 0: only whether the program can be compiled */
    Arena *arena; /* of the results' texts */
    void (*done)(struct QueryJob *job, void *context);
    void *context;
    /* Set when done: */
    QueryResult *results; /* `count` of them; where the program is refused, each says why */
    bool is_refused;      /* it cannot be compiled */
    Bytes message;        /* why */
    /* For query.c. */
    struct QueryJob *next;
    size_t answered;
    bool is_compiled;
    int deaths;
} QueryJob;

typedef struct Queries Queries;

/* path: of the program that serves; NULL: there is none, each job fails. Nothing is started before it is needed. */
Queries *queries_new(Loop *loop, const char *path);
Queries *queries_free(Queries *queries);          /* NULL is fine; jobs that are not done are forgotten; returns NULL */
void queries_do(Queries *queries, QueryJob *job); /* done is called later, from the loop */
void queries_forget(Queries *queries,
                    const QueryJob *job); /* done will not be called; fine for one that is not there */

/* A name in the program that reaches beyond its document: input, env, import … ; absent: there is none. */
Bytes query_forbidden_name(Bytes program);

int query_serve(void); /* the exit status */
