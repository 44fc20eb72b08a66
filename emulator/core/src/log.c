/* log.c - one line an event, written with one write(2). */
#include "log.h"
#include "buffer.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct Log {
    int fd;
    LogLevel least;
    bool is_json, has_colour;
    const Clock *clock;
};

static const char *const names[] = {"debug", "info", "warn", "error"};
static const char *const colours[] = {"\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};

Log *log_new(int fd, LogLevel least, LogFormat format, const Clock *clock)
{
    Log *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    bool is_terminal = isatty(fd);
    const char *no_colour = getenv("NO_COLOR");
    log->fd = fd;
    log->least = least;
    log->is_json = format == LOG_JSON || (format == LOG_AUTO && !is_terminal);
    log->has_colour = is_terminal && !(no_colour && *no_colour);
    log->clock = clock;
    return log;
}

Log *log_free(Log *log)
{
    free(log);
    return NULL;
}

bool log_wants(const Log *log, LogLevel level)
{
    return level >= log->least;
}

static void append_quoted(Buffer *line, const char *text)
{
    Bytes rest = bytes_of(text);
    buffer_append_char(line, '"');
    while (rest.len) {
        size_t len = bytes_utf8_character(rest);
        Bytes character = len ? bytes_slice(rest, 0, len) : TEXT("\xef\xbf\xbd");
        if (character.ptr[0] == '"' || character.ptr[0] == '\\')
            buffer_append_char(line, '\\');
        buffer_append_shown(line, character);
        rest = bytes_slice(rest, len + !len, rest.len - len - !len);
    }
    buffer_append_char(line, '"');
}

static void append_time(const Log *log, Buffer *line)
{
    int64_t now_ms = clock_now_ms(log->clock);
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, log->is_json ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &utc);
    buffer_append_format(line, "%s.%03dZ", text, (int)(now_ms % 1000));
}

static void begin_line(const Log *log, LogLevel level, Buffer *line, const char *message)
{
    if (log->is_json) {
        buffer_append_text(line, "{\"time\":\"");
        append_time(log, line);
        buffer_append_format(line, "\",\"level\":\"%s\",\"message\":", names[level]);
        append_quoted(line, message);
        return;
    }
    append_time(log, line);
    buffer_append_format(line, " %s%-5s%s ", log->has_colour ? colours[level] : "", names[level],
                         log->has_colour ? "\x1b[0m" : "");
    buffer_append_shown(line, bytes_of(message));
}

static void add_field(const Log *log, Buffer *line, const char *key, const char *value)
{
    buffer_append_char(line, log->is_json ? ',' : ' ');
    if (log->is_json)
        append_quoted(line, key);
    else
        buffer_append_text(line, key);
    buffer_append_char(line, log->is_json ? ':' : '=');
    if (log->is_json || strpbrk(value, " \"\n\r\t"))
        append_quoted(line, value);
    else
        buffer_append_shown(line, bytes_of(value));
}

static void end_line(const Log *log, Buffer *line)
{
    buffer_append_text(line, log->is_json ? "}\n" : "\n");
    /* A log that cannot be written is nobody's reason to stop. */
    ssize_t written = write(log->fd, line->ptr, line->len);
    (void)written;
    buffer_done(line);
}

void log_event(Log *log, LogLevel level, const char *message, ...)
{
    if (!log_wants(log, level))
        return;
    Buffer line = {0};
    va_list pairs;
    begin_line(log, level, &line, message);
    va_start(pairs, message);
    for (const char *key; (key = va_arg(pairs, const char *));)
        add_field(log, &line, key, va_arg(pairs, const char *));
    va_end(pairs);
    end_line(log, &line);
}

void log_format(Log *log, LogLevel level, const char *format, ...)
{
    if (!log_wants(log, level))
        return;
    char message[2048];
    Buffer line = {0};
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    begin_line(log, level, &line, message);
    end_line(log, &line);
}
