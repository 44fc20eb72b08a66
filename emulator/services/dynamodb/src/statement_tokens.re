/* statement_tokens.re - the words of PartiQL statements. A word that SQL reserves is no name unless it is quoted. */
#include "statement_parser.h"
#include "statement_grammar.h"

StatementToken statement_token_next(const char **at, const char *end)
{
    const unsigned char *YYCURSOR = (const unsigned char *)*at, *YYLIMIT = (const unsigned char *)end, *YYMARKER;
    const unsigned char *start;
    int type;

#define GIVE(type_) do { type = (type_); goto give; } while (0)

again:
    start = YYCURSOR;
    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    reserved =
    'ABSOLUTE' | 'ACTION' | 'ADD' | 'ALLOCATE' | 'ALTER' | 'ANY' | 'ARE' | 'ASSERTION' | 'AT' | 'AUTHORIZATION' |
    'AVG' | 'BAG' | 'BEGIN' | 'BIT' | 'BIT_LENGTH' | 'BLOB' | 'BOOL' | 'BOOLEAN' | 'CASCADE' | 'CASCADED' | 'CASE' |
    'CAST' | 'CATALOG' | 'CHAR' | 'CHAR_LENGTH' | 'CHARACTER' | 'CHARACTER_LENGTH' | 'CHECK' | 'CLOB' | 'CLOSE' |
    'COALESCE' | 'COLLATE' | 'COLLATION' | 'COLUMN' | 'COMMIT' | 'CONFLICT' | 'CONNECT' | 'CONNECTION' |
    'CONSTRAINT' | 'CONSTRAINTS' | 'CONTINUE' | 'CONVERT' | 'CORRESPONDING' | 'COUNT' | 'CREATE' | 'CROSS' |
    'CURRENT' | 'CURRENT_DATE' | 'CURRENT_TIME' | 'CURRENT_TIMESTAMP' | 'CURRENT_USER' | 'CURSOR' | 'DATE' |
    'DATE_ADD' | 'DATE_DIFF' | 'DEALLOCATE' | 'DEC' | 'DECIMAL' | 'DECLARE' | 'DEFAULT' | 'DEFERRABLE' |
    'DEFERRED' | 'DESCRIBE' | 'DESCRIPTOR' | 'DIAGNOSTICS' | 'DISCONNECT' | 'DO' | 'DOMAIN' | 'DOUBLE' | 'DROP' |
    'ELSE' | 'END' | 'ESCAPE' | 'EXCEPT' | 'EXCEPTION' | 'EXEC' | 'EXECUTE' | 'EXTERNAL' | 'EXTRACT' | 'FETCH' |
    'FIRST' | 'FLOAT' | 'FOR' | 'FOREIGN' | 'FOUND' | 'FULL' | 'GET' | 'GLOBAL' | 'GO' | 'GOTO' | 'GRANT' |
    'IDENTITY' | 'IMMEDIATE' | 'INDEX' | 'INDICATOR' | 'INITIALLY' | 'INNER' | 'INPUT' | 'INSENSITIVE' | 'INT' |
    'INTEGER' | 'INTERSECT' | 'INTERVAL' | 'ISOLATION' | 'KEY' | 'LANGUAGE' | 'LAST' | 'LEFT' | 'LET' | 'LEVEL' |
    'LOCAL' | 'LOWER' | 'MATCH' | 'MAX' | 'MIN' | 'MODULE' | 'NAMES' | 'NATIONAL' | 'NATURAL' | 'NCHAR' | 'NEXT' |
    'NO' | 'NOTHING' | 'NULLIF' | 'NUMERIC' | 'OCTET_LENGTH' | 'OF' | 'ON' | 'ONLY' | 'OPEN' | 'OPTION' | 'OUTER' |
    'OUTPUT' | 'OVERLAPS' | 'PAD' | 'PARTIAL' | 'PIVOT' | 'POSITION' | 'PRECISION' | 'PREPARE' | 'PRESERVE' |
    'PRIMARY' | 'PRIOR' | 'PRIVILEGES' | 'PROCEDURE' | 'PUBLIC' | 'READ' | 'REAL' | 'REFERENCES' | 'RELATIVE' |
    'RESTRICT' | 'REVOKE' | 'RIGHT' | 'ROLLBACK' | 'ROWS' | 'SCHEMA' | 'SCROLL' | 'SECTION' | 'SESSION' |
    'SESSION_USER' | 'SEXP' | 'SMALLINT' | 'SOME' | 'SPACE' | 'SQL' | 'SQLCODE' | 'SQLERROR' | 'SQLSTATE' |
    'STRING' | 'STRUCT' | 'SUBSTRING' | 'SUM' | 'SYMBOL' | 'SYSTEM_USER' | 'TABLE' | 'TEMPORARY' | 'THEN' | 'TIME' |
    'TIMESTAMP' | 'TO' | 'TRANSACTION' | 'TRANSLATE' | 'TRANSLATION' | 'TRIM' | 'TUPLE' | 'UNION' | 'UNIQUE' |
    'UNKNOWN' | 'UNPIVOT' | 'UPPER' | 'USAGE' | 'USER' | 'USING' | 'VALUES' | 'VARCHAR' | 'VARYING' | 'VIEW' |
    'WHEN' | 'WHENEVER' | 'WITH' | 'WORK' | 'WRITE' | 'ZONE';
    digits = [0-9]+;
    exponent = [eE] [+-]? digits;

    $                        { GIVE(0); }
    [ \t\r\n\f\v]+          { goto again; }
    "--" [^\r\n\x00]*        { goto again; }
    "/*"                     { GIVE(-1); } /* without its end */
    "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/" { goto again; }
    'SELECT'                 { GIVE(WORD_SELECT); }
    'FROM'                   { GIVE(WORD_FROM); }
    'WHERE'                  { GIVE(WORD_WHERE); }
    'ORDER'                  { GIVE(WORD_ORDER); }
    'BY'                     { GIVE(WORD_BY); }
    'ASC'                    { GIVE(WORD_ASC); }
    'DESC'                   { GIVE(WORD_DESC); }
    'AND'                    { GIVE(WORD_AND); }
    'OR'                     { GIVE(WORD_OR); }
    'NOT'                    { GIVE(WORD_NOT); }
    'BETWEEN'                { GIVE(WORD_BETWEEN); }
    'IN'                     { GIVE(WORD_IN); }
    'IS'                     { GIVE(WORD_IS); }
    'MISSING'                { GIVE(WORD_MISSING); }
    'NULL'                   { GIVE(WORD_NULL); }
    'TRUE'                   { GIVE(WORD_TRUE); }
    'FALSE'                  { GIVE(WORD_FALSE); }
    'INSERT'                 { GIVE(WORD_INSERT); }
    'INTO'                   { GIVE(WORD_INTO); }
    'VALUE'                  { GIVE(WORD_VALUE); }
    'UPDATE'                 { GIVE(WORD_UPDATE); }
    'SET'                    { GIVE(WORD_SET); }
    'REMOVE'                 { GIVE(WORD_REMOVE); }
    'DELETE'                 { GIVE(WORD_DELETE); }
    'RETURNING'              { GIVE(WORD_RETURNING); }
    'ALL'                    { GIVE(WORD_ALL); }
    'MODIFIED'               { GIVE(WORD_MODIFIED); }
    'OLD'                    { GIVE(WORD_OLD); }
    'NEW'                    { GIVE(WORD_NEW); }
    'EXISTS'                 { GIVE(WORD_EXISTS); }
    'AS'                     { GIVE(WORD_AS); }
    'LIKE'                   { GIVE(WORD_LIKE); }
    'DISTINCT'               { GIVE(WORD_DISTINCT); }
    'JOIN'                   { GIVE(WORD_JOIN); }
    'GROUP' | 'HAVING' | 'LIMIT' { GIVE(WORD_CLAUSE); }
    'SIZE' | 'LIST'          { GIVE(WORD_FUNCTION); }
    reserved                 { GIVE(WORD_FUNCTION); }
    [A-Za-z_$][A-Za-z0-9_$]* { GIVE(WORD_NAME); }
    ["] ([^"\x00] | "\"\"")* ["] { GIVE(WORD_QUOTED); }
    ['] ([^'\x00] | "''")* ['] { GIVE(WORD_STRING); }
    digits                   { GIVE(WORD_INTEGER); }
    (digits "." digits? | "." digits) exponent? { GIVE(WORD_DECIMAL); }
    digits exponent          { GIVE(WORD_DECIMAL); }
    [`] [^`\x00]* [`]        { GIVE(WORD_ION); }
    "?"                      { GIVE(WORD_PARAMETER); }
    "("                      { GIVE(WORD_OPEN); }
    ")"                      { GIVE(WORD_CLOSE); }
    "["                      { GIVE(WORD_OPEN_LIST); }
    "]"                      { GIVE(WORD_CLOSE_LIST); }
    "{"                      { GIVE(WORD_OPEN_MAP); }
    "}"                      { GIVE(WORD_CLOSE_MAP); }
    "<<"                     { GIVE(WORD_OPEN_SET); }
    ">>"                     { GIVE(WORD_CLOSE_SET); }
    "."                      { GIVE(WORD_DOT); }
    ","                      { GIVE(WORD_COMMA); }
    ":"                      { GIVE(WORD_COLON); }
    ";"                      { GIVE(WORD_SEMICOLON); }
    "="                      { GIVE(WORD_EQ); }
    "<>"                     { GIVE(WORD_NE); }
    "!="                     { GIVE(WORD_NE); }
    "<"                      { GIVE(WORD_LT); }
    "<="                     { GIVE(WORD_LE); }
    ">"                      { GIVE(WORD_GT); }
    ">="                     { GIVE(WORD_GE); }
    "+"                      { GIVE(WORD_PLUS); }
    "-"                      { GIVE(WORD_MINUS); }
    "*"                      { GIVE(WORD_STAR); }
    "/" | "%" | "||"         { GIVE(WORD_OPERATOR); }
    *                        { GIVE(-1); }
    */
give:
    *at = (const char *)YYCURSOR;
    return (StatementToken){.type = type, .text = {(const char *)start, (size_t)(YYCURSOR - start)}};
}
