"""The AWS Encryption SDK: a message under two keys is opened with either; with neither, or as another's, it isn't."""

import json
import sys

import aws_encryption_sdk
from aws_encryption_sdk import CommitmentPolicy, DiscoveryAwsKmsMasterKeyProvider, StrictAwsKmsMasterKeyProvider
from aws_encryption_sdk.caches.local import LocalCryptoMaterialsCache
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.materials_managers.caching import CachingCryptoMaterialsManager

first, second, third = sys.argv[1:4]
client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
context = {"tenant": "a", "purpose": "test"}
message = b"read by those who may" * 10_000


def strict(*keys):
    return StrictAwsKmsMasterKeyProvider(key_ids=list(keys))


def opened(source, provider):
    try:
        return client.decrypt(source=source, key_provider=provider)[0] == message
    except DecryptKeyError:
        return False


sealed, header = client.encrypt(source=message, key_provider=strict(first, second), encryption_context=context)
cache = CachingCryptoMaterialsManager(master_key_provider=strict(first), cache=LocalCryptoMaterialsCache(capacity=10), max_age=600.0, max_messages_encrypted=100)
many = [client.encrypt(source=message, materials_manager=cache)[0] for _ in range(5)]
print(json.dumps({
    "context": {name: header.encryption_context[name] for name in context},
    "first": opened(sealed, strict(first)),
    "second": opened(sealed, strict(second)),
    "any": opened(sealed, DiscoveryAwsKmsMasterKeyProvider()),
    "another": opened(sealed, strict(third)),
    "cached": [opened(one, strict(first)) for one in many],
}))
