/* settings.c - the table. A new setting is a row here, an id in config.h, and its use in main.c. */
#include "config.h"

static const char *const durabilities[] = {"commit", "fsync", "memory", NULL};
static const char *const auths[] = {"off", "signature", "soft", "iam", NULL};
static const char *const limits[] = {"off", "aws", NULL};
static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const glue_json[] = {"enforce", "ignore", NULL};
static const char *const formats[] = {"auto", "human", "json", NULL};

const Setting settings[SETTINGS] = {
    [SETTING_PORT] = {"port", SETTING_IS_INTEGER, "N", "4566", .max = 65535,
                      .help = "port to listen on, 0 for any free one",
                      .more = "HTTP/1.1, HTTP/2 and TLS all come in on this one port. With 0 the ready line names it."},
    [SETTING_HOST] =
        {"host", SETTING_IS_TEXT, "ADDRESS", "127.0.0.1", .help = "address to listen on",
         .more = "0.0.0.0 or :: listen on every address of the machine, which is what the container image does. "
                 "With --auth off anybody who reaches it may do anything: leave it at the loopback address elsewhere."},
    [SETTING_DATA] =
        {"data", SETTING_IS_TEXT, "DIR", "evpoc-data", .help = "where evpoc.db is kept; made if it isn't there",
         .more = "One SQLite file holds everything, with the certificate authority that was made for it beside it. "
                 "One emulator at a time may have it open. An evpoc.toml that was found, not named, may only name a "
                 "directory below its own.",
         .found = FOUND_MAY_NAME_BELOW},
    [SETTING_DURABILITY] = {"durability", SETTING_IS_CHOICE, "WHAT", "commit", durabilities,
                            .help = "commit: acknowledged writes survive kill -9\n"
                                    "fsync:  they survive a power cut, too\n"
                                    "memory: nothing is kept, --data is not used"},
    [SETTING_ACCOUNT] = {"account", SETTING_IS_ACCOUNT, "ID", "000000000000",
                         .help = "account of clients whose access key is not 12 digits",
                         .more = "A client whose access key id is 12 digits works in the account of that number."},
    [SETTING_REGION] = {"region", SETTING_IS_TEXT, "NAME", "us-east-1", .help = "region of clients that sign for none"},
    [SETTING_TLS_CERT] =
        {"tls-cert", SETTING_IS_TEXT, "FILE", .without = "made when needed",
         .help = "certificate for TLS clients, with --tls-key FILE",
         .more = "PEM. Without one, a certificate authority is made once per data directory when the first TLS client "
                 "comes, and a certificate by it for each name and address that clients call by and --allow-hosts lets "
                 "in (names with _, which TLS does not know, excepted). /_evpoc/ca.pem is what clients may trust."},
    [SETTING_TLS_KEY] = {"tls-key", SETTING_IS_TEXT, "FILE", .without = "made when needed",
                         .help = "the certificate's private key"},
    [SETTING_ALLOW_HOSTS] =
        {"allow-hosts", SETTING_IS_TEXT, "LIST", .without = "only the usual ones",
         .help = "further names that clients may call it by",
         .more =
             "A list with commas; *.example.com is what lies under it, * is any name. A request whose Host is "
             "another name is refused with 403, so that no web page reaches the emulator by DNS rebinding. Addresses, "
             "names without a dot (a service in compose), and localhost, *.localhost, *.internal "
             "(host.docker.internal), *.local, *.localdomain, *.test, *.svc, *.amazonaws.com, *.amazonaws.com.cn, "
             "*.api.aws and *.localhost.localstack.cloud are always taken."},
    [SETTING_ALLOW_ORIGINS] = {"allow-origins", SETTING_IS_TEXT, "LIST", .without = "those on localhost",
                               .help = "further web pages that may call it (CORS)",
                               .more =
                                   "Pages on localhost, 127.0.0.1 and [::1], any port, may call AWS's operations as it "
                                   "is, though not /_evpoc/. A "
                                   "list with commas: https://app.example, http://dev.example:* (any port), or * (any "
                                   "page of any site); these "
                                   "may do anything to the emulator. Requests of other pages are refused with 403."},
    [SETTING_S3_HOSTS] = {"s3-hosts", SETTING_IS_TEXT, "LIST", .without = "only the usual ones",
                          .help = "further domains whose subdomains are buckets (S3)",
                          .more = "A list with commas: with s3.example.com, bucket.s3.example.com is the bucket, and "
                                  "s3.example.com the service; both are let in as by --allow-hosts. *.localhost, "
                                  "*.s3.localhost, *.s3.localhost.localstack.cloud and AWS's own are always buckets."},
    [SETTING_EGRESS] = {"egress", SETTING_IS_TEXT, "LIST", .without = "none", .found = FOUND_MAY_NOT_SAY,
                        .help = "hosts that it may send requests to (Firehose)",
                        .more = "A list with commas: localhost:8443, collector.example (any port), or * (any host). "
                                "Firehose delivers to HTTP endpoints of these alone; whoever can call the emulator can "
                                "have requests sent to them."},
    [SETTING_EGRESS_CA] = {"egress-ca", SETTING_IS_TEXT, "FILE", .without = "the system's authorities",
                           .found = FOUND_MAY_NOT_SAY, .help = "certificates by which those hosts are known (PEM)",
                           .more = NULL},
    [SETTING_MAX_CONNECTIONS] =
        {"max-connections", SETTING_IS_INTEGER, "N", .min = 1, .max = 1000000,
         .without = "16384, fewer in small containers", .help = "connections at a time",
         .more =
             "Or as many as the limit of open files leaves (it is raised as far as the system allows); by default also "
             "no more than a quarter of the container's memory has room for, at 32 KiB each. Where one more "
             "comes, the one that has been idle longest is closed, those that never asked anything first."},
    [SETTING_MAX_MEMORY] =
        {"max-memory", SETTING_IS_INTEGER, "MIB", .min = 32, .max = 1048576,
         .without = "1024, or half of the container's", .help = "MiB of requests and answers under way at a time",
         .more =
             "What comes in beyond it is answered with 503 ServiceUnavailable, which SDKs try again, and clients that "
             "are slow to take their answers are hung up on."},
    [SETTING_IDLE_TIMEOUT] = {"idle-timeout", SETTING_IS_INTEGER, "S", "600", .min = 1, .max = 86400,
                              .help = "seconds until a connection without a request is closed"},
    [SETTING_REQUEST_TIMEOUT] =
        {"request-timeout", SETTING_IS_INTEGER, "S", "60", .min = 1, .max = 86400,
         .help = "seconds a client may take to send a request or to take its answer",
         .more = "Then it is hung up on. Not for subscriptions, nor for requests whose answer is yet to be made."},
    [SETTING_AUTH] =
        {"auth", SETTING_IS_CHOICE, "WHAT", "off", auths,
         .help = "off: any credentials are taken; signature: they are checked\n"
                 "iam: and policies decide; soft: what they would deny is noted",
         .more =
             "signature: requests must be rightly signed by a key that exists: one of --root-keys, of a user "
             "(CreateAccessKey), of a session (AssumeRole and the like), at a time of the emulator's clock. iam: then "
             "policies decide, as at AWS. soft: any credentials are taken, what policies would deny is let through and "
             "noted, and `evpoc-emu ctl denied` prints the smallest policy that lets it pass. /_evpoc/auth changes it "
             "while it runs; the pages under /_evpoc/ ask for no credentials. docs/authorization.md says more."},
    [SETTING_ROOT_KEYS] =
        {"root-keys", SETTING_IS_TEXT, "LIST", "test:test", .help = "access keys of accounts' roots, for --auth",
         .more = "A list with commas of ACCESS_KEY:SECRET, which is the default account's, or "
                 "ACCESS_KEY:SECRET:ACCOUNT. An access key that is an account's number (12 digits) is the root of that "
                 "account, with the secret of the first in the list. Root may do anything in its account."},
    [SETTING_LIMITS] = {"limits", SETTING_IS_CHOICE, "WHAT", "off", limits,
                        .help = "aws: the rates AWS allows shards, readers, tables and calls; off",
                        .more =
                            "What is beyond them gets ProvisionedThroughputExceededException, ThrottlingException or "
                            "LimitExceededException, and on-demand streams grow. /_evpoc/limits changes it while it "
                            "runs, for all streams and tables or for one."},
    [SETTING_TRANSITION_MS] =
        {"transition-ms", SETTING_IS_INTEGER, "MS", "0", .max = 3600000,
         .help = "how long streams, consumers, backups and restores are under way",
         .more =
             "They are CREATING, UPDATING or DELETING so long, Kinesis destinations of tables ENABLING or DISABLING, by the emulator's clock. With 0 what was asked for is done when the answer comes."},
    [SETTING_RECOVERY_LOG] =
        {"recovery-log-mib", SETTING_IS_INTEGER, "MIB", "1024", .max = 1048576,
         .help = "MiB of changes kept of a table with point-in-time recovery",
         .more =
             "Each counts as 1 KiB at least. What falls out of it moves the table's EarliestRestorableDateTime. With 0 none are kept: only the "
             "table as it is can be restored."},
    [SETTING_SEED] = {"seed", SETTING_IS_INTEGER, "N", .max = INT64_MAX, .without = "random",
                      .help = "the same ids in every run"},
    [SETTING_SEED_FILE] =
        {"seed-file", SETTING_IS_TEXT, "FILE", .without = "/etc/evpoc/seed.json, if there",
         .help = "streams, tables and schemas to make at the start",
         .more = "JSON with lists of AWS's own inputs: streams (CreateStream), tables (CreateTable), registries "
                 "(CreateRegistry), schemas (CreateSchema) and calls ({\"service\", \"operation\", \"input\"}) for "
                 "anything else. What is there already is left as it is."},
    [SETTING_HOOKS] =
        {"hooks", SETTING_IS_TEXT, "DIR", .without = "/etc/evpoc/init.d, if there",
         .help = "executable files to run before it is ready",
         .more = "In the order of their names, one at a time, with AWS_ENDPOINT_URL set; one that fails stops the "
                 "emulator. Those in /etc/localstack/init/ready.d are run, too, unless a directory is named. Not taken "
                 "from an evpoc.toml that was found, only from one that --config names.",
         .found = FOUND_MAY_NOT_SAY},
    [SETTING_GLUE_PENDING] =
        {"glue-pending-ms", SETTING_IS_INTEGER, "MS", "0", .max = 600000,
         .help = "how long new schema versions are PENDING",
         .more = "And how long deleted registries, schemas and versions are DELETING. With 0 all is settled at once, "
                 "which saves the client libraries a wait of 3 s for each new version."},
    [SETTING_GLUE_JSON] = {"glue-json-compatibility", SETTING_IS_CHOICE, "WHAT", "enforce", glue_json,
                           .help = "whether versions of JSON schemas are checked",
                           .more = "ignore: each one that is a JSON Schema is AVAILABLE, whatever the compatibility "
                                   "mode. So AWS itself is said to do; for AVRO and PROTOBUF it checks."},
    [SETTING_LOG_LEVEL] = {"log-level", SETTING_IS_CHOICE, "LEVEL", "info", levels,
                           .help = "debug (a line a request), info, warn, error"},
    [SETTING_LOG_FORMAT] = {"log-format", SETTING_IS_CHOICE, "FORM", "auto", formats,
                            .help = "human, json, auto (human on a terminal)"},
    [SETTING_KEEP_REQUESTS] = {"keep-requests", SETTING_IS_INTEGER, "N", "100", .max = 10000,
                               .help = "how many requests /_evpoc/requests remembers",
                               .more = "With the first 2 KiB of what went in and came out; 0 remembers none."},
    [SETTING_CONFIG] =
        {"config", SETTING_IS_TEXT, "FILE", .without = "evpoc.toml here, if it is there",
         .help = "file with settings: lines of name = value",
         .more = "TOML without tables: port = 4570, data = \"/var/lib/evpoc\". A relative path in it starts where "
                 "the emulator was started."},
};
