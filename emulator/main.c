/* main.c - puts the layers together, and turns the loop. */
#include "admin.h"
#include "blob.h"
#include "commands.h"
#include "ctl.h"
#include "http_client.h"
#include "net.h"
#include "pipeline.h"
#include "query.h"
#include "services.h"
#include "startup.h"
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How long a stop waits for answers that are on their way. */
#define STOP_WAIT_MS   500
#define KEEP_MEMORY_MS 1000

/* The only global: what a signal handler must reach. */
static struct {
    Loop *loop;
    volatile sig_atomic_t stop;
} running;

#define URL_MAX 320
/* What a connection over HTTP/1.1 keeps between requests, at most. */
#define CONNECTION_BYTES (32 * 1024)

typedef struct Emulator {
    Config *config;
    Runtime runtime;
    Pipeline *pipeline;
    Net *net;
    Admin *admin;
    Startup *startup; /* until all is ready */
    char hooks_url[URL_MAX];
    bool has_failed;
    uint64_t kept_for_requests; /* see give_memory_back */
    int64_t kept_since_ns;
    bool keeps_memory;
} Emulator;

static void on_signal(int number)
{
    (void)number;
    running.stop = 1;
    if (running.loop)
        loop_wake(running.loop);
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* A page of records is 10 MiB and its answer 14: while clients call, memory of that size is kept for the next page
 * instead of being mapped, zeroed and unmapped each time. Measured: half as many pages again a second. */
static void keep_large_blocks(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024 * 1024);
}

/* When nobody has called for a while, what was kept goes back to the system. Returns the longest wait until then. */
static int give_memory_back(Emulator *emulator, int wait_ms)
{
    uint64_t requests = pipeline_requests(emulator->pipeline);
    int64_t now_ns = monotonic_ns();
    if (requests != emulator->kept_for_requests) {
        emulator->kept_for_requests = requests;
        emulator->kept_since_ns = now_ns;
        emulator->keeps_memory = true;
    }
    if (!emulator->keeps_memory || !wait_ms)
        return wait_ms;
    if (now_ns - emulator->kept_since_ns >= KEEP_MEMORY_MS * INT64_C(1000000)) {
        emulator->keeps_memory = false;
        store_release_memory(emulator->runtime.store);
        malloc_trim(0);
        return wait_ms;
    }
    return wait_ms < 0 || wait_ms > KEEP_MEMORY_MS ? KEEP_MEMORY_MS : wait_ms;
}

/* In the order of the setting's choices. */
static const Durability durabilities[] = {DURABILITY_COMMIT, DURABILITY_FSYNC, DURABILITY_MEMORY};
static const LogLevel levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR};
static const LogFormat formats[] = {LOG_AUTO, LOG_HUMAN, LOG_JSON};

static Durability durability(const Emulator *emulator)
{
    return durabilities[config_choice(emulator->config, SETTING_DURABILITY)];
}

/* NULL: nothing is kept. */
static const char *data_directory(const Emulator *emulator)
{
    return durability(emulator) == DURABILITY_MEMORY ? NULL : config_text(emulator->config, SETTING_DATA);
}

static void log_trouble(void *context, const char *what)
{
    log_event(context, LOG_ERROR, what, NULL);
}

static bool open_runtime(Emulator *emulator)
{
    const Config *config = emulator->config;
    Runtime *runtime = &emulator->runtime;
    const char *reason = NULL;
    runtime->config = config;
    runtime->program = "/proc/self/exe";
    runtime->loop = running.loop = loop_new();
    if (!runtime->loop) {
        fputs("evpoc-emu: the system gives no more files to open.\n", stderr);
        return false;
    }
    runtime->clock = clock_new();
    runtime->scheduler = scheduler_new(runtime->clock);
    runtime->random = config_has(config, SETTING_SEED)
                          ? random_new_seeded((uint64_t)config_integer(config, SETTING_SEED))
                          : random_new();
    runtime->log = log_new(STDERR_FILENO, levels[config_choice(config, SETTING_LOG_LEVEL)],
                           formats[config_choice(config, SETTING_LOG_FORMAT)], runtime->clock);
    runtime->default_account = bytes_of(config_text(config, SETTING_ACCOUNT));
    runtime->default_region = bytes_of(config_text(config, SETTING_REGION));
    if (store_open(data_directory(emulator), durability(emulator), &runtime->store, &reason) == STORE_OK) {
        store_on_trouble(runtime->store, log_trouble, runtime->log);
        if (blob_open(runtime->store) == STORE_OK)
            return true;
        reason = store_error(runtime->store);
    }
    fprintf(stderr, "evpoc-emu: %s\n", reason);
    return false;
}

/* What was made while it started: nobody waits for an answer that could say it failed. */
static bool commit_start(const Emulator *emulator)
{
    Store *store = emulator->runtime.store;
    if (store_commit(store) == STORE_OK) {
        store_settle(store);
        return true;
    }
    const char *data = data_directory(emulator);
    fprintf(stderr, "evpoc-emu: %s: cannot be written: %s\n", data ? data : "memory", store_error(store));
    return false;
}

static bool open_services(Emulator *emulator)
{
    Runtime *runtime = &emulator->runtime;
    emulator->pipeline = pipeline_new(runtime);
    pipeline_allow(emulator->pipeline, config_text(emulator->config, SETTING_ALLOW_HOSTS),
                   config_text(emulator->config, SETTING_ALLOW_ORIGINS));
    pipeline_allow_domains(emulator->pipeline, config_text(emulator->config, SETTING_S3_HOSTS));
    pipeline_keep_notes(emulator->pipeline, (size_t)config_integer(emulator->config, SETTING_KEEP_REQUESTS));
    for (size_t i = 0; ALL_SERVICES[i]; i++) {
        if (!runtime_open_service(runtime, ALL_SERVICES[i])) {
            fprintf(stderr, "evpoc-emu: %s could not be opened: %s\n", ALL_SERVICES[i]->model->title,
                    store_error(runtime->store));
            return false;
        }
        pipeline_add_service(emulator->pipeline, &runtime->services[i]);
    }
    bool is_committed = commit_start(emulator);
    if (is_committed && store_note(runtime->store))
        log_event(runtime->log, LOG_WARN, store_note(runtime->store), NULL);
    return is_committed;
}

/* What the container may have, in bytes; 0: all there is. */
static int64_t container_memory(void)
{
    static const char *const files[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    long long limit = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files && !limit; i++) {
        FILE *file = fopen(files[i], "re");
        if (file && fscanf(file, "%19lld", &limit) != 1)
            limit = 0; /* "max" */
        if (file)
            fclose(file);
    }
    return limit;
}

static size_t held_max(const Config *config)
{
    int64_t limit = container_memory(), usual = LIMIT_HELD_BYTES;
    if (config_has(config, SETTING_MAX_MEMORY))
        return (size_t)config_integer(config, SETTING_MAX_MEMORY) * 1024 * 1024;
    return (size_t)(limit > 0 && limit / 2 < usual ? limit / 2 : usual);
}

static size_t connections_max(const Config *config)
{
    int64_t fit = container_memory() / 4 / CONNECTION_BYTES;
    if (config_has(config, SETTING_MAX_CONNECTIONS))
        return (size_t)config_integer(config, SETTING_MAX_CONNECTIONS);
    return (size_t)(fit > 0 && fit < LIMIT_CONNECTIONS ? fit : LIMIT_CONNECTIONS);
}

static bool open_net(Emulator *emulator)
{
    const Config *config = emulator->config;
    const char *reason = NULL;
    NetOptions net = {
        .loop = emulator->runtime.loop,
        .host = config_text(config, SETTING_HOST),
        .port = (uint16_t)config_integer(config, SETTING_PORT),
        .body_max = LIMIT_REQUEST_BODY_BYTES,
        .plan_body = pipeline_plan_body,
        .is_our_name = pipeline_is_our_name,
        .connections_max = connections_max(config),
        .idle_s = (int)config_integer(config, SETTING_IDLE_TIMEOUT),
        .request_s = (int)config_integer(config, SETTING_REQUEST_TIMEOUT),
        .held_max = held_max(config),
        .certificate_path = config_text(config, SETTING_TLS_CERT),
        .key_path = config_text(config, SETTING_TLS_KEY),
        .tls_directory = data_directory(emulator),
        .on_request = pipeline_take,
        .context = emulator->pipeline,
    };
    if (net_open(&net, &emulator->net, &reason) != NET_OK) {
        fprintf(stderr, "evpoc-emu: %s\n", reason);
        return false;
    }
    AdminOptions admin = {&emulator->runtime, emulator->pipeline, emulator->net,
                          config_text(config, SETTING_DURABILITY)};
    emulator->admin = admin_open(&admin);
    return true;
}

static void write_url(const Emulator *emulator, const char *host, char out[static URL_MAX])
{
    bool is_ipv6 = strchr(host, ':') != NULL;
    snprintf(out, URL_MAX, "http://%s%s%s:%u", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", net_port(emulator->net));
}

/* On stdout, for people and for whoever waits for it: tests read the address, container tools the closing "Ready." */
static void tell_ready(const Emulator *emulator)
{
    const char *data = data_directory(emulator);
    char url[URL_MAX];
    write_url(emulator, config_text(emulator->config, SETTING_HOST), url);
    printf("evpoc-emu ready on %s (version %s, durability %s%s%s). Ready.\n", url, EVPOC_VERSION,
           config_text(emulator->config, SETTING_DURABILITY), data ? ", data in " : "", data ? data : "");
    fflush(stdout);
}

static bool open_startup(Emulator *emulator)
{
    const char *url = emulator->hooks_url;
    write_url(emulator, reachable_host(config_text(emulator->config, SETTING_HOST)), emulator->hooks_url);
    StartupOptions options = {&emulator->runtime, emulator->pipeline, config_text(emulator->config, SETTING_SEED_FILE),
                              config_text(emulator->config, SETTING_HOOKS), url};
    emulator->startup = startup_open(&options);
    if (!emulator->startup || !commit_start(emulator))
        return false;
    size_t hooks = startup_hooks(emulator->startup);
    if (hooks) {
        printf("evpoc-emu answers on %s; %zu hooks run before it is ready\n", url, hooks);
        fflush(stdout);
    }
    return true;
}

/* After each turn, until all hooks have run. */
static void go_on_starting(Emulator *emulator)
{
    switch (startup_step(emulator->startup)) {
    case STARTUP_RUNS:
        return;
    case STARTUP_FAILED:
        fputs("evpoc-emu: a hook failed, so it does not start; the log says which.\n", stderr);
        emulator->has_failed = true;
        running.stop = 1;
        break;
    case STARTUP_DONE:
        admin_set_ready(emulator->admin);
        tell_ready(emulator);
        break;
    }
    emulator->startup = startup_close(emulator->startup);
}

/* Nothing is due and nobody calls: the moment to copy the WAL into the file, to give space back, then to look for
 * damage. True: more is left. */
static bool work_while_idle(Store *store)
{
    return store_checkpoint_step(store) || blob_give_step(store) || blob_check_step(store);
}

static void loop(Emulator *emulator)
{
    while (!running.stop) {
        if (emulator->startup)
            go_on_starting(emulator);
        int wait_ms = pipeline_wait_ms(emulator->pipeline);
        if (wait_ms && !net_open_requests(emulator->net) && work_while_idle(emulator->runtime.store))
            wait_ms = 0;
        wait_ms = give_memory_back(emulator, wait_ms);
        loop_poll(emulator->runtime.loop, running.stop ? 0 : wait_ms);
        pipeline_turn(emulator->pipeline);
    }
}

static void finish_answers(Emulator *emulator)
{
    int64_t until_ns = monotonic_ns() + STOP_WAIT_MS * INT64_C(1000000);
    net_stop_accepting(emulator->net);
    do {
        loop_poll(emulator->runtime.loop, 10);
        pipeline_turn(emulator->pipeline);
    } while (net_open_requests(emulator->net) && monotonic_ns() < until_ns);
}

static void close_all(Emulator *emulator)
{
    emulator->startup = startup_close(emulator->startup);
    emulator->admin = admin_close(emulator->admin);
    emulator->net = net_close(emulator->net);
    emulator->pipeline = pipeline_free(emulator->pipeline);
    Runtime *runtime = &emulator->runtime;
    runtime_close_services(runtime);
    runtime->store = store_close(runtime->store);
    runtime->log = log_free(runtime->log);
    runtime->random = random_free(runtime->random);
    runtime->scheduler = scheduler_free(runtime->scheduler);
    runtime->clock = clock_free(runtime->clock);
    running.loop = NULL;
    runtime->loop = loop_free(runtime->loop);
}

static int serve(Config *config)
{
    Emulator emulator = {.config = config};
    catch_signals();
    keep_large_blocks();
    emulator.keeps_memory = true; /* the start took some */
    emulator.kept_since_ns = monotonic_ns();
    bool is_open =
        open_runtime(&emulator) && open_services(&emulator) && open_net(&emulator) && open_startup(&emulator);
    if (is_open) {
        loop(&emulator);
        finish_answers(&emulator);
    }
    close_all(&emulator);
    return is_open && !emulator.has_failed ? 0 : 1;
}

/* What stands first and is no setting. */
static const struct Command {
    const char *name;
    int (*run)(const Config *config);
} commands[] = {{"config", command_config}, {"health", command_health}, {"check", command_check}};

static int run(const char *command, Config *config)
{
    if (!command)
        return serve(config);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, command))
            return commands[i].run(config);
    fprintf(stderr, "evpoc-emu: %s: there is no such command; evpoc-emu --help tells them.\n", command);
    return 2;
}

static bool has_argument(char *const *arguments, const char *wanted)
{
    for (; *arguments; arguments++)
        if (!strcmp(*arguments, wanted))
            return true;
    return false;
}

static bool take_flag(CtlRequest *request, const char *word)
{
    bool *flag = !strcmp(word, "--json")     ? &request->as_json
                 : !strcmp(word, "--follow") ? &request->follows
                 : !strcmp(word, "--delete") ? &request->is_delete
                                             : NULL;
    if (flag)
        *flag = true;
    return flag != NULL;
}

/* Takes what is ctl's out of the arguments, in any order: its members are moved to the beginning, what is left behind
 * them are settings. */
static CtlRequest read_ctl(char **arguments)
{
    CtlRequest request = {.members = (const char *const *)arguments};
    char **out = arguments; /* the end of the settings, which begin behind the members */
    for (char **in = arguments; *in; in++) {
        char *word = *in;
        if (take_flag(&request, word) || (*word != '-' && !request.page)) {
            request.page = *word != '-' && !request.page ? word : request.page;
        } else if (*word != '-') {
            char **at = arguments + request.members_count++;
            memmove(at + 1, at, (size_t)(out++ - at) * sizeof *at);
            *at = word;
        } else {
            *out++ = word;
            if (!strchr(word, '=') && in[1])
                *out++ = *++in;
        }
    }
    *out = NULL;
    return request;
}

int main(int argc, char **argv)
{
    Buffer message = {0};
    Config *config;
    const char *command = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
    char **arguments = argv + (command ? 2 : argc > 0);
    if (argc == 2 && !strcmp(argv[1], QUERY_ARGUMENT))
        return query_serve();
    if (has_argument(arguments, "--help"))
        return print_help(), 0;
    if (has_argument(arguments, "--version"))
        return puts("evpoc-emu " EVPOC_VERSION), 0;
    bool is_ctl = command && !strcmp(command, "ctl");
    CtlRequest ctl = is_ctl ? read_ctl(arguments) : (CtlRequest){0};
    if (is_ctl)
        arguments += ctl.members_count;
    if (!config_read((const char *const *)arguments, (const char *const *)environ, &config, &message)) {
        fprintf(stderr, "evpoc-emu: " BYTES_FMT "\nevpoc-emu --help tells the settings.\n",
                BYTES_ARG(buffer_bytes(&message)));
        buffer_done(&message);
        return 2;
    }
    int exit_status = is_ctl ? ctl_run(config, &ctl) : run(command, config);
    config_free(config);
    return exit_status;
}
