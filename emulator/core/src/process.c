/* process.c - vfork and exec, pipes, and a pidfd that the loop watches. */
#include "process.h"
#include "buffer.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES 65536

typedef struct Pipe {
    Watch watch; /* our end */
    int theirs;  /* until it runs; -1 */
} Pipe;

struct Process {
    Loop *loop;
    ProcessOptions options;
    pid_t id;
    Watch end; /* a pidfd */
    Pipe input, output, error;
    Buffer to_write;
    size_t written; /* of to_write */
    bool input_ends, has_ended;
    int status;
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipe_close(Process *process, Pipe *pipe)
{
    if (pipe->watch.fd >= 0)
        loop_watch(process->loop, &pipe->watch, 0);
    close_end(&pipe->watch.fd);
    close_end(&pipe->theirs);
}

static bool read_some(Process *process, Pipe *pipe, int which)
{
    char bytes[READ_BYTES];
    ssize_t len = read(pipe->watch.fd, bytes, sizeof bytes);
    if (len > 0)
        process->options.on_output(process->options.context, which, (Bytes){bytes, (size_t)len});
    else if (len == 0 || (errno != EAGAIN && errno != EINTR))
        pipe_close(process, pipe);
    return len > 0;
}

static void output_ready(Watch *watch, uint32_t events)
{
    Process *process = owner_of(watch, Process, output.watch);
    (void)events;
    (void)read_some(process, &process->output, 1);
}

static void error_ready(Watch *watch, uint32_t events)
{
    Process *process = owner_of(watch, Process, error.watch);
    (void)events;
    (void)read_some(process, &process->error, 2);
}

/* What it has started may hold its pipes open for ever: what is in them now is all that is waited for. */
static void drain(Process *process, Pipe *pipe, int which)
{
    while (pipe->watch.fd >= 0 && read_some(process, pipe, which))
        ;
    pipe_close(process, pipe);
}

/* It is not reaped yet: so nobody else can get its number, which is also that of its group. */
static bool look_for_end(Process *process)
{
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid != process->id)
        return false;
    process->has_ended = true;
    process->status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
    return true;
}

static void end_ready(Watch *watch, uint32_t events)
{
    Process *process = owner_of(watch, Process, end);
    (void)events;
    if (!look_for_end(process))
        return;
    loop_watch(process->loop, watch, 0);
    close_end(&watch->fd);
    pipe_close(process, &process->input);
    drain(process, &process->output, 1);
    drain(process, &process->error, 2);
    process->options.on_exit(process->options.context, process->status);
}

static void input_ready(Watch *watch, uint32_t events)
{
    Process *process = owner_of(watch, Process, input.watch);
    Buffer *to_write = &process->to_write;
    (void)events;
    ssize_t len = write(watch->fd, to_write->ptr + process->written, to_write->len - process->written);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len > 0)
        process->written += (size_t)len;
    if (process->written == to_write->len) {
        process->written = to_write->len = 0;
        loop_watch(process->loop, watch, 0);
    }
    if (len < 0 || (process->input_ends && !to_write->len))
        pipe_close(process, &process->input);
}

bool process_write(Process *process, Bytes bytes)
{
    if (process->input.watch.fd < 0 || process->input_ends)
        return false;
    buffer_append(&process->to_write, bytes);
    if (process->to_write.len)
        loop_watch(process->loop, &process->input.watch, EPOLLOUT);
    return true;
}

void process_end_input(Process *process)
{
    process->input_ends = true;
    if (!process->to_write.len)
        pipe_close(process, &process->input);
}

void process_signal(Process *process, int number)
{
    kill(-process->id, number);
}

static int pipe_open(Pipe *pipe, bool is_input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    pipe->watch.fd = ends[is_input ? 1 : 0];
    pipe->theirs = ends[is_input ? 0 : 1];
    return fcntl(pipe->watch.fd, F_SETFL, O_NONBLOCK) ? errno : 0;
}

static int open_pipes(Process *process)
{
    const ProcessOptions *options = &process->options;
    int code = 0;
    if (options->has_input)
        code = pipe_open(&process->input, true);
    else if ((process->input.theirs = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
        code = errno;
    if (!code && options->on_output)
        code = pipe_open(&process->output, false);
    if (!code && options->on_output)
        code = pipe_open(&process->error, false);
    return code;
}

static void limit(int what, uint64_t most)
{
    struct rlimit limits = {most, most};
    if (most)
        (void)setrlimit(what, &limits);
}

/* In the child, which may share our memory until execve: nothing here may change any of it. Why it failed goes through
 * a pipe that closes at execve. */
__attribute__((noreturn)) static void become(const Process *process, int failure_fd)
{
    const ProcessOptions *options = &process->options;
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    bool is_ready = dup2(process->input.theirs, 0) == 0;
    if (is_ready && options->on_output)
        is_ready = dup2(process->output.theirs, 1) == 1 && dup2(process->error.theirs, 2) == 2;
    if (is_ready && options->directory)
        is_ready = chdir(options->directory) == 0;
    limit(RLIMIT_AS, options->memory_max);
    limit(RLIMIT_FSIZE, options->file_max);
    limit(RLIMIT_NOFILE, options->files_max);
    limit(RLIMIT_CPU, options->cpu_max_s);
    if (is_ready)
        execve(options->path, (char *const *)(uintptr_t)options->arguments,
               (char *const *)(uintptr_t)options->environment);
    int error = errno;
    _exit(write(failure_fd, &error, sizeof error) == (ssize_t)sizeof error ? 127 : 126);
}

/* Signals wait until the child has handlers of its own: ours would run in it. */
static int spawn(Process *process)
{
    sigset_t all, before;
    int failure[2], error = 0;
    if (pipe2(failure, O_CLOEXEC))
        return errno;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t id = vfork();
    if (id == 0)
        become(process, failure[1]);
    int failed = id < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(failure[1]);
    if (read(failure[0], &error, sizeof error) == (ssize_t)sizeof error)
        failed = error;
    close(failure[0]);
    if (id > 0 && failed)
        waitpid(id, NULL, 0);
    process->id = failed ? 0 : id;
    return failed;
}

static int watch_end(Process *process)
{
    process->end.fd = (int)syscall(SYS_pidfd_open, process->id, 0);
    if (process->end.fd < 0)
        return errno;
    (void)fcntl(process->end.fd, F_SETFD, FD_CLOEXEC);
    loop_watch(process->loop, &process->end, EPOLLIN);
    close_end(&process->input.theirs);
    close_end(&process->output.theirs);
    close_end(&process->error.theirs);
    if (process->output.watch.fd >= 0)
        loop_watch(process->loop, &process->output.watch, EPOLLIN);
    if (process->error.watch.fd >= 0)
        loop_watch(process->loop, &process->error.watch, EPOLLIN);
    return 0;
}

int process_start(Loop *loop, const ProcessOptions *options, Process **ret_process)
{
    Process *process = calloc(1, sizeof *process);
    if (!process)
        abort();
    process->loop = loop;
    process->options = *options;
    process->end = (Watch){end_ready, -1, 0};
    process->input = (Pipe){{input_ready, -1, 0}, -1};
    process->output = (Pipe){{output_ready, -1, 0}, -1};
    process->error = (Pipe){{error_ready, -1, 0}, -1};
    int code = open_pipes(process);
    if (!code)
        code = spawn(process);
    if (!code)
        code = watch_end(process);
    *ret_process = code ? process_free(process) : process;
    return code;
}

Process *process_free(Process *process)
{
    if (!process)
        return NULL;
    if (process->id > 0) {
        if (!process->has_ended || !process->options.leaves_others)
            kill(-process->id, SIGKILL); /* also what it has left behind */
        waitpid(process->id, NULL, 0);
    }
    if (process->end.fd >= 0)
        loop_watch(process->loop, &process->end, 0);
    close_end(&process->end.fd);
    pipe_close(process, &process->input);
    pipe_close(process, &process->output);
    pipe_close(process, &process->error);
    buffer_done(&process->to_write);
    loop_free_later(process->loop, process);
    return NULL;
}
