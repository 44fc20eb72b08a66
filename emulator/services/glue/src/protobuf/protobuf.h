/* protobuf.h - .proto files of proto2 and proto3: are they such, and can what was written with one be read with
 * another? Protocol Buffers Language Specification (proto2, proto3); Language Guide, "Updating A Message Type". aws:
 * Glue Developer Guide, "Schema Registry": "proto2 and proto3 without support for extensions or groups". */
#pragma once
#include "map.h"
#include "mismatch.h"

typedef enum ProtoKind {
    PROTO_NAMED, /* not resolved yet: while parsing only */
    PROTO_DOUBLE,
    PROTO_FLOAT,
    PROTO_INT32,
    PROTO_INT64,
    PROTO_UINT32,
    PROTO_UINT64,
    PROTO_SINT32,
    PROTO_SINT64,
    PROTO_FIXED32,
    PROTO_FIXED64,
    PROTO_SFIXED32,
    PROTO_SFIXED64,
    PROTO_BOOL,
    PROTO_STRING,
    PROTO_BYTES,
    PROTO_ENUM,
    PROTO_MESSAGE,
} ProtoKind;

typedef enum ProtoLabel { LABEL_NONE, LABEL_OPTIONAL, LABEL_REQUIRED, LABEL_REPEATED } ProtoLabel;

typedef struct ProtoMessage ProtoMessage;
typedef struct ProtoEnum ProtoEnum;
typedef struct ProtoField ProtoField;
typedef struct ProtoRange ProtoRange;
typedef struct ProtoName ProtoName;
typedef struct ProtoOneof ProtoOneof;

/* All lists are linked, in the order of the file; <list>_end is where the next one goes. */
struct ProtoField {
    ProtoField *next;
    Bytes name, type_name;
    int64_t number;
    ProtoLabel label;
    ProtoKind kind;
    const ProtoMessage *message; /* of PROTO_MESSAGE; a map's is its entry, and the label LABEL_REPEATED */
    const ProtoOneof *oneof;     /* NULL: in none */
    bool is_map, has_default, says_packed;
    bool is_packed; /* how numbers that are repeated are written */
};

/* Its fields stand one after the other among those of the message. */
struct ProtoOneof {
    Bytes name;
    size_t count;
    const ProtoField *first;
};

struct ProtoRange {
    ProtoRange *next;
    int64_t first, last;
};

struct ProtoName {
    ProtoName *next;
    Bytes name;
    int64_t number; /* of an enum's value */
};

/* What fields and values may not be called. */
typedef struct ProtoReserved {
    ProtoRange *ranges, **ranges_end;
    ProtoName *names, **names_end;
} ProtoReserved;

/* Messages and enums in a file or a message, and where they are found: name → ProtoType. */
typedef struct ProtoScope {
    ProtoMessage *messages, **messages_end;
    ProtoEnum *enums, **enums_end;
    Map *types; /* NULL: none */
} ProtoScope;

struct ProtoMessage {
    ProtoMessage *next, *above;
    ProtoScope inside;
    Bytes name; /* of one that is known: with its package */
    ProtoField *fields, **fields_end;
    const ProtoField **by_number; /* sorted */
    size_t fields_count;
    ProtoReserved reserved;
    bool is_known; /* of Google's own files: nothing but its name is known */
};

struct ProtoEnum {
    ProtoEnum *next;
    Bytes name;
    ProtoName *values, **values_end;
    size_t values_count;
    ProtoReserved reserved;
    bool allows_alias;
};

/* The one or the other. */
typedef struct ProtoType {
    ProtoMessage *message;
    ProtoEnum *values;
} ProtoType;

typedef struct ProtoFile {
    bool is_proto3;
    Bytes package;
    ProtoName *imports, **imports_end;
    ProtoScope inside;
} ProtoFile;

/* NULL with the reason where it isn't a .proto file, or has an extension or a group, or imports what is not Google's
 * own. */
const ProtoFile *proto_parse(Arena *arena, Bytes definition, Bytes *ret_reason);
/* The words of a file that parses, with a space between two. */
Bytes proto_canonical(Arena *arena, Bytes definition);
/* Can each message of the writer's file be read with the message of that name in the reader's? */
bool proto_can_read(Arena *arena, const ProtoFile *reader, const ProtoFile *writer, Mismatch *ret_mismatch);
const char *proto_kind_name(ProtoKind kind);
/* NULL: there is none. */
const ProtoField *proto_find_number(const ProtoMessage *message, int64_t number);
const ProtoMessage *proto_find_message(const ProtoScope *scope, Bytes name);
