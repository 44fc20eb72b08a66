/* blob_layouts.c - two ways to keep large bytes, measured: rows of chunks in the store's SQLite file, and a file of
 * bytes beside it whose places the store keeps. What they cost decided how blobs are kept (emulator/store/README.md).
 *
 *     blob_layouts DIRECTORY [MiB in all, for each size of object]
 *
 * Put: memory to file, a turn for each 16 objects or 16 MiB, checksums made. Get: file to a TCP socket of this machine,
 * whose other end throws away what comes. CPU is that of the thread that does the work. Nothing is synced (--durability
 * commit). */
#include "blob.h"
#include "crc32c.h"
#include "store.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MIB         ((size_t)1024 * 1024)
#define CHUNK_BYTES ((size_t)256 * 1024) /* of a row; from 64 KiB to 1 MiB it makes little difference */
#define BLOCK_BYTES ((size_t)64 * 1024)  /* of the file: what one checksum is for */

typedef struct Layout {
    const char *name;
    void (*put)(int64_t id, size_t size);
    void (*get)(int64_t id, size_t size);
} Layout;

static Store *store;
static int file, client;
static off_t file_end;
static char *bytes; /* what is put: 1 MiB, again and again */
static size_t wal_most, resident_most;

static void check(bool is_fine, const char *what)
{
    if (!is_fine) {
        perror(what);
        exit(1);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t file_size(const char *suffix)
{
    char path[4096];
    struct stat found;
    snprintf(path, sizeof path, "%s%s", store_path(store), suffix);
    return stat(path, &found) ? 0 : (size_t)found.st_size;
}

static size_t resident(void)
{
    long pages = 0, total = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    check(statm && fscanf(statm, "%ld %ld", &total, &pages) == 2, "statm");
    fclose(statm);
    return (size_t)pages * 4096;
}

static void note_most(void)
{
    size_t wal = file_size("-wal"), now = resident();
    wal_most = wal > wal_most ? wal : wal_most;
    resident_most = now > resident_most ? now : resident_most;
}

static void send_all(const char *at, size_t len)
{
    for (ssize_t sent; len; at += sent, len -= (size_t)sent)
        check((sent = send(client, at, len, 0)) > 0, "send");
}

/* Rows of chunks */

static void put_rows(int64_t id, size_t size)
{
    static const Query put = {"INSERT INTO chunk (id, bytes) VALUES (?1, ?2)"};
    for (size_t at = 0; at < size; at += CHUNK_BYTES) {
        Statement *statement = statement_begin(store, &put);
        bind_int64(statement, 1, id << 20 | (int64_t)(at / CHUNK_BYTES));
        bind_bytes(statement, 2, (Bytes){bytes + at % MIB, size - at < CHUNK_BYTES ? size - at : CHUNK_BYTES});
        check(statement_run(statement) == STORE_OK, "insert");
        if ((at + CHUNK_BYTES) % (16 * MIB) == 0) {
            check(store_commit(store) == STORE_OK, "commit");
            note_most();
        }
    }
}

static void get_rows(int64_t id, size_t size)
{
    static const Query get = {"SELECT bytes FROM chunk WHERE id = ?1"};
    for (size_t at = 0; at < size; at += CHUNK_BYTES) {
        Statement *statement = statement_begin(store, &get);
        bind_int64(statement, 1, id << 20 | (int64_t)(at / CHUNK_BYTES));
        check(statement_one(statement) == STORE_ROW, "select");
        Bytes found = column_bytes(statement, 0);
        send_all(found.ptr, found.len);
        statement_end(statement);
    }
}

/* A file of bytes */

static void put_file(int64_t id, size_t size)
{
    static const Query put = {"INSERT INTO place (id, at, length, sums) VALUES (?1, ?2, ?3, ?4)"};
    uint32_t sums[1024];
    size_t count = 0;
    for (size_t at = 0; at < size; at += BLOCK_BYTES) {
        size_t len = size - at < BLOCK_BYTES ? size - at : BLOCK_BYTES;
        check(pwrite(file, bytes + at % MIB, len, file_end + (off_t)at) == (ssize_t)len, "pwrite");
        sums[count++ % 1024] = crc32c(0, bytes + at % MIB, len);
    }
    Statement *statement = statement_begin(store, &put);
    bind_int64(statement, 1, id);
    bind_int64(statement, 2, file_end);
    bind_int64(statement, 3, (int64_t)size);
    bind_bytes(statement, 4, (Bytes){(const char *)sums, count * 4});
    check(statement_run(statement) == STORE_OK, "insert");
    file_end += (off_t)((size + 4095) & ~(size_t)4095);
}

static bool find_place(int64_t id, off_t *ret_at)
{
    static const Query get = {"SELECT at, length FROM place WHERE id = ?1"};
    Statement *statement = statement_begin(store, &get);
    bind_int64(statement, 1, id);
    bool is_there = statement_one(statement) == STORE_ROW;
    *ret_at = column_int64(statement, 0);
    statement_end(statement);
    return is_there;
}

static void get_file(int64_t id, size_t size)
{
    off_t at;
    check(find_place(id, &at), "select");
    for (ssize_t sent; size; size -= (size_t)sent)
        check((sent = sendfile(client, file, &at, size)) > 0, "sendfile");
}

/* As above, but read, checked and sent. */
static void get_file_checked(int64_t id, size_t size)
{
    static char room[BLOCK_BYTES];
    static volatile uint32_t sum;
    off_t at;
    check(find_place(id, &at), "select");
    for (size_t len; size; size -= len, at += (off_t)len) {
        len = size < BLOCK_BYTES ? size : BLOCK_BYTES;
        check(pread(file, room, len, at) == (ssize_t)len, "pread");
        sum = crc32c(sum, room, len);
        send_all(room, len);
    }
}

/* What came of it: blob.h */

static int64_t *ids;

static void put_blob(int64_t id, size_t size)
{
    BlobWriter *writer;
    check(blob_begin(store, size, &writer) == STORE_OK, "blob_begin");
    for (size_t at = 0, len; at < size; at += len) {
        len = size - at < BLOCK_BYTES ? size - at : BLOCK_BYTES;
        check(blob_write(writer, (Bytes){bytes + at % MIB, len}) == STORE_OK, "blob_write");
    }
    check(blob_keep(writer, &ids[id]) == STORE_OK, "blob_keep");
    blob_writer_free(writer);
}

static void send_small(Blob *blob)
{
    char room[4096];
    size_t len;
    check(blob_read(blob, 0, room, sizeof room, &len) == STORE_OK, "blob_read");
    send_all(room, len);
}

static void get_blob(int64_t id, size_t size)
{
    Blob *blob;
    BlobRange range;
    check(blob_hold(store, ids[id], &blob) == STORE_OK, "blob_hold");
    if (blob_open_range(blob, 0, size, &range) == STORE_OK) {
        off_t at = (off_t)range.fd_at;
        for (ssize_t sent; size; size -= (size_t)sent)
            check((sent = sendfile(client, range.fd, &at, size)) > 0, "sendfile");
        close(range.fd);
    } else {
        send_small(blob);
    }
    blob_let_go(blob);
}

static void drop_blob(int64_t id, size_t size)
{
    (void)size;
    check(blob_drop(store, ids[id]) == STORE_OK, "blob_drop");
}

static void measure(const char *name, void (*work)(int64_t, size_t), int64_t first, size_t size, size_t total);

static void measure_blobs(size_t size, size_t total)
{
    check((ids = calloc(total / size + 1, sizeof *ids)), "memory");
    measure("blob.h: put", put_blob, 0, size, total);
    measure("blob.h: get", get_blob, 0, size, total);
    measure("blob.h: drop", drop_blob, 0, size, total);
    size_t warm = total < 128 * MIB ? total : 128 * MIB;
    measure("blob.h: put where one was", put_blob, 0, size, warm);
    measure("blob.h: drop", drop_blob, 0, size, warm);
    free(ids);
}

/* The other end */

static void *drain(void *context)
{
    int fd = *(int *)context;
    static char room[MIB];
    while (recv(fd, room, sizeof room, MSG_TRUNC) > 0)
        continue;
    return NULL;
}

static void connect_drain(void)
{
    static int other;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    check(!bind(listener, (struct sockaddr *)&address, len) && !listen(listener, 1), "listen");
    check(!getsockname(listener, (struct sockaddr *)&address, &len), "getsockname");
    check(!connect(client, (struct sockaddr *)&address, len), "connect");
    other = accept(listener, NULL, NULL);
    check(other >= 0 && !pthread_create(&thread, NULL, drain, &other), "accept");
}

static void measure(const char *name, void (*work)(int64_t, size_t), int64_t first, size_t size, size_t total)
{
    size_t count = total / size, per_turn = size > MIB ? 1 : 16;
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    wal_most = 0;
    for (size_t i = 0; i < count; i++) {
        work(first + (int64_t)i, size);
        if ((i + 1) % per_turn == 0)
            check(store_commit(store) == STORE_OK, "commit");
        if (i % 64 == 0)
            note_most();
    }
    check(store_commit(store) == STORE_OK, "commit");
    wall = seconds(CLOCK_MONOTONIC) - wall, cpu = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    double mib = (double)(count * size) / (double)MIB;
    printf("%-28s %7zu KiB %9.0f MiB/s %8.0f us CPU/MiB %7.1f us CPU/object   WAL %4zu MiB, resident %3zu MiB\n", name,
           size / 1024, mib / wall, cpu * 1e6 / mib, cpu * 1e6 / (double)count, wal_most / MIB, resident_most / MIB);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const Layout layouts[] = {{"rows of chunks", put_rows, get_rows}, {"file, sendfile", put_file, get_file}};
    static const size_t sizes[] = {1024, 64 * 1024, MIB, 64 * MIB};
    const Migration tables = {
        "bench", (const char *const[]){
                     "CREATE TABLE chunk (id INTEGER PRIMARY KEY, bytes BLOB)",
                     "CREATE TABLE place (id INTEGER PRIMARY KEY, at INTEGER, length INTEGER, sums BLOB)", NULL}};
    const char *reason = "usage: blob_layouts DIRECTORY [MiB]";
    if (argc < 2 || store_open(argv[1], DURABILITY_COMMIT, &store, &reason) != STORE_OK) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    check(store_migrate(store, &tables) == STORE_OK, "migrate");
    char path[4096];
    snprintf(path, sizeof path, "%s/bytes", argv[1]);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(file >= 0 && (bytes = malloc(MIB)), path);
    for (size_t i = 0; i < MIB; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    connect_drain();
    size_t total = (argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 512) * MIB;
    check(blob_open(store) == STORE_OK && store_commit(store) == STORE_OK, "blob_open");
    for (int64_t i = 0, id = 1; i < 4; i++, id += 1 << 22) {
        for (int l = 0; l < 2; l++) {
            char name[64];
            size_t all = sizes[i] == 1024 ? total / 16 : total;
            snprintf(name, sizeof name, "%s: put", layouts[l].name);
            measure(name, layouts[l].put, id, sizes[i], all);
            snprintf(name, sizeof name, "%s: get", layouts[l].name);
            measure(name, layouts[l].get, id, sizes[i], all);
            if (l)
                measure("file, read and checked: get", get_file_checked, id, sizes[i], all);
        }
        measure_blobs(sizes[i], sizes[i] == 1024 ? total / 16 : total);
    }
    store_close(store);
    return 0;
}
