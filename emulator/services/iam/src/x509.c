/* x509.c - by GnuTLS. */
#include "x509.h"
#include "base64.h"
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>

#define CHAIN_MAX      16
#define RSA_BITS_LEAST 2048

static gnutls_datum_t datum(Bytes text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text.ptr, (unsigned)text.len};
}

static bool is_signed_by(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
    unsigned said = 0;
    return gnutls_x509_crt_check_issuer(certificate, issuer) &&
           gnutls_x509_crt_verify(certificate, &issuer, 1,
                                  GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_CA_SIGN |
                                      GNUTLS_VERIFY_ALLOW_BROKEN,
                                  &said) == 0 &&
           !(said & GNUTLS_CERT_SIGNATURE_FAILURE);
}

static X509Verdict check_chain(gnutls_x509_crt_t certificate, Bytes pem)
{
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned count = CHAIN_MAX;
    gnutls_datum_t text = datum(pem);
    if (gnutls_x509_crt_list_import(chain, &count, &text, GNUTLS_X509_FMT_PEM,
                                    GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED) < 0)
        return X509_BAD_CHAIN;
    bool is_fine = true;
    for (unsigned i = 0; i < count; i++)
        is_fine = is_fine && is_signed_by(i ? chain[i - 1] : certificate, chain[i]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    return is_fine ? X509_FINE : X509_BAD_CHAIN;
}

static X509Verdict check_key(gnutls_x509_crt_t certificate, Bytes pem)
{
    gnutls_x509_privkey_t key;
    unsigned char of_key[64], of_certificate[64];
    size_t key_len = sizeof of_key, certificate_len = sizeof of_certificate;
    gnutls_datum_t text = datum(pem);
    if (gnutls_x509_privkey_init(&key) < 0)
        return X509_BAD_KEY;
    X509Verdict verdict = X509_FINE;
    if (gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) < 0 ||
        gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) < 0)
        verdict = X509_BAD_KEY;
    else if (gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_len) < 0 ||
             key_len != certificate_len || memcmp(of_key, of_certificate, key_len) != 0)
        verdict = X509_MISMATCH;
    gnutls_x509_privkey_deinit(key);
    return verdict;
}

X509Verdict x509_check(const X509Bundle *bundle, int64_t *ret_expires_ms)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t text = datum(bundle->certificate);
    if (gnutls_x509_crt_init(&certificate) < 0)
        return X509_BAD_CERTIFICATE;
    X509Verdict verdict = X509_FINE;
    if (gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM) < 0)
        verdict = X509_BAD_CERTIFICATE;
    else
        *ret_expires_ms = (int64_t)gnutls_x509_crt_get_expiration_time(certificate) * 1000;
    if (verdict == X509_FINE && present(bundle->key))
        verdict = check_key(certificate, bundle->key);
    if (verdict == X509_FINE && present(bundle->chain))
        verdict = check_chain(certificate, bundle->chain);
    gnutls_x509_crt_deinit(certificate);
    return verdict;
}

Bytes x509_fingerprint(Arena *arena, Bytes pem)
{
    char digest[32];
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, pem.ptr, pem.len, digest) < 0)
        return TEXT("");
    return base64_text(arena, (Bytes){digest, sizeof digest});
}

/* ssh-rsa: RFC 4253, 6.6: three fields, each a length of four bytes and so many: "ssh-rsa", exponent, modulus. */

static bool take_field(Bytes *rest, Bytes *ret_field)
{
    if (rest->len < 4)
        return false;
    const unsigned char *p = (const unsigned char *)rest->ptr;
    size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (len > rest->len - 4)
        return false;
    *ret_field = bytes_slice(*rest, 4, len);
    *rest = bytes_slice(*rest, 4 + len, rest->len - 4 - len);
    return true;
}

static char *put_field(char *out, Bytes field)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (char)(field.len >> shift & 255);
    memcpy(out, field.ptr, field.len);
    return out + field.len;
}

static Bytes fingerprint_of(Arena *arena, Bytes blob)
{
    unsigned char digest[16];
    char *text = arena_take_raw(arena, 3 * sizeof digest + 1);
    if (gnutls_hash_fast(GNUTLS_DIG_MD5, blob.ptr, blob.len, digest) < 0)
        return TEXT("");
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(text + 3 * i, 4, "%02x:", digest[i]);
    return (Bytes){text, 3 * sizeof digest - 1};
}

static bool tell_key(Arena *arena, gnutls_pubkey_t key, SshKey *ret_key)
{
    gnutls_datum_t modulus, exponent, pem;
    unsigned bits = 0;
    if (gnutls_pubkey_get_pk_algorithm(key, &bits) != GNUTLS_PK_RSA || bits < RSA_BITS_LEAST)
        return false;
    if (gnutls_pubkey_export_rsa_raw(key, &modulus, &exponent) < 0)
        return false;
    Bytes m = {(char *)modulus.data, modulus.size}, e = {(char *)exponent.data, exponent.size};
    char *blob = arena_take_raw(arena, m.len + e.len + 7 + 12);
    char *end = put_field(put_field(put_field(blob, TEXT("ssh-rsa")), e), m);
    gnutls_free(modulus.data);
    gnutls_free(exponent.data);
    Bytes whole = {blob, (size_t)(end - blob)};
    char *text = arena_take_raw(arena, 8 + base64_encoded_len(whole.len));
    memcpy(text, "ssh-rsa ", 8);
    ret_key->ssh = (Bytes){text, 8 + base64_encode(text + 8, whole)};
    ret_key->fingerprint = fingerprint_of(arena, whole);
    if (gnutls_pubkey_export2(key, GNUTLS_X509_FMT_PEM, &pem) < 0)
        return false;
    ret_key->pem = arena_copy(arena, (Bytes){(char *)pem.data, pem.size});
    gnutls_free(pem.data);
    return true;
}

static bool import_ssh(Arena *arena, Bytes text, gnutls_pubkey_t key)
{
    Bytes rest = text, name, exponent, modulus;
    (void)bytes_cut(&rest, ' ');
    Bytes encoded = present(rest) ? bytes_cut(&rest, ' ') : (Bytes){0}; /* a comment may follow */
    while (encoded.len && (encoded.ptr[encoded.len - 1] == '\n' || encoded.ptr[encoded.len - 1] == '\r'))
        encoded.len--;
    char *decoded = arena_take_raw(arena, base64_decoded_max(encoded.len) + 1);
    ptrdiff_t len = base64_decode(decoded, encoded);
    if (len <= 0)
        return false;
    Bytes blob = {decoded, (size_t)len};
    if (!take_field(&blob, &name) || !bytes_is(name, "ssh-rsa") || !take_field(&blob, &exponent) ||
        !take_field(&blob, &modulus) || blob.len)
        return false;
    gnutls_datum_t m = datum(modulus), e = datum(exponent);
    return gnutls_pubkey_import_rsa_raw(key, &m, &e) >= 0;
}

bool is_ssh_or_pem(Bytes text)
{
    return bytes_starts_with(text, TEXT("ssh-rsa ")) || bytes_starts_with(text, TEXT("-----BEGIN "));
}

bool ssh_key_read(Arena *arena, Bytes text, SshKey *ret_key)
{
    gnutls_pubkey_t key;
    gnutls_datum_t pem = datum(text);
    if (gnutls_pubkey_init(&key) < 0)
        return false;
    bool is_read = bytes_starts_with(text, TEXT("ssh-rsa "))
                       ? import_ssh(arena, text, key)
                       : gnutls_pubkey_import(key, &pem, GNUTLS_X509_FMT_PEM) >= 0;
    is_read = is_read && tell_key(arena, key, ret_key);
    gnutls_pubkey_deinit(key);
    return is_read;
}
