/* log.h - what the program says of itself, on stderr: for people on a terminal, one JSON object a line elsewhere.
 * Below call/ nothing logs. Fields are key/value pairs: log_event(log, LOG_INFO, "ready", "port", "4566", NULL). */
#pragma once
#include "clock.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
typedef enum LogFormat { LOG_AUTO, LOG_HUMAN, LOG_JSON } LogFormat;
typedef struct Log Log;

Log *log_new(int fd, LogLevel least, LogFormat format,
             const Clock *clock); /* colour only on a terminal, never with NO_COLOR */
Log *log_free(Log *log);
bool log_wants(const Log *log, LogLevel level);
/* message, then pairs of const char *key, const char *value, then NULL. */
void log_event(Log *log, LogLevel level, const char *message, ...) __attribute__((sentinel));
void log_format(Log *log, LogLevel level, const char *format, ...) __attribute__((format(printf, 3, 4)));
