/* ec_der.c - private keys on NIST's curves as PKCS#8. GnuTLS's own writer drops leading zeros of the number, which RFC
 * 5915 forbids and OpenSSL refuses. Written from the end, so that each length is known when it is its turn. */
#include "key_pair.h"

typedef struct Der {
    unsigned char *bytes;
    size_t at; /* what is written stands from here to the end */
} Der;

static void put(Der *der, const void *bytes, size_t len)
{
    der->at -= len;
    memcpy(der->bytes + der->at, bytes, len);
}

/* Before what stands there up to `end`: none of ours is longer than 255 bytes. */
static void put_head(Der *der, unsigned char tag, size_t end)
{
    size_t len = end - der->at;
    const unsigned char head[] = {tag, 0x81, (unsigned char)len};
    const unsigned char short_head[] = {tag, (unsigned char)len};
    if (len > 0x7f)
        put(der, head, sizeof head);
    else
        put(der, short_head, sizeof short_head);
}

/* A number of `len` bytes, whose leading zeros may be missing, or one too many there. */
static void put_number(Der *der, Bytes number, size_t len)
{
    while (number.len > len) {
        number.ptr++;
        number.len--;
    }
    put(der, number.ptr, number.len);
    der->at -= len - number.len;
    memset(der->bytes + der->at, 0, len - number.len);
}

static Bytes algorithm_of(const Spec *spec)
{
    /* SEQUENCE { id-ecPublicKey, the curve } */
    static const char p256[] = "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    static const char p384[] = "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
    static const char p521[] = "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";
    switch (spec->bits) {
    case 256:
        return TEXT(p256);
    case 384:
        return TEXT(p384);
    default:
        return TEXT(p521);
    }
}

void ec_private_write(const Spec *spec, const EcNumbers *numbers, KeyPair *ret_pair)
{
    size_t len = (spec->bits + 7) / 8, end = sizeof ret_pair->private_der;
    Bytes algorithm = algorithm_of(spec);
    Der der = {ret_pair->private_der, end};
    put_number(&der, numbers->y, len);
    put_number(&der, numbers->x, len);
    put(&der, "\0\4", 2); /* no bits unused; the point is not compressed */
    put_head(&der, 0x03, end);
    put_head(&der, 0xa1, end);
    size_t secret_end = der.at;
    put_number(&der, numbers->k, len);
    put_head(&der, 0x04, secret_end);
    put(&der, "\2\1\1", 3);
    put_head(&der, 0x30, end);
    put_head(&der, 0x04, end);
    put(&der, algorithm.ptr, algorithm.len);
    put(&der, "\2\1\0", 3);
    put_head(&der, 0x30, end);
    ret_pair->private_len = end - der.at;
    memmove(ret_pair->private_der, ret_pair->private_der + der.at, ret_pair->private_len);
}
