/* signature.h - how a request is signed, and what its signature should be. aws: IAM User Guide, "Create a signed AWS
 * API request"; S3 API Reference, "Authenticating Requests (AWS Signature Version 4)", "… Transferring Payload in
 * Multiple Chunks"; S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)". */
#pragma once
#include "arena.h"
#include "http_head.h"

#define SIGNATURE_DIGEST_BYTES 32
#define SIGNATURE_HEX_BYTES    64

typedef enum SignatureForm {
    SIGNATURE_ABSENT,
    SIGNATURE_V4_HEADER,
    SIGNATURE_V4_QUERY,
    SIGNATURE_V2_HEADER, /* S3's: "AWS <key>:<signature>" */
    SIGNATURE_V2_QUERY,
    SIGNATURE_V4A,   /* asymmetric */
    SIGNATURE_OTHER, /* some other Authorization */
} SignatureForm;

typedef struct Signature {
    SignatureForm form;
    Bytes access_key;
    Bytes date, region, service, terminator; /* of the credential's scope */
    Bytes scope;                             /* the four, as they are signed */
    Bytes signed_headers;                    /* "host;x-amz-date" */
    Bytes signature;
    Bytes time; /* X-Amz-Date or Date, as it was sent; of Version 4 in its basic form */
    int64_t time_ms;
    bool has_time;
    Bytes expires;   /* of a query: seconds of Version 4, since the epoch of Version 2 */
    Bytes token;     /* X-Amz-Security-Token; absent: none */
    Bytes complaint; /* in AWS's words: what is not as it should be; absent: nothing */
} Signature;

/* All of its texts are the head's or the arena's. */
Signature signature_read(Arena *arena, const HttpHead *head);

/* What was signed, and what came of it. */
typedef struct SignatureProof {
    Bytes canonical; /* the canonical request; absent for Version 2 */
    Bytes to_sign;
    Bytes wanted; /* the right signature */
} SignatureProof;

typedef enum SignaturePath { SIGNATURE_PATH_TWICE, SIGNATURE_PATH_ONCE } SignaturePath; /* S3 encodes a path once */

typedef struct SignatureQuestion {
    const HttpHead *head;
    const Signature *signature;
    Bytes secret;
    Bytes payload_hash;  /* Version 4: what stands for the body */
    SignaturePath path;  /* Version 4 */
    Bytes resource_path; /* Version 2: "/bucket/key", as it is encoded; without the query */
} SignatureQuestion;

/* true: it is what was sent. */
bool signature_v4_check(Arena *arena, const SignatureQuestion *question, SignatureProof *ret_proof);
bool signature_v2_check(Arena *arena, const SignatureQuestion *question, SignatureProof *ret_proof);

/* Of a browser's form: its policy, as it was sent, under the scope of a credential; under the secret itself. */
bool signature_v4_of_text(Arena *arena, const Signature *signature, Bytes secret, Bytes text);
bool signature_v2_of_text(Arena *arena, Bytes secret, Bytes text, Bytes signature);
/* "<key>/<date>/<region>/<service>/aws4_request"; false: it isn't five parts. */
bool signature_read_credential(Arena *arena, Bytes credential, Signature *ret);
/* "20261127T033716Z" */
bool signature_read_time(Bytes text, int64_t *ret_ms);
Bytes signature_time_text(Arena *arena, int64_t ms);
Bytes signature_time_extended(Arena *arena, int64_t ms); /* "2026-11-27T03:37:16Z" */

Bytes signature_hash(Arena *arena, Bytes text); /* SHA-256, in hex */
bool signature_texts_equal(Bytes a, Bytes b);   /* in a time that tells nothing of where they differ */

/* A body of signed chunks. */
typedef struct SignatureChain SignatureChain;
/* The head's own signature is the first of the chain. */
SignatureChain *signature_chain_new(Arena *arena, const Signature *signature, Bytes secret);
void signature_chain_add(SignatureChain *chain, Bytes piece);     /* of a chunk's data */
bool signature_chain_end(SignatureChain *chain, Bytes signature); /* of a chunk; the next begins */
bool signature_chain_trailer(SignatureChain *chain, Bytes lines, Bytes signature);
