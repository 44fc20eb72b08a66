/* encryption.c */
#include "encryption.h"

Status encryption_check(Call *call, Bytes asked, Bytes customer_algorithm)
{
    if (present(customer_algorithm))
        return deny_telling(call, &NOT_IMPLEMENTED, .header = TEXT("x-amz-server-side-encryption-customer-algorithm"));
    if (!present(asked) || bytes_is(asked, "AES256"))
        return OK;
    if (bytes_starts_with(asked, TEXT("aws:kms")))
        return deny_telling(call, &NOT_IMPLEMENTED, .header = TEXT("x-amz-server-side-encryption"),
                            .additional_message = TEXT("evpoc-emu does not encrypt with keys of KMS yet"));
    return deny_telling(call, &INVALID_ENCRYPTION, .argument_name = TEXT("x-amz-server-side-encryption"),
                        .argument_value = asked);
}

bool encryption_is_known(Bytes algorithm)
{
    return bytes_is(algorithm, "AES256") || bytes_is(algorithm, "aws:kms") || bytes_is(algorithm, "aws:kms:dsse");
}
