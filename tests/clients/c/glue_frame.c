/* glue_frame.c - reads records that AWS's schema registry libraries framed, with Apache Avro for C, and frames them
 * again.
 *
 * glue_frame SCHEMA-FILE: a record in hex a line; prints "<version id> <record as JSON> <framed again, in hex>" for
 * each. A frame is 3, the compression (0: none, 5: zlib), the 16 bytes of the version's id, and what Avro wrote. */
#include <avro.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define HEAD      18
#define BYTES_MAX 65536

static void must(int is_good, const char *what)
{
    if (is_good)
        return;
    fprintf(stderr, "%s: %s\n", what, avro_strerror());
    exit(1);
}

static avro_schema_t read_schema(const char *path)
{
    static char text[BYTES_MAX];
    avro_schema_t schema;
    FILE *file = fopen(path, "r");
    must(file != NULL, path);
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    must(!avro_schema_from_json_length(text, len, &schema), "schema");
    return schema;
}

static size_t read_hex(const char *line, unsigned char *out)
{
    size_t len = 0;
    unsigned byte;
    for (; sscanf(line, "%2x", &byte) == 1; line += 2)
        out[len++] = (unsigned char)byte;
    return len;
}

static size_t unpack(const unsigned char *frame, size_t len, unsigned char *out)
{
    uLongf unpacked = BYTES_MAX;
    must(len > HEAD && frame[0] == 3 && (frame[1] == 0 || frame[1] == 5), "no frame");
    if (frame[1] == 5) {
        must(uncompress(out, &unpacked, frame + HEAD, len - HEAD) == Z_OK, "zlib");
        return unpacked;
    }
    memcpy(out, frame + HEAD, len - HEAD);
    return len - HEAD;
}

static void print_id(const unsigned char *id)
{
    for (int i = 0; i < 16; i++)
        printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
}

static void answer(avro_value_iface_t *interface, const unsigned char *frame, size_t len)
{
    static unsigned char unpacked[BYTES_MAX], again[BYTES_MAX];
    avro_value_t value;
    char *json;
    size_t size = unpack(frame, len, unpacked);
    avro_reader_t reader = avro_reader_memory((const char *)unpacked, (int64_t)size);
    avro_writer_t writer = avro_writer_memory((const char *)again + HEAD, sizeof again - HEAD);
    must(!avro_generic_value_new(interface, &value) && !avro_value_read(reader, &value), "record");
    must(!avro_value_to_json(&value, 1, &json) && !avro_value_write(writer, &value), "record");
    print_id(frame + 2);
    printf(" %s ", json);
    memcpy(again, frame, HEAD);
    again[1] = 0;
    for (int64_t i = 0; i < HEAD + avro_writer_tell(writer); i++)
        printf("%02x", again[i]);
    putchar('\n');
    free(json);
    avro_value_decref(&value);
    avro_writer_free(writer);
    avro_reader_free(reader);
}

int main(int count, char **arguments)
{
    static char line[2 * BYTES_MAX];
    static unsigned char frame[BYTES_MAX];
    must(count == 2, "usage: glue_frame SCHEMA-FILE");
    avro_schema_t schema = read_schema(arguments[1]);
    avro_value_iface_t *interface = avro_generic_class_from_schema(schema);
    while (fgets(line, sizeof line, stdin))
        answer(interface, frame, read_hex(line, frame));
    avro_value_iface_decref(interface);
    avro_schema_decref(schema);
    return 0;
}
