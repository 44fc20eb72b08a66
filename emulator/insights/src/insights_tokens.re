/* insights_tokens.re - the words of Logs Insights QL. */
#include "insights_parser.h"
#include "insights_grammar.h"

#define GIVE(type_) do { type = (type_); goto give; } while (0)

/*!re2c
re2c:define:YYCTYPE = "unsigned char";
re2c:yyfill:enable = 0;
re2c:eof = 0;

space  = [ \t\r\n]+;
note   = "#" [^\n\x00]*;
digits = [0-9]+;
*/

/* What a command begins with: a word of its own, and a field's name anywhere else. */
static int command_of(Bytes word)
{
    static const struct {
        const char *word;
        int type;
    } commands[] = {
        {"fields", INSIGHTS_TOKEN_FIELDS}, {"display", INSIGHTS_TOKEN_DISPLAY}, {"filter", INSIGHTS_TOKEN_FILTER},
        {"stats", INSIGHTS_TOKEN_STATS},   {"sort", INSIGHTS_TOKEN_SORT},       {"limit", INSIGHTS_TOKEN_LIMIT},
        {"parse", INSIGHTS_TOKEN_PARSE},   {"dedup", INSIGHTS_TOKEN_DEDUP},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (bytes_equal_ignoring_case(word, bytes_of(commands[i].word)))
            return commands[i].type;
    return INSIGHTS_TOKEN_NAME;
}

static InsightsToken regex_token(const char **at, const char *end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

again:
    start = YYCURSOR;
    /*!re2c
    space | note              { goto again; }
    "/" ([^/\\\n\x00] | "\\" [^\n\x00])* "/" { GIVE(INSIGHTS_TOKEN_REGEX); }
    $                         { GIVE(0); }
    *                         { GIVE(-1); }
    */
give:
    if (type == INSIGHTS_TOKEN_REGEX)
        *at = (const char *)YYCURSOR;
    return (InsightsToken){type, {(const char *)start, (size_t)(YYCURSOR - start)}};
}

InsightsToken insights_token(const char **at, const char *end, WordsWanted wanted)
{
    InsightsToken regex = wanted == WANT_REGEX ? regex_token(at, end) : (InsightsToken){0};
    if (regex.type == INSIGHTS_TOKEN_REGEX)
        return regex;
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

again:
    start = YYCURSOR;
    /*!re2c
    $                         { GIVE(0); }
    space | note              { goto again; }
    "|"                       { GIVE(INSIGHTS_TOKEN_PIPE); }
    ","                       { GIVE(INSIGHTS_TOKEN_COMMA); }
    "("                       { GIVE(INSIGHTS_TOKEN_OPEN); }
    ")"                       { GIVE(INSIGHTS_TOKEN_CLOSE); }
    "["                       { GIVE(INSIGHTS_TOKEN_OPEN_LIST); }
    "]"                       { GIVE(INSIGHTS_TOKEN_CLOSE_LIST); }
    "=" | "=="                { GIVE(INSIGHTS_TOKEN_EQ); }
    "!="                      { GIVE(INSIGHTS_TOKEN_NE); }
    "<"                       { GIVE(INSIGHTS_TOKEN_LT); }
    "<="                      { GIVE(INSIGHTS_TOKEN_LE); }
    ">"                       { GIVE(INSIGHTS_TOKEN_GT); }
    ">="                      { GIVE(INSIGHTS_TOKEN_GE); }
    "=~"                      { GIVE(INSIGHTS_TOKEN_MATCHES); }
    "+"                       { GIVE(INSIGHTS_TOKEN_PLUS); }
    "-"                       { GIVE(INSIGHTS_TOKEN_MINUS); }
    "*"                       { GIVE(INSIGHTS_TOKEN_TIMES); }
    "/"                       { GIVE(INSIGHTS_TOKEN_DIVIDE); }
    "%"                       { GIVE(INSIGHTS_TOKEN_MODULO); }
    "^"                       { GIVE(INSIGHTS_TOKEN_POWER); }
    'as'                      { GIVE(INSIGHTS_TOKEN_AS); }
    'by'                      { GIVE(INSIGHTS_TOKEN_BY); }
    'and' | "&&"              { GIVE(INSIGHTS_TOKEN_AND); }
    'or' | "||"               { GIVE(INSIGHTS_TOKEN_OR); }
    'not'                     { GIVE(INSIGHTS_TOKEN_NOT); }
    'in'                      { GIVE(INSIGHTS_TOKEN_IN); }
    'like'                    { GIVE(INSIGHTS_TOKEN_LIKE); }
    'asc'                     { GIVE(INSIGHTS_TOKEN_ASC); }
    'desc'                    { GIVE(INSIGHTS_TOKEN_DESC); }
    (digits ("." digits?)? | "." digits) ([eE] [+-]? digits)? { GIVE(INSIGHTS_TOKEN_NUMBER); }
    digits [a-zA-Z]+          { GIVE(INSIGHTS_TOKEN_PERIOD); }
    [@A-Za-z_\x80-\xff] [@A-Za-z0-9_.\x80-\xff]* { GIVE(INSIGHTS_TOKEN_NAME); }
    "`" [^`\n\x00]+ "`"       { GIVE(INSIGHTS_TOKEN_NAME); }
    ["] ([^"\\\x00] | [\\] [^\x00])* ["] { GIVE(INSIGHTS_TOKEN_TEXT); }
    ['] ([^'\\\x00] | [\\] [^\x00])* ['] { GIVE(INSIGHTS_TOKEN_TEXT); }
    *                         { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    InsightsToken token = {type, {(const char *)start, (size_t)(YYCURSOR - start)}};
    if (wanted == WANT_COMMAND && type == INSIGHTS_TOKEN_NAME)
        token.type = command_of(token.text);
    return token;
}
