"""The rows of KMS' cryptography, grants, replicas and imports, and calls of it that succeed: refusals.py and templates.py say how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import ACCOUNT, Body, Row

NO_KEY = "00000000-0000-4000-8000-000000000000"
DATA = "aGVsbG8="
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
STORE = {"CustomKeyStoreId": "cks-1234567890abcdef0"}
HSM = {"CloudHsmClusterId": "cluster-abcdefghijk", "TrustAnchorCertificate": "none", "KeyStorePassword": "kmsPswd1"}
# A call that would succeed, but for the key.
ENCRYPTING: dict[str, Body] = {
    "Encrypt": {"Plaintext": DATA, "EncryptionContext": {"a": "b"}}, "GenerateDataKey": {"KeySpec": "AES_256"}, "GenerateDataKeyWithoutPlaintext": {"NumberOfBytes": 16},
    "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"}, "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P384"},
}
OF_OTHER_KEYS: dict[str, Body] = {
    "Sign": {"Message": DATA, "SigningAlgorithm": "ECDSA_SHA_256"}, "Verify": {"Message": DATA, "SigningAlgorithm": "ECDSA_SHA_256", "Signature": DATA},
    "GenerateMac": {"Message": DATA, "MacAlgorithm": "HMAC_SHA_256"}, "VerifyMac": {"Message": DATA, "MacAlgorithm": "HMAC_SHA_256", "Mac": DATA},
    "DeriveSharedSecret": {"KeyAgreementAlgorithm": "ECDH", "PublicKey": DATA},
}
BY_ID: dict[str, Body] = {
    "EnableKeyRotation": {"RotationPeriodInDays": 90}, "DisableKeyRotation": {}, "RotateKeyOnDemand": {},
    "CreateGrant": {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
    "ReplicateKey": {"ReplicaRegion": "eu-west-1"}, "UpdatePrimaryRegion": {"PrimaryRegion": "eu-west-1"},
}
TOLD: dict[str, Body] = {"GetKeyRotationStatus": {}, "ListKeyRotations": {}, "ListGrants": {}, "RevokeGrant": {"GrantId": "0" * 64}}
IMPORTS: dict[str, Body] = {
    "GetParametersForImport": {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
    "ImportKeyMaterial": {"ImportToken": DATA, "EncryptedKeyMaterial": DATA, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
    "DeleteImportedKeyMaterial": {},
}
STORES: dict[str, Body] = {"DescribeCustomKeyStores": STORE, "UpdateCustomKeyStore": {**STORE, "NewCustomKeyStoreName": "n"}, "ConnectCustomKeyStore": STORE,
                           "DisconnectCustomKeyStore": STORE, "DeleteCustomKeyStore": STORE}
OF_A_KEY = {**ENCRYPTING, **OF_OTHER_KEYS, **BY_ID, **TOLD, **IMPORTS, "GetPublicKey": {}}
TEMPLATES = {**{f"kms {name}": [{"KeyId": "$KeyId", **body}] for name, body in OF_A_KEY.items()}, **{f"kms {name}": [body] for name, body in STORES.items()},
             "kms Decrypt": [{"CiphertextBlob": DATA, "KeyId": "$KeyId", "EncryptionContext": {"a": "b"}}], "kms GenerateRandom": [{"NumberOfBytes": 32}],
             "kms ReEncrypt": [{"CiphertextBlob": DATA, "DestinationKeyId": "$KeyId"}], "kms ListRetirableGrants": [{"RetiringPrincipal": ROLE}],
             "kms RetireGrant": [{"KeyId": "$KeyId", "GrantId": "0" * 64}], "kms DescribeCustomKeyStores": [{}]}


def kms_more() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "kms", operation, error, body)

    for operation, body in OF_A_KEY.items():
        yield row(operation, "NotFoundException", {"KeyId": NO_KEY, **body})
    for operation, body in {**ENCRYPTING, **OF_OTHER_KEYS, **BY_ID, **IMPORTS}.items():
        if operation != "DeleteImportedKeyMaterial":
            yield row(operation, "KMSInvalidStateException", {"KeyId": "$key-pending", **body})
    for operation, body in {**BY_ID, **TOLD, **IMPORTS}.items():
        yield row(operation, "InvalidArnException", {"KeyId": "alias/made", **body})
    for operation, body in OF_OTHER_KEYS.items():
        yield row(operation, "InvalidKeyUsageException", {"KeyId": "$key", **body})
    for operation, body in ENCRYPTING.items():
        yield row(operation, "DryRunOperationException", {"KeyId": "$key", "DryRun": True, **body})
        yield row(operation, "DisabledException", {"KeyId": "$key-disabled", **body})
        yield row(operation, "InvalidGrantTokenException", {"KeyId": "$key", "GrantTokens": ["forged"], **body})
    yield row("Encapsulate", "InvalidKeyUsageException", {"KeyId": "$key", "EncapsulationAlgorithm": "ML_KEM"})
    yield row("Decapsulate", "InvalidKeyUsageException", {"KeyId": "$key", "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": DATA})
    yield row("CreateCustomKeyStore", "CloudHsmClusterNotFoundException", {"CustomKeyStoreName": "n", **HSM})
    yield row("CreateCustomKeyStore", "XksProxyUriUnreachableException", {"CustomKeyStoreName": "n", "CustomKeyStoreType": "EXTERNAL_KEY_STORE"})
    for operation, body in STORES.items():
        yield row(operation, "CustomKeyStoreNotFoundException", body)
    for operation, body in {**IMPORTS, "ReplicateKey": BY_ID["ReplicateKey"], "UpdatePrimaryRegion": BY_ID["UpdatePrimaryRegion"], "GetPublicKey": {}}.items():
        yield row(operation, "UnsupportedOperationException", {"KeyId": "$key", **body})
    yield row("Encrypt", "InvalidKeyUsageException", {"KeyId": "$key", "Plaintext": DATA, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"})
    yield row("Decrypt", "InvalidCiphertextException", {"CiphertextBlob": DATA})
    yield row("Decrypt", "NotFoundException", {"CiphertextBlob": DATA, "KeyId": NO_KEY})
    yield row("ReEncrypt", "InvalidCiphertextException", {"CiphertextBlob": DATA, "DestinationKeyId": "$key"})
    yield row("GenerateRandom", "CustomKeyStoreNotFoundException", {"NumberOfBytes": 1, **STORE})
    yield row("CreateGrant", "InvalidArnException", {"KeyId": "$key", "GranteePrincipal": "somebody", "Operations": ["Decrypt"]})
    yield row("ListRetirableGrants", "InvalidArnException", {"RetiringPrincipal": "somebody"})
    yield row("ListRetirableGrants", "InvalidMarkerException", {"RetiringPrincipal": ROLE, "Marker": "x"})
    yield row("ListGrants", "InvalidMarkerException", {"KeyId": "$key", "Marker": "x"})
    yield row("ListKeyRotations", "InvalidMarkerException", {"KeyId": "$key", "Marker": "x"})
    yield row("RetireGrant", "InvalidGrantTokenException", {"GrantToken": "forged"})
    yield row("RetireGrant", "NotFoundException", {"KeyId": "$key", "GrantId": "0" * 64})
    yield row("RevokeGrant", "NotFoundException", {"KeyId": "$key", "GrantId": "0" * 64})
