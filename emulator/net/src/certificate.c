/* certificate.c - a CA of this installation alone, whose private key never leaves its directory, and a server
 * certificate under it, ECDSA P-256 both. */
#include "certificate.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DAY_S           ((time_t)24 * 60 * 60)
#define CA_DAYS         3650
#define SERVER_DAYS     820 /* above 825 some clients refuse */
#define RENEW_DAYS      30
#define COMMON_NAME_MAX 64
#define SERIAL_BYTES    16
#define PEM_MAX_BYTES   ((size_t)64 * 1024)

#define TRY_TLS(expression)                                                                                            \
    do {                                                                                                               \
        int code_ = (expression);                                                                                      \
        if (code_ < 0)                                                                                                 \
            return code_;                                                                                              \
    } while (0)

typedef struct Pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
} Pair;

static void pair_done(Pair *pair)
{
    gnutls_x509_crt_deinit(pair->certificate);
    gnutls_x509_privkey_deinit(pair->key);
    *pair = (Pair){0};
}

static int pair_init(Pair *pair)
{
    TRY_TLS(gnutls_x509_crt_init(&pair->certificate));
    TRY_TLS(gnutls_x509_privkey_init(&pair->key));
    return 0;
}

static int make_key(Pair *pair)
{
    return gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                        0);
}

static int begin_certificate(Pair *pair, const char *name, time_t now, int days)
{
    unsigned char serial[SERIAL_BYTES], key_id[64];
    size_t key_id_len = sizeof key_id;
    gnutls_x509_crt_t certificate = pair->certificate;
    TRY_TLS(gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial));
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, of full length */
    TRY_TLS(gnutls_x509_crt_set_version(certificate, 3));
    TRY_TLS(gnutls_x509_crt_set_serial(certificate, serial, sizeof serial));
    TRY_TLS(gnutls_x509_crt_set_key(certificate, pair->key));
    TRY_TLS(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)));
    TRY_TLS(gnutls_x509_crt_set_activation_time(certificate, now - DAY_S));
    TRY_TLS(gnutls_x509_crt_set_expiration_time(certificate, now + days * DAY_S));
    TRY_TLS(gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA1, key_id, &key_id_len));
    return gnutls_x509_crt_set_subject_key_id(certificate, key_id, key_id_len);
}

static int make_ca(Pair *ca, time_t now)
{
    TRY_TLS(make_key(ca));
    TRY_TLS(begin_certificate(ca, "evpoc-emu local CA", now, CA_DAYS));
    TRY_TLS(gnutls_x509_crt_set_basic_constraints(ca->certificate, 1, 0));
    TRY_TLS(gnutls_x509_crt_set_key_usage(ca->certificate, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
    return gnutls_x509_crt_sign2(ca->certificate, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0);
}

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[16];
    for (int v6 = 0; v6 < 2; v6++)
        if (inet_pton(v6 ? AF_INET6 : AF_INET, name, address) == 1)
            return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address, v6 ? 16 : 4,
                                                        GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
                                                GNUTLS_FSAN_APPEND);
}

/* The key is there. name: besides the usual ones; NULL: none. */
static int make_server(Pair *server, const Pair *ca, const char *name, time_t now)
{
    static const char *const usual[] = {"localhost", "*.localhost", "host.docker.internal", "127.0.0.1", "::1"};
    unsigned char key_id[64];
    size_t key_id_len = sizeof key_id;
    TRY_TLS(begin_certificate(server, name && strlen(name) <= COMMON_NAME_MAX ? name : "localhost", now, SERVER_DAYS));
    TRY_TLS(gnutls_x509_crt_set_basic_constraints(server->certificate, 0, -1));
    TRY_TLS(gnutls_x509_crt_set_key_usage(server->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
    TRY_TLS(gnutls_x509_crt_set_key_purpose_oid(server->certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
    if (name)
        TRY_TLS(add_name(server->certificate, name));
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        TRY_TLS(add_name(server->certificate, usual[i]));
    TRY_TLS(gnutls_x509_crt_get_subject_key_id(ca->certificate, key_id, &key_id_len, NULL));
    TRY_TLS(gnutls_x509_crt_set_authority_key_id(server->certificate, key_id, key_id_len));
    return gnutls_x509_crt_sign2(server->certificate, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0);
}

static bool read_pem(const char *directory, const char *name, gnutls_datum_t *ret_pem)
{
    char path[4096];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (stat(path, &about) || about.st_size <= 0 || (size_t)about.st_size > PEM_MAX_BYTES)
        return false;
    return gnutls_load_file(path, ret_pem) == 0;
}

static bool pair_read(Pair *pair, const char *directory, const char *certificate_name, const char *key_name)
{
    gnutls_datum_t certificate = {0}, key = {0};
    bool fine = directory && read_pem(directory, certificate_name, &certificate) &&
                read_pem(directory, key_name, &key) &&
                gnutls_x509_crt_import(pair->certificate, &certificate, GNUTLS_X509_FMT_PEM) == 0 &&
                gnutls_x509_privkey_import(pair->key, &key, GNUTLS_X509_FMT_PEM) == 0;
    gnutls_free(certificate.data);
    gnutls_memset(key.data, 0, key.size);
    gnutls_free(key.data);
    return fine;
}

static bool write_all(int fd, const gnutls_datum_t *pem)
{
    return write(fd, pem->data, pem->size) == (ssize_t)pem->size;
}

/* Whole or not at all, and never readable by others. */
static void write_pem(const char *directory, const char *name, const gnutls_datum_t *pem)
{
    char path[4096], temporary[4096 + 8];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(temporary, sizeof temporary, "%s.new", path);
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool fine = write_all(fd, pem);
    close(fd);
    if (!fine || rename(temporary, path))
        unlink(temporary);
}

static void pair_keep(const Pair *pair, const char *directory, const char *certificate_name, const char *key_name)
{
    gnutls_datum_t certificate = {0}, key = {0};
    if (!directory)
        return;
    mkdir(directory, 0700);
    if (gnutls_x509_crt_export2(pair->certificate, GNUTLS_X509_FMT_PEM, &certificate) == 0 &&
        gnutls_x509_privkey_export2_pkcs8(pair->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key) == 0) {
        write_pem(directory, key_name, &key);
        write_pem(directory, certificate_name, &certificate);
    }
    gnutls_free(certificate.data);
    gnutls_memset(key.data, 0, key.size);
    gnutls_free(key.data);
}

static bool lasts(gnutls_x509_crt_t certificate, time_t now)
{
    return gnutls_x509_crt_get_expiration_time(certificate) > now + RENEW_DAYS * DAY_S;
}

static int get_ca(Pair *ca, const char *directory, time_t now)
{
    TRY_TLS(pair_init(ca));
    if (pair_read(ca, directory, "ca.pem", "ca-key.pem") && lasts(ca->certificate, now))
        return 0;
    pair_done(ca);
    TRY_TLS(pair_init(ca));
    TRY_TLS(make_ca(ca, now));
    pair_keep(ca, directory, "ca.pem", "ca-key.pem");
    return 0;
}

static int get_server(Pair *server, const Pair *ca, const char *directory, time_t now)
{
    unsigned int flaws;
    TRY_TLS(pair_init(server));
    if (pair_read(server, directory, "server.pem", "server-key.pem") && lasts(server->certificate, now) &&
        gnutls_x509_crt_verify(server->certificate, &ca->certificate, 1, 0, &flaws) == 0 &&
        !(flaws & GNUTLS_CERT_INVALID))
        return 0;
    pair_done(server);
    TRY_TLS(pair_init(server));
    TRY_TLS(make_key(server));
    TRY_TLS(make_server(server, ca, NULL, now));
    pair_keep(server, directory, "server.pem", "server-key.pem");
    return 0;
}

static int identity_begin(Identity *identity)
{
    TRY_TLS(gnutls_certificate_allocate_credentials(&identity->credentials));
    TRY_TLS(gnutls_priority_init(&identity->priorities, "NORMAL", NULL));
    return gnutls_session_ticket_key_generate(&identity->ticket_key);
}

static int load(Identity *identity, const char *certificate_path, const char *key_path)
{
    TRY_TLS(identity_begin(identity));
    return gnutls_certificate_set_x509_key_file(identity->credentials, certificate_path, key_path, GNUTLS_X509_FMT_PEM);
}

/* Takes both pairs but the server's certificate. */
static int adopt(Identity *identity, Pair *server, Pair *ca)
{
    identity->ca = ca->certificate;
    identity->ca_key = ca->key;
    identity->server_key = server->key;
    *ca = (Pair){0};
    server->key = NULL;
    TRY_TLS(identity_begin(identity));
    TRY_TLS(gnutls_x509_crt_export2(server->certificate, GNUTLS_X509_FMT_DER, &identity->server));
    return gnutls_x509_crt_export2(identity->ca, GNUTLS_X509_FMT_PEM, &identity->ca_pem);
}

int identity_load(Identity *identity, const char *certificate_path, const char *key_path)
{
    int code = load(identity, certificate_path, key_path);
    if (code < 0)
        identity_done(identity);
    return code < 0 ? code : 0;
}

int identity_make(Identity *identity, const char *directory, int64_t now_ms)
{
    Pair ca = {0}, server = {0};
    time_t now = (time_t)(now_ms / 1000);
    int code = get_ca(&ca, directory, now);
    if (code >= 0)
        code = get_server(&server, &ca, directory, now);
    if (code >= 0)
        code = adopt(identity, &server, &ca);
    pair_done(&ca);
    pair_done(&server);
    if (code < 0)
        identity_done(identity);
    return code < 0 ? code : 0;
}

static int sign_for(const Identity *identity, const char *name, time_t now, gnutls_datum_t *ret_der)
{
    Pair ca = {identity->ca, identity->ca_key}, server = {NULL, identity->server_key};
    TRY_TLS(gnutls_x509_crt_init(&server.certificate));
    int code = make_server(&server, &ca, name, now);
    if (code >= 0)
        code = gnutls_x509_crt_export2(server.certificate, GNUTLS_X509_FMT_DER, ret_der);
    gnutls_x509_crt_deinit(server.certificate);
    return code;
}

static int certificate_for(Identity *identity, const char *name, time_t now, gnutls_datum_t *ret_der)
{
    for (size_t i = 0; i < identity->names_count; i++)
        if (!strcmp(identity->names[i].name, name)) {
            *ret_der = identity->names[i].der;
            return 0;
        }
    gnutls_datum_t der;
    TRY_TLS(sign_for(identity, name, now, &der));
    if (!identity->names && !(identity->names = calloc(IDENTITY_NAMES_MAX, sizeof *identity->names)))
        abort();
    NamedCertificate *kept = &identity->names[identity->names_next];
    identity->names_next = (identity->names_next + 1) % IDENTITY_NAMES_MAX;
    if (identity->names_count < IDENTITY_NAMES_MAX)
        identity->names_count++;
    gnutls_free(kept->der.data);
    snprintf(kept->name, sizeof kept->name, "%s", name);
    kept->der = *ret_der = der;
    return 0;
}

/* Copies: what is kept may be let go of while a handshake is under way. */
static int copy_out(const Identity *identity, const gnutls_datum_t *der, gnutls_pcert_st *certificate,
                    gnutls_privkey_t *ret_key)
{
    TRY_TLS(gnutls_privkey_init(ret_key));
    int code = gnutls_privkey_import_x509(*ret_key, identity->server_key, GNUTLS_PRIVKEY_IMPORT_COPY);
    if (code >= 0)
        code = gnutls_pcert_import_x509_raw(certificate, der, GNUTLS_X509_FMT_DER, 0);
    if (code < 0)
        gnutls_privkey_deinit(*ret_key);
    return code;
}

int identity_present(Identity *identity, const char *name, int64_t now_ms, gnutls_pcert_st **ret_certificate,
                     gnutls_privkey_t *ret_key)
{
    gnutls_datum_t der = identity->server;
    if (name)
        TRY_TLS(certificate_for(identity, name, (time_t)(now_ms / 1000), &der));
    gnutls_pcert_st *certificate = gnutls_calloc(1, sizeof *certificate);
    int code = certificate ? copy_out(identity, &der, certificate, ret_key) : GNUTLS_E_MEMORY_ERROR;
    if (code < 0)
        gnutls_free(certificate);
    else
        *ret_certificate = certificate;
    return code;
}

static void forget_names(Identity *identity)
{
    for (size_t i = 0; i < identity->names_count; i++)
        gnutls_free(identity->names[i].der.data);
    free(identity->names);
}

void identity_done(Identity *identity)
{
    if (identity->credentials)
        gnutls_certificate_free_credentials(identity->credentials);
    if (identity->priorities)
        gnutls_priority_deinit(identity->priorities);
    if (identity->ticket_key.data)
        gnutls_memset(identity->ticket_key.data, 0, identity->ticket_key.size);
    gnutls_free(identity->ticket_key.data);
    gnutls_free(identity->ca_pem.data);
    gnutls_free(identity->server.data);
    gnutls_x509_crt_deinit(identity->ca);
    gnutls_x509_privkey_deinit(identity->ca_key);
    gnutls_x509_privkey_deinit(identity->server_key);
    forget_names(identity);
    *identity = (Identity){0};
}
