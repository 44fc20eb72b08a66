/* lambda.c - the fields that are discovered in the logs of Lambda functions. aws: CloudWatch Logs User Guide,
 * "Supported logs and discovered fields": @requestId, @type, @duration, @billedDuration, @memorySize, @maxMemoryUsed.
 */
#include "row.h"

static bool is_of_lambda(Bytes log)
{
    return memmem(log.ptr, log.len, ":/aws/lambda/", 13) != NULL;
}

static Bytes type_of(Bytes message)
{
    static const char *const types[] = {"START", "END", "REPORT"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        Bytes type = bytes_of(types[i]);
        if (message.len > type.len && bytes_starts_with(message, type) && message.ptr[type.len] == ' ')
            return type;
    }
    return (Bytes){0};
}

/* The word behind a label: "Duration: 12.5 ms". */
static Bytes behind(Bytes message, const char *label)
{
    size_t len = strlen(label), at;
    const char *found = memmem(message.ptr, message.len, label, len);
    if (!found)
        return (Bytes){0};
    Bytes rest =
        bytes_slice(message, (size_t)(found - message.ptr) + len, message.len - (size_t)(found - message.ptr) - len);
    for (at = 0; at < rest.len && rest.ptr[at] != ' ' && rest.ptr[at] != '\t' && rest.ptr[at] != '\n'; at++)
        ;
    return bytes_slice(rest, 0, at);
}

static bool is_request_id(Bytes text)
{
    return text.len == 36 && text.ptr[8] == '-' && text.ptr[13] == '-' && text.ptr[18] == '-' && text.ptr[23] == '-';
}

/* START RequestId: <id>, or the second column of what a function has written. */
static Cell request_id(Bytes message, Bytes type)
{
    Bytes rest = message;
    if (present(type))
        return cell_text(behind(message, "RequestId: "));
    (void)bytes_cut(&rest, '\t');
    Bytes id = present(rest) ? bytes_cut(&rest, '\t') : (Bytes){0};
    return is_request_id(id) ? cell_text(id) : (Cell){0};
}

static Cell megabytes(Bytes text)
{
    Cell cell = cell_text(text);
    double number;
    return cell_as_number(&cell, &number) ? cell_number(number * 1e6) : (Cell){0};
}

Cell lambda_field(const InsightsEvent *event, Bytes name)
{
    Bytes message = event->message;
    if (!is_of_lambda(event->log))
        return (Cell){0};
    Bytes type = type_of(message);
    if (bytes_is(name, "@type"))
        return cell_text(type);
    if (bytes_is(name, "@requestId"))
        return request_id(message, type);
    if (!bytes_is(type, "REPORT"))
        return (Cell){0};
    if (bytes_is(name, "@duration"))
        return cell_text(behind(message, "\tDuration: "));
    if (bytes_is(name, "@billedDuration"))
        return cell_text(behind(message, "\tBilled Duration: "));
    if (bytes_is(name, "@initDuration"))
        return cell_text(behind(message, "\tInit Duration: "));
    if (bytes_is(name, "@memorySize"))
        return megabytes(behind(message, "\tMemory Size: "));
    if (bytes_is(name, "@maxMemoryUsed"))
        return megabytes(behind(message, "\tMax Memory Used: "));
    return (Cell){0};
}
