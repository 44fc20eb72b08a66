/* config.c - values from flags, environment, file and defaults, checked by the table. */
#include "config.h"
#include "names.h"
#include "toml.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX 65536
#define FILE_DEFAULT   "evpoc.toml"

typedef struct Entry {
    const char *text;   /* NULL: no value */
    const char *origin; /* how it was named */
    int64_t integer;
    int choice;
} Entry;

struct Config {
    Arena *arena;
    Entry entries[SETTINGS];
};

static bool is_account(Bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return false;
    return value.len == 12;
}

static bool read_choice(const Setting *setting, Bytes value, int *ret_choice)
{
    for (int i = 0; setting->choices[i]; i++)
        if (bytes_is(value, setting->choices[i])) {
            *ret_choice = i;
            return true;
        }
    return false;
}

static void expect(Buffer *message, const Setting *setting, const char *origin, Bytes value)
{
    buffer_append_format(message, "%s %.*s: expected ", origin, BYTES_ARG(value));
    if (setting->kind == SETTING_IS_INTEGER && setting->max == INT64_MAX)
        buffer_append_format(message, "a whole number from %lld on", (long long)setting->min);
    else if (setting->kind == SETTING_IS_INTEGER)
        buffer_append_format(message, "a whole number from %lld to %lld", (long long)setting->min,
                             (long long)setting->max);
    else if (setting->kind == SETTING_IS_ACCOUNT)
        buffer_append_text(message, "12 digits");
    else if (setting->kind == SETTING_IS_TEXT)
        buffer_append_text(message, "something");
    for (int i = 0; setting->kind == SETTING_IS_CHOICE && setting->choices[i]; i++)
        buffer_append_format(message, "%s%s", !i ? "" : setting->choices[i + 1] ? ", " : " or ", setting->choices[i]);
}

static bool parse(const Setting *setting, Bytes value, Entry *entry)
{
    switch (setting->kind) {
    case SETTING_IS_INTEGER:
        return bytes_to_int64(value, &entry->integer) && entry->integer >= setting->min &&
               entry->integer <= setting->max;
    case SETTING_IS_CHOICE:
        return read_choice(setting, value, &entry->choice);
    case SETTING_IS_ACCOUNT:
        return is_account(value);
    case SETTING_IS_TEXT:
        return value.len > 0;
    }
    return false;
}

static bool set(Config *config, SettingId id, const char *origin, Bytes value, Buffer *message)
{
    Entry entry = {arena_cstr(config->arena, value), origin, 0, 0};
    if (!parse(&settings[id], value, &entry)) {
        expect(message, &settings[id], origin, value);
        return false;
    }
    config->entries[id] = entry;
    return true;
}

static bool refuse_name(Buffer *message, const char *origin, Bytes name, NameForm form)
{
    char nearest[NAME_MAX_LEN];
    buffer_append_format(message, "%s: there is no such setting", origin);
    if (name_nearest(name, form, nearest))
        buffer_append_format(message, "; did you mean %s?", nearest);
    return false;
}

static bool set_defaults(Config *config, Buffer *message)
{
    for (int id = 0; id < SETTINGS; id++)
        if (settings[id].fallback && !set(config, (SettingId)id, "default", bytes_of(settings[id].fallback), message))
            return false;
    return true;
}

/* Kubernetes and Docker's links tell each container where services are: of one that is called evpoc-emu, or evpoc, by
 * EVPOC_EMU_SERVICE_HOST, EVPOC_EMU_SERVICE_PORT, EVPOC_EMU_PORT=tcp://…, EVPOC_PORT_4566_TCP_ADDR and the like. */
static bool tells_of_a_service(const char *name, Bytes value)
{
    return strstr(name, "_SERVICE_HOST") || strstr(name, "_SERVICE_PORT") || strstr(name, "_TCP") ||
           strstr(name, "_UDP") || bytes_starts_with(value, TEXT("tcp://")) || bytes_starts_with(value, TEXT("udp://"));
}

/* EVPOC_TLS_CERT=… is tls-cert. An empty one is as none. */
static bool read_environment(Config *config, const char *const *environment, Buffer *message)
{
    for (; *environment; environment++) {
        Bytes value = bytes_of(*environment), name = bytes_cut(&value, '=');
        if (!bytes_starts_with(name, TEXT("EVPOC_")) || !value.len)
            continue;
        const char *origin = arena_cstr(config->arena, name);
        SettingId id;
        if (tells_of_a_service(origin, value))
            continue;
        if (!name_find(name, NAME_IS_VARIABLE, &id))
            return refuse_name(message, origin, name, NAME_IS_VARIABLE);
        if (!set(config, id, origin, value, message))
            return false;
    }
    return true;
}

/* --name value and --name=value. */
static bool read_arguments(Config *config, const char *const *arguments, Buffer *message)
{
    for (; *arguments; arguments++) {
        Bytes value = bytes_of(*arguments), name = bytes_cut(&value, '=');
        const char *origin = arena_cstr(config->arena, name);
        SettingId id;
        if (!bytes_starts_with(name, TEXT("--"))) {
            buffer_append_format(message, "%s: not a setting; they begin with --", *arguments);
            return false;
        }
        if (!name_find(name, NAME_IS_FLAG, &id))
            return refuse_name(message, origin, name, NAME_IS_FLAG);
        if (!present(value) && arguments[1])
            value = bytes_of(*++arguments);
        if (!set(config, id, origin, present(value) ? value : TEXT(""), message))
            return false;
    }
    return true;
}

/* All of the file, a NUL behind it; false with a message where it is asked for and can't be read. */
static bool load(Config *config, const char *path, bool is_asked, Bytes *ret, Buffer *message)
{
    FILE *file = fopen(path, "re");
    *ret = TEXT("");
    if (!file && errno == ENOENT && !is_asked)
        return true;
    char *text = arena_take(config->arena, FILE_BYTES_MAX + 1);
    size_t len = file ? fread(text, 1, FILE_BYTES_MAX + 1, file) : 0;
    bool is_read = file && !ferror(file) && len <= FILE_BYTES_MAX;
    if (!is_read)
        buffer_append_format(message, "%s: %s", path,
                             len > FILE_BYTES_MAX ? "larger than any settings" : strerror(errno));
    if (file)
        fclose(file);
    text[is_read ? len : 0] = 0;
    *ret = (Bytes){text, len};
    return is_read;
}

/* "data", "a/b": not "/data", not "../data". */
static bool is_below(Bytes path)
{
    Bytes rest = path;
    if (path.len && path.ptr[0] == '/')
        return false;
    while (present(rest))
        if (bytes_is(bytes_cut(&rest, '/'), ".."))
            return false;
    return true;
}

static bool may_say(const Setting *setting, const char *origin, Bytes value, Buffer *message)
{
    if (setting->found == FOUND_MAY_NOT_SAY)
        buffer_append_format(message, "%s: %s runs programs, so it is not taken from a file that merely lies here",
                             origin, setting->name);
    else if (setting->found == FOUND_MAY_NAME_BELOW && !is_below(value))
        buffer_append_format(message, "%s: %s lies outside of this directory, and this file merely lies here", origin,
                             setting->name);
    else
        return true;
    buffer_append_format(message, "; if it is meant: --config %s, or --%s", FILE_DEFAULT, setting->name);
    return false;
}

static bool read_file(Config *config, const char *path, bool is_asked, Buffer *message)
{
    Bytes text, name, value;
    if (!load(config, path, is_asked, &text, message))
        return false;
    Toml toml = toml_open(text);
    for (TomlStep step; (step = toml_next(config->arena, &toml, &name, &value)) != TOML_END;) {
        const char *origin = arena_cstr(config->arena, arena_text(config->arena, "%s:%d", path, toml.line));
        SettingId id;
        if (step == TOML_WRONG) {
            buffer_append_format(message, "%s: " BYTES_FMT, origin, BYTES_ARG(value));
            return false;
        }
        if (!name_find(name, NAME_IS_KEY, &id)) {
            origin = arena_cstr(config->arena, arena_text(config->arena, "%s: " BYTES_FMT, origin, BYTES_ARG(name)));
            return refuse_name(message, origin, name, NAME_IS_KEY);
        }
        if (id == SETTING_CONFIG) {
            buffer_append_format(message, "%s: a file names no other", origin);
            return false;
        }
        if (!is_asked && !may_say(&settings[id], origin, value, message))
            return false;
        if (!set(config, id, origin, value, message))
            return false;
    }
    return true;
}

static bool check_together(const Config *config, Buffer *message)
{
    if (config_has(config, SETTING_TLS_CERT) == config_has(config, SETTING_TLS_KEY))
        return true;
    buffer_append_text(message, "tls-cert and tls-key go together");
    return false;
}

/* The file stands below environment and flags, which may name it: they are read twice. */
static bool read_all(Config *config, const char *const *arguments, const char *const *environment, Buffer *message)
{
    if (!set_defaults(config, message) || !read_environment(config, environment, message) ||
        !read_arguments(config, arguments, message))
        return false;
    bool is_asked = config_has(config, SETTING_CONFIG);
    const char *path = is_asked ? config_text(config, SETTING_CONFIG) : FILE_DEFAULT;
    return read_file(config, path, is_asked, message) && read_environment(config, environment, message) &&
           read_arguments(config, arguments, message) && check_together(config, message);
}

bool config_read(const char *const *arguments, const char *const *environment, Config **ret_config, Buffer *message)
{
    Config *config = calloc(1, sizeof *config);
    if (!config)
        abort();
    config->arena = arena_new();
    bool is_fine = read_all(config, arguments, environment, message);
    *ret_config = is_fine ? config : config_free(config);
    return is_fine;
}

Config *config_free(Config *config)
{
    if (config)
        arena_free(config->arena);
    free(config);
    return NULL;
}

bool config_has(const Config *config, SettingId id)
{
    return config->entries[id].text != NULL;
}

const char *config_text(const Config *config, SettingId id)
{
    return config->entries[id].text;
}

int64_t config_integer(const Config *config, SettingId id)
{
    return config->entries[id].integer;
}

int config_choice(const Config *config, SettingId id)
{
    return config->entries[id].choice;
}

const char *config_origin(const Config *config, SettingId id)
{
    return config->entries[id].origin;
}
