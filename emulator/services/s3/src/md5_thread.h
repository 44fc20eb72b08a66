/* md5_thread.h - MD5 of what other services make objects of, on a thread of its own: it takes longer than all else that
 * is done to these bytes, and a chain of MD5 cannot be made faster (md5_stream.h takes several at once, where there are
 * several). The loop's thread goes on meanwhile, and waits only where the thread has much to do still. */
#pragma once
#include "bytes.h"
#include <nettle/md5.h>

typedef struct Md5Thread Md5Thread;

Md5Thread *md5_thread_new(void);               /* it starts with the first bytes */
Md5Thread *md5_thread_free(Md5Thread *thread); /* NULL is fine; returns NULL; nothing is owed any more */
void md5_thread_add(Md5Thread *thread, struct md5_ctx *md5, Bytes bytes); /* copied; in the order in which they come */
void md5_thread_wait(Md5Thread *thread, const struct md5_ctx *md5);       /* all that was added is in it */
