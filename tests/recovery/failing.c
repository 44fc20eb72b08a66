/* failing.c - to be preloaded: one call of a kind fails, the others do not.
 *
 * FAILING=write:17:28  the 17th write (from 0) to the database's files fails with errno 28 (ENOSPC)
 * FAILING=sync:3:5     the same for fsync and fdatasync, here with EIO
 * FAILING=memory:900   the 900th allocation gives NULL
 * FAILING_TOLD=FILE  how many calls of the kind there were is written there at the end: for who wants to try them all
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KIND_NONE, KIND_WRITE, KIND_SYNC, KIND_MEMORY };

static struct {
    int kind, error;
    long at;
    const char *told;
    _Atomic long seen;
} failing;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

__attribute__((constructor)) static void configure(void)
{
    const char *text = getenv("FAILING");
    char kind[16] = "";
    failing.told = getenv("FAILING_TOLD");
    if (!text || sscanf(text, "%15[a-z]:%ld:%d", kind, &failing.at, &failing.error) < 2)
        return;
    failing.kind = !strcmp(kind, "write") ? KIND_WRITE : !strcmp(kind, "sync") ? KIND_SYNC : KIND_MEMORY;
}

__attribute__((destructor)) static void tell(void)
{
    FILE *file = failing.told ? fopen(failing.told, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%ld\n", (long)failing.seen);
    fclose(file);
}

static int is_database(int fd)
{
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len < 0)
        return 0;
    path[len] = '\0';
    return strstr(path, "/evpoc.db") != NULL;
}

static int strikes(int kind)
{
    return failing.kind == kind && failing.seen++ == failing.at;
}

static int strikes_file(int kind, int fd)
{
    if (failing.kind != kind || !is_database(fd) || !strikes(kind))
        return 0;
    errno = failing.error;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size)
{
    return strikes_file(KIND_WRITE, fd) ? -1 : NEXT(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return strikes_file(KIND_WRITE, fd) ? -1 : NEXT(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return strikes_file(KIND_WRITE, fd) ? -1 : NEXT(pwrite64)(fd, data, size, at);
}

int ftruncate(int fd, off_t size)
{
    return strikes_file(KIND_WRITE, fd) ? -1 : NEXT(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
    return strikes_file(KIND_WRITE, fd) ? -1 : NEXT(ftruncate64)(fd, size);
}

int fsync(int fd)
{
    return strikes_file(KIND_SYNC, fd) ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    return strikes_file(KIND_SYNC, fd) ? -1 : NEXT(fdatasync)(fd);
}

void *malloc(size_t size)
{
    return strikes(KIND_MEMORY) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return strikes(KIND_MEMORY) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return strikes(KIND_MEMORY) ? NULL : __libc_realloc(memory, size);
}
