/* names.c - what a program may not ask for. The process it runs in could give it nothing; but who writes `env` is told
 * so when he sets it, not by his records' failing. */
#include "query.h"

static const char *const forbidden[] = {
    "input",        "inputs", "debug",   "stderr", "input_filename", "input_line_number", "env",        "$ENV",
    "$__prog_args", "import", "include", "halt",   "halt_error",     "get_search_list",   "modulemeta",
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool is_forbidden(Bytes name)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (bytes_is(name, forbidden[i]))
            return true;
    return false;
}

/* "text \(program) text": where one of our brackets closes, text goes on. */
#define NESTED_MAX 64
typedef struct Reader {
    Bytes text;
    size_t at;
    bool is_string;
    int depth, strings_at[NESTED_MAX], strings;
} Reader;

static void pass_string_byte(Reader *reader)
{
    char c = reader->text.ptr[reader->at++];
    if (c == '"')
        reader->is_string = false;
    if (c != '\\' || reader->at == reader->text.len)
        return;
    if (reader->text.ptr[reader->at++] == '(' && reader->strings < NESTED_MAX) {
        reader->strings_at[reader->strings++] = reader->depth++;
        reader->is_string = false;
    }
}

static void pass_mark(Reader *reader)
{
    char c = reader->text.ptr[reader->at++];
    if (c == '#')
        while (reader->at < reader->text.len && reader->text.ptr[reader->at] != '\n')
            reader->at++;
    reader->is_string = c == '"';
    reader->depth += c == '(';
    if (c != ')')
        return;
    reader->depth--;
    if (reader->strings && reader->strings_at[reader->strings - 1] == reader->depth) {
        reader->strings--;
        reader->is_string = true;
    }
}

/* A member's name is none of the program's: .env, {env: …}. */
static bool is_member(const Reader *reader, size_t from)
{
    size_t after = reader->at;
    while (after < reader->text.len && (reader->text.ptr[after] == ' ' || reader->text.ptr[after] == '\n'))
        after++;
    return (from && reader->text.ptr[from - 1] == '.') ||
           (after < reader->text.len && reader->text.ptr[after] == ':' && reader->text.ptr[from] != '$');
}

Bytes query_forbidden_name(Bytes program)
{
    Reader reader = {.text = program};
    while (reader.at < program.len) {
        size_t from = reader.at;
        if (reader.is_string) {
            pass_string_byte(&reader);
            continue;
        }
        while (reader.at < program.len && is_letter(program.ptr[reader.at]))
            reader.at++;
        Bytes name = bytes_slice(program, from, reader.at - from);
        if (!name.len)
            pass_mark(&reader);
        else if (is_forbidden(name) && !is_member(&reader, from))
            return name;
    }
    return (Bytes){0};
}
