/* common_errors.c - errors that every service can give and no model lists.
 * aws: "Common Errors" of each API reference; the namespaces are those seen in recorded answers. */
#include "model.h"

const ErrorModel COMMON_VALIDATION = {"ValidationException", NULL, "ValidationError", 400, true, "message", NULL};
const ErrorModel COMMON_SERIALIZATION = {"SerializationException", NULL, "MalformedInput", 400, true, "Message", NULL};
const ErrorModel COMMON_UNKNOWN_OPERATION = {
    "UnknownOperationException", NULL, "InvalidAction", 400, true, "Message", NULL};
const ErrorModel COMMON_INTERNAL_FAILURE = {"InternalFailure", NULL, NULL, 500, false, "message", NULL};
const ErrorModel COMMON_NOT_IMPLEMENTED = {
    "NotImplementedException", NULL, "NotImplemented", 501, false, "message", NULL};
const ErrorModel COMMON_ACCESS_DENIED = {"AccessDeniedException", NULL, "AccessDenied", 403, true, "message", NULL};
const ErrorModel COMMON_SERVICE_UNAVAILABLE = {"ServiceUnavailable", NULL, NULL, 503, false, "message", NULL};
const ErrorModel COMMON_REQUEST_TOO_LARGE = {"RequestEntityTooLargeException", NULL, NULL, 413, true, "message", NULL};
const ErrorModel COMMON_MISSING_TOKEN = {
    "MissingAuthenticationTokenException", NULL, "MissingAuthenticationToken", 400, true, "message", NULL};
const ErrorModel COMMON_MISSING_ACTION = {"MissingAction", NULL, NULL, 400, true, "message", NULL};
const ErrorModel COMMON_INVALID_ACTION = {"InvalidAction", NULL, NULL, 400, true, "message", NULL};
const ErrorModel COMMON_MALFORMED_QUERY = {"MalformedQueryString", NULL, NULL, 404, true, "message", NULL};
const ErrorModel COMMON_UNKNOWN_SERVICE = {"UnknownServiceException", NULL, NULL, 404, true, "message", NULL};
