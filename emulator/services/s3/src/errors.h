/* errors.h - what S3 refuses with. The model lists few of its errors; the API Reference's page "Error responses" and
 * AWS's recorded answers have the others, and what each tells beside its message. */
#pragma once
#include "call.h"

/* X(member, element): what an error may tell, each where it is present. */
#define S3_ERROR_FIELDS(X)                                                                                             \
    X(bucket_name, "BucketName")                                                                                       \
    X(key, "Key")                                                                                                      \
    X(version_id, "VersionId")                                                                                         \
    X(upload_id, "UploadId")                                                                                           \
    X(part_number, "PartNumber")                                                                                       \
    X(part_etag, "ETag")                                                                                               \
    X(argument_name, "ArgumentName")                                                                                   \
    X(argument_value, "ArgumentValue")                                                                                 \
    X(method, "Method")                                                                                                \
    X(resource_type, "ResourceType")                                                                                   \
    X(condition, "Condition")                                                                                          \
    X(header, "Header")                                                                                                \
    X(additional_message, "additionalMessage")                                                                         \
    X(location_constraint, "LocationConstraint")                                                                       \
    X(content_md5, "Content-MD5")                                                                                      \
    X(expected_digest, "ExpectedDigest")                                                                               \
    X(calculated_digest, "CalculatedDigest")                                                                           \
    X(client_sha256, "ClientComputedContentSHA256")                                                                    \
    X(our_sha256, "S3ComputedContentSHA256")                                                                           \
    X(range_requested, "RangeRequested")                                                                               \
    X(actual_size, "ActualObjectSize")                                                                                 \
    X(part_number_requested, "PartNumberRequested")                                                                    \
    X(actual_part_count, "ActualPartCount")                                                                            \
    X(storage_class_requested, "StorageClassRequested")                                                                \
    X(storage_class, "StorageClass")                                                                                   \
    X(proposed_size, "ProposedSize")                                                                                   \
    X(min_size_allowed, "MinSizeAllowed")                                                                              \
    X(max_size_allowed, "MaxSizeAllowed")                                                                              \
    X(size, "Size")                                                                                                    \
    X(tag_key, "TagKey")                                                                                               \
    X(tag_value, "TagValue")                                                                                           \
    X(x_amz_expires, "X-Amz-Expires")                                                                                  \
    X(expires, "Expires")                                                                                              \
    X(server_time, "ServerTime")                                                                                       \
    X(target_bucket, "TargetBucket")                                                                                   \
    X(target_bucket_location, "TargetBucketLocation")                                                                  \
    X(source_bucket_location, "SourceBucketLocation")                                                                  \
    X(argument_name_1, "ArgumentName1")                                                                                \
    X(argument_value_1, "ArgumentValue1")                                                                              \
    X(region, "Region")                                                                                                \
    X(missing_header_name, "MissingHeaderName")

#define S3_ERROR_HEADERS(X)                                                                                            \
    X(h_etag, "etag")                                                                                                  \
    X(h_last_modified, "last-modified")                                                                                \
    X(h_version_id, "x-amz-version-id")                                                                                \
    X(h_delete_marker, "x-amz-delete-marker")                                                                          \
    X(h_allow, "allow")

typedef struct S3ErrorFields {
#define MEMBER(member, element) Bytes member;
    S3_ERROR_FIELDS(MEMBER)
    S3_ERROR_HEADERS(MEMBER)
#undef MEMBER
} S3ErrorFields;

/* X(constant, code, status, message) */
#define S3_ERRORS(X)                                                                                                   \
    X(ACCESS_DENIED, "AccessDenied", 403, "Access Denied")                                                             \
    X(ACL_NOT_SUPPORTED, "AccessControlListNotSupported", 400, "The bucket does not allow ACLs")                       \
    X(AUTHORIZATION_MALFORMED, "AuthorizationHeaderMalformed", 400, "")                                                \
    X(ACCESS_FORBIDDEN, "AccessForbidden", 403, "")                                                                    \
    X(BAD_REQUEST, "BadRequest", 400, "")                                                                              \
    X(BAD_DIGEST, "BadDigest", 400, "The Content-MD5 you specified did not match what we received.")                   \
    X(BAD_TAGS, "BadRequest", 400, "Object tags cannot be greater than 10")                                            \
    X(BUCKET_EXISTS, "BucketAlreadyExists", 409,                                                                       \
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please " \
      "select a different name and try again.")                                                                        \
    X(BUCKET_IS_YOURS, "BucketAlreadyOwnedByYou", 409,                                                                 \
      "Your previous request to create the named bucket succeeded and you already own it.")                            \
    X(BUCKET_NOT_EMPTY, "BucketNotEmpty", 409, "The bucket you tried to delete is not empty")                          \
    X(CONDITIONAL_CONFLICT, "ConditionalRequestConflict", 409,                                                         \
      "The conditional request cannot succeed due to a conflicting operation against this resource.")                  \
    X(CONFIGURATION_ABSENT, "NoSuchConfiguration", 404, "The specified configuration does not exist.")                 \
    X(CORS_ABSENT, "NoSuchCORSConfiguration", 404, "The CORS configuration does not exist")                            \
    X(CROSS_LOCATION_LOGGING, "CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ")       \
    X(ENCRYPTION_ABSENT, "ServerSideEncryptionConfigurationNotFoundError", 404,                                        \
      "The server side encryption configuration was not found")                                                        \
    X(ENTITY_TOO_LARGE, "EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")                \
    X(ENTITY_TOO_SMALL, "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")        \
    X(FORM_MALFORMED, "MalformedPOSTRequest", 400,                                                                     \
      "The body of your POST request is not well-formed multipart/form-data.")                                         \
    X(FORM_TOO_LARGE, "MaxPostPreDataLengthExceeded", 400,                                                             \
      "Your POST request fields preceding the upload file were too large.")                                            \
    X(ID_MISMATCH, "IdMismatch", 400, "Document ID does not match the specified configuration ID.")                    \
    X(ILLEGAL_LOCATION, "IllegalLocationConstraintException", 400, "")                                                 \
    X(ILLEGAL_VERSIONING, "IllegalVersioningConfigurationException", 400, "The Versioning element must be specified")  \
    X(INCOMPLETE_BODY, "IncompleteBody", 400, "The request body terminated unexpectedly")                              \
    X(INTERNAL_ERROR, "InternalError", 500, "We encountered an internal error. Please try again.")                     \
    X(INVALID_ARGUMENT, "InvalidArgument", 400, "Invalid Argument")                                                    \
    X(INVALID_BUCKET_STATE, "InvalidBucketState", 409,                                                                 \
      "The request is not valid for the current state of the bucket.")                                                 \
    X(INVALID_INVENTORY_BUCKET, "InvalidS3DestinationBucket", 400, "Invalid bucket ARN.")                              \
    X(INVALID_LOG_TARGET, "InvalidTargetBucketForLogging", 400, "The target bucket for logging does not exist")        \
    X(INVALID_BUCKET_NAME, "InvalidBucketName", 400, "The specified bucket is not valid.")                             \
    X(INVALID_DIGEST, "InvalidDigest", 400, "The Content-MD5 you specified was invalid.")                              \
    X(INVALID_ENCRYPTION, "InvalidEncryptionAlgorithmError", 400,                                                      \
      "The Encryption request you specified is not valid. Supported value: AES256.")                                   \
    X(INVALID_LOCATION, "InvalidLocationConstraint", 400, "The specified location-constraint is not valid")            \
    X(INVALID_OBJECT_STATE, "InvalidObjectState", 403, "The operation is not valid for the object's storage class")    \
    X(INVALID_OWNER_ID, "InvalidBucketOwnerAWSAccountID", 400, "")                                                     \
    X(INVALID_PART, "InvalidPart", 400,                                                                                \
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified " \
      "entity tag may not match the part's entity tag.")                                                               \
    X(INVALID_PART_NUMBER, "InvalidPartNumber", 416, "The requested partnumber is not satisfiable")                    \
    X(INVALID_PART_ORDER, "InvalidPartOrder", 400,                                                                     \
      "The list of parts was not in ascending order. Parts must be ordered by part number.")                           \
    X(INVALID_POLICY, "InvalidPolicyDocument", 400, "")                                                                \
    X(INVALID_RANGE, "InvalidRange", 416, "The requested range is not satisfiable")                                    \
    X(INVALID_REQUEST, "InvalidRequest", 400, "Invalid Request")                                                       \
    X(INVALID_STORAGE_CLASS, "InvalidStorageClass", 400, "The storage class you specified is not valid")               \
    X(INVALID_TAG, "InvalidTag", 400, "The TagKey you have provided is invalid")                                       \
    X(INVALID_URI, "InvalidURI", 400, "Couldn't parse the specified URI.")                                             \
    X(FORGED, "SignatureDoesNotMatch", 403,                                                                            \
      "The request signature we calculated does not match the signature you provided. Check your key and signing "     \
      "method.")                                                                                                       \
    X(KEY_TOO_LONG, "KeyTooLongError", 400, "Your key is too long")                                                    \
    X(KEY_DISABLED, "KMS.DisabledException", 400, "")                                                                  \
    X(KEY_INVALID_STATE, "KMS.KMSInvalidStateException", 400, "")                                                      \
    X(KEY_INVALID_USAGE, "KMS.InvalidKeyUsageException", 400, "")                                                      \
    X(KEY_NOT_FOUND, "KMS.NotFoundException", 400, "")                                                                 \
    X(LIFECYCLE_ABSENT, "NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist")             \
    X(LOCK_ABSENT, "NoSuchObjectLockConfiguration", 404,                                                               \
      "The specified object does not have a ObjectLock configuration")                                                 \
    X(MALFORMED_ACL, "MalformedACLError", 400,                                                                         \
      "The XML you provided was not well-formed or did not validate against our published schema")                     \
    X(MALFORMED_POLICY, "MalformedPolicy", 400, "Policies must be valid JSON and the first byte must be '{'")          \
    X(MALFORMED_TRAILER, "MalformedTrailerError", 400,                                                                 \
      "The request contained trailing data that was not well-formed or did not conform to our published schema.")      \
    X(MALFORMED_XML, "MalformedXML", 400,                                                                              \
      "The XML you provided was not well-formed or did not validate against our published schema")                     \
    X(METADATA_TOO_LARGE, "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")   \
    X(METHOD_NOT_ALLOWED, "MethodNotAllowed", 405, "The specified method is not allowed against this resource.")       \
    X(MISSING_LENGTH, "MissingContentLength", 411, "You must provide the Content-Length HTTP header.")                 \
    X(MISSING_HEADER, "MissingSecurityHeader", 400, "Your request was missing a required header")                      \
    X(NO_ROOM, "InsufficientStorage", 507, "There is no room on the disk for it.")                                     \
    X(NO_SUCH_BUCKET, "NoSuchBucket", 404, "The specified bucket does not exist")                                      \
    X(NO_SUCH_KEY, "NoSuchKey", 404, "The specified key does not exist.")                                              \
    X(NO_SUCH_UPLOAD, "NoSuchUpload", 404,                                                                             \
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "     \
      "completed.")                                                                                                    \
    X(NO_SUCH_VERSION, "NoSuchVersion", 404, "The specified version does not exist.")                                  \
    X(NOT_IMPLEMENTED, "NotImplemented", 501, "A header you provided implies functionality that is not implemented")   \
    X(NOT_MODIFIED, "NotModified", 304, "Not Modified")                                                                \
    X(OBJECT_LOCK_ABSENT, "ObjectLockConfigurationNotFoundError", 404,                                                 \
      "Object Lock configuration does not exist for this bucket")                                                      \
    X(OWNERSHIP_ABSENT, "OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found")         \
    X(POLICY_ABSENT, "NoSuchBucketPolicy", 404, "The bucket policy does not exist")                                    \
    X(PRECONDITION_FAILED, "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold") \
    X(PUBLIC_ACCESS_ABSENT, "NoSuchPublicAccessBlockConfiguration", 404,                                               \
      "The public access block configuration was not found")                                                           \
    X(QUERY_PARAMETERS, "AuthorizationQueryParametersError", 400, "")                                                  \
    X(REPLICATION_ABSENT, "ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found") \
    X(RESTORE_IN_PROGRESS, "RestoreAlreadyInProgress", 409, "Object restore is already in progress")                   \
    X(SHA256_MISMATCH, "XAmzContentSHA256Mismatch", 400,                                                               \
      "The provided 'x-amz-content-sha256' header does not match what was computed.")                                  \
    X(TAGS_ABSENT, "NoSuchTagSet", 404, "The TagSet does not exist")                                                   \
    X(TOO_MANY_BUCKETS, "TooManyBuckets", 400, "You have attempted to create more buckets than allowed")               \
    X(UNEXPECTED_CONTENT, "UnexpectedContent", 400, "This request does not support content")                           \
    X(WEBSITE_ABSENT, "NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration")

#define DECLARE(constant, code, status, message) extern const ErrorModel constant;
S3_ERRORS(DECLARE)
#undef DECLARE

/* In the usual words of the error. */
MUST_CHECK Status deny(Call *call, const ErrorModel *error);
/* With what else it tells: deny_telling(call, &NO_SUCH_KEY, .key = key). */
#define deny_telling(call, error, ...)       deny_in_words((call), (error), NULL, &(S3ErrorFields){__VA_ARGS__})
#define deny_saying(call, error, words, ...) deny_in_words((call), (error), (words), &(S3ErrorFields){__VA_ARGS__})
MUST_CHECK Status deny_in_words(Call *call, const ErrorModel *error, const char *words, const S3ErrorFields *fields);
Bytes decimal(Call *call, int64_t number);
