/* config.h - the settings: one table of them (settings.c), read from flags, EVPOC_* variables and evpoc.toml by the
 * same names. The help text, the manual page and docs/configuration.md are made from that table.
 *
 * What stands first wins: a flag, the environment, the file, the default. */
#pragma once
#include "buffer.h"

typedef enum SettingId {
    SETTING_PORT,
    SETTING_HOST,
    SETTING_DATA,
    SETTING_DURABILITY,
    SETTING_ACCOUNT,
    SETTING_REGION,
    SETTING_TLS_CERT,
    SETTING_TLS_KEY,
    SETTING_ALLOW_HOSTS,
    SETTING_ALLOW_ORIGINS,
    SETTING_S3_HOSTS,
    SETTING_EGRESS,
    SETTING_EGRESS_CA,
    SETTING_MAX_CONNECTIONS,
    SETTING_MAX_MEMORY,
    SETTING_IDLE_TIMEOUT,
    SETTING_REQUEST_TIMEOUT,
    SETTING_AUTH,
    SETTING_ROOT_KEYS,
    SETTING_LIMITS,
    SETTING_TRANSITION_MS,
    SETTING_RECOVERY_LOG,
    SETTING_SEED,
    SETTING_SEED_FILE,
    SETTING_HOOKS,
    SETTING_GLUE_PENDING,
    SETTING_GLUE_JSON,
    SETTING_LOG_LEVEL,
    SETTING_LOG_FORMAT,
    SETTING_KEEP_REQUESTS,
    SETTING_CONFIG,
    SETTINGS
} SettingId;

typedef enum SettingKind {
    SETTING_IS_TEXT,
    SETTING_IS_INTEGER, /* from min to max */
    SETTING_IS_CHOICE,  /* one of choices */
    SETTING_IS_ACCOUNT  /* 12 digits */
} SettingKind;

/* Whoever starts the emulator in a directory has not said yes to the evpoc.toml that lies there: it may have come with
 * somebody else's sources. A file that is named (--config, EVPOC_CONFIG) may say anything. */
typedef enum FoundFile {
    FOUND_MAY_SAY,
    FOUND_MAY_NAME_BELOW, /* only a path below the directory: something is written there */
    FOUND_MAY_NOT_SAY     /* programs are run by it */
} FoundFile;

typedef struct Setting {
    const char *name; /* tls-cert: --tls-cert, EVPOC_TLS_CERT, tls-cert = … */
    SettingKind kind;
    const char *placeholder;    /* FILE */
    const char *fallback;       /* its value where nobody says; NULL: none */
    const char *const *choices; /* ends with NULL */
    int64_t min, max;
    const char *without; /* what is done where it has no value, for people: "random" */
    const char *help;    /* one line of --help; further ones after '\n' */
    const char *more;    /* for the manual; NULL: nothing more */
    FoundFile found;     /* what an evpoc.toml that was found may say of it */
} Setting;

extern const Setting settings[SETTINGS];

typedef struct Config Config;

/* arguments: without the program's name, ends with NULL. environment: as environ. On a mistake *ret_config is NULL and
 * message says what is wrong and what was perhaps meant. */
bool config_read(const char *const *arguments, const char *const *environment, Config **ret_config, Buffer *message);
Config *config_free(Config *config); /* returns NULL */

bool config_has(const Config *config, SettingId id);
const char *config_text(const Config *config, SettingId id);   /* NULL: it has no value */
int64_t config_integer(const Config *config, SettingId id);    /* of SETTING_IS_INTEGER; 0: it has no value */
int config_choice(const Config *config, SettingId id);         /* the index into choices */
const char *config_origin(const Config *config, SettingId id); /* "--port", "EVPOC_PORT", "evpoc.toml:3", "default" */

/* What is in force and where it comes from, as lines of evpoc.toml. */
void config_print(const Config *config, Buffer *out);

/* For people: --help and the manual name them. */
#define SERVICES_IN_WORDS                                                                                              \
    "Kinesis, DynamoDB and its streams, S3, Firehose, Glue Schema Registry, CloudWatch and its Logs, KMS, IAM and STS"

void settings_write_help(Buffer *out);     /* the lines of --help */
void settings_write_markdown(Buffer *out); /* docs/configuration.md */
void settings_write_manual(Buffer *out);   /* evpoc-emu(1) */
void settings_write_bash(Buffer *out);     /* completions */
void settings_write_zsh(Buffer *out);
void settings_write_fish(Buffer *out);
