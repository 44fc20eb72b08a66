/* toml.re - the tokens of evpoc.toml, by re2c. */
#include "buffer.h"
#include "toml.h"

typedef enum Token { END, NEWLINE, EQUALS, WORD, BASIC, LITERAL, OTHER } Token;

typedef struct Lexeme {
    Token token;
    Bytes text; /* without quotes */
} Lexeme;

Toml toml_open(Bytes text)
{
    return (Toml){text.ptr, text.ptr + text.len, 1};
}

static Lexeme next(Toml *toml)
{
    const char *start, *YYMARKER;
#define YYCURSOR toml->at
    for (;;) {
        start = YYCURSOR;
        if (start >= toml->end)
            return (Lexeme){END, TEXT("")};
        /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYPEEK = "(unsigned char)*YYCURSOR";
        re2c:flags:input = default;
        re2c:yyfill:enable = 0;
        [ \t\r]+                         { continue; }
        "#" [^\n\x00]*                   { continue; }
        "\n"                             { return (Lexeme){NEWLINE, TEXT("")}; }
        "="                              { return (Lexeme){EQUALS, TEXT("")}; }
        [A-Za-z0-9_+-]+                  { return (Lexeme){WORD, {start, (size_t)(YYCURSOR - start)}}; }
        "\"" ([^"\\\n\x00] | "\\" [^\n\x00])* "\"" { return (Lexeme){BASIC, {start + 1, (size_t)(YYCURSOR - start) - 2}}; }
        "'" [^'\n\x00]* "'"              { return (Lexeme){LITERAL, {start + 1, (size_t)(YYCURSOR - start) - 2}}; }
        *                                { return (Lexeme){OTHER, {start, 1}}; }
        */
    }
#undef YYCURSOR
}

/* False: an escape that is none of ours. */
static bool unescape(Arena *arena, Bytes text, Bytes *ret)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\') {
            const char *known = strchr(from, text.ptr[++i]);
            if (!known || !*known)
                return false;
            c = to[known - from];
        }
        out[len++] = c;
    }
    *ret = (Bytes){out, len};
    return true;
}

static Bytes without_underscores(Arena *arena, Bytes word)
{
    char *out = arena_take_raw(arena, word.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] != '_')
            out[len++] = word.ptr[i];
    return (Bytes){out, len};
}

static TomlStep wrong(Bytes *ret_value, Bytes why)
{
    *ret_value = why;
    return TOML_WRONG;
}

static bool value_of(Arena *arena, const Lexeme *lexeme, Bytes *ret)
{
    bool is_number = lexeme->text.len && lexeme->text.ptr[0] >= '0' && lexeme->text.ptr[0] <= '9';
    switch (lexeme->token) {
    case LITERAL:
        *ret = lexeme->text;
        return true;
    case BASIC:
        return unescape(arena, lexeme->text, ret);
    case WORD:
        *ret = is_number ? without_underscores(arena, lexeme->text) : lexeme->text;
        return is_number || lexeme->text.ptr[0] == '-' || bytes_is(*ret, "true") || bytes_is(*ret, "false");
    default:
        return false;
    }
}

TomlStep toml_next(Arena *arena, Toml *toml, Bytes *ret_key, Bytes *ret_value)
{
    Lexeme key = next(toml);
    for (; key.token == NEWLINE; key = next(toml))
        toml->line++;
    if (key.token == END)
        return TOML_END;
    if (key.token == OTHER && key.text.ptr[0] == '[')
        return wrong(ret_value, TEXT("tables are not used here: name = value only"));
    if ((key.token != WORD && key.token != LITERAL && key.token != BASIC) || next(toml).token != EQUALS)
        return wrong(ret_value, TEXT("expected name = value"));
    *ret_key = key.text;
    Lexeme value = next(toml);
    if (!value_of(arena, &value, ret_value))
        return wrong(ret_value, TEXT("expected a value: \"text\", a whole number, true or false"));
    const char *behind = toml->at;
    Token after = next(toml).token;
    if (after != NEWLINE && after != END)
        return wrong(ret_value, TEXT("expected the end of the line after the value"));
    toml->at = behind; /* the newline is counted with the next */
    return TOML_PAIR;
}
