"""The Amazon S3 Encryption Client: what it puts lies encrypted in the bucket, and it reads it back."""

import json
import sys

import boto3
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.materials.kms_keyring import KmsKeyring

bucket, key, other = sys.argv[1:4]
s3, kms = boto3.client("s3"), boto3.client("kms")
data = b"nobody reads this in the bucket" * 10_000


def client(key_id):
    # its own client: the wrapper hangs its handlers on the one it is given
    return S3EncryptionClient(boto3.client("s3"), S3EncryptionClientConfig(keyring=KmsKeyring(kms, key_id)))


client(key).put_object(Bucket=bucket, Key="sealed", Body=data, EncryptionContext={"tenant": "a"})
lying = s3.get_object(Bucket=bucket, Key="sealed")
told = {
    "lies_open": b"nobody reads" in lying["Body"].read(),
    "read": client(key).get_object(Bucket=bucket, Key="sealed", EncryptionContext={"tenant": "a"})["Body"].read() == data,
}
for name, key_id, context in (("other_key", other, {"tenant": "a"}), ("other_context", key, {"tenant": "b"})):
    try:
        told[name] = client(key_id).get_object(Bucket=bucket, Key="sealed", EncryptionContext=context)["Body"].read() == data
    except Exception:  # each layer of it has one of its own
        told[name] = False
print(json.dumps(told))
