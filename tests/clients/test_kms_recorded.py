"""What AWS once answered to cryptography, rotation, imports and replicas, replayed: test_recorded.py says how."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from conftest import client_at
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from test_kms_cryptography import imported
from test_kms_import import wrap_oaep, wrapped
from test_recorded import plain, recorded, refusal  # noqa: F401

ABSENT = "134f2428-cec1-4b25-a1ae-9048164dba47"
MESSAGE = b"test message 123 !%$@ 1234567890"


@pytest.fixture
def key(kms) -> str:
    return kms.create_key()["KeyMetadata"]["KeyId"]


def described(kms: Any, key: str) -> dict[str, Any]:
    return plain(kms.describe_key(KeyId=key))


SIGNING = [("RSA_2048", f"RSASSA_PSS_SHA_{bits}") for bits in (256, 384, 512)]
SIGNING += [("RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256"), ("RSA_4096", "RSASSA_PKCS1_V1_5_SHA_512"), ("ECC_NIST_P256", "ECDSA_SHA_256"),
            ("ECC_SECG_P256K1", "ECDSA_SHA_256"), ("ECC_NIST_P384", "ECDSA_SHA_384")]


@pytest.mark.parametrize(("spec", "algorithm"), [pytest.param(*one, id="-".join(one)) for one in SIGNING])
def test_sign_verify(recorded, kms, spec, algorithm):  # noqa: F811
    key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    asked = {"KeyId": key, "SigningAlgorithm": algorithm}
    signed = kms.sign(Message=MESSAGE, MessageType="RAW", **asked)
    digest = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()
    recorded("kms", {
        "signature": plain(signed),
        "verification": plain(kms.verify(Message=digest, MessageType="DIGEST", Signature=signed["Signature"], **asked)),
        "bad-digest": refusal(kms.sign, Message=digest[:-1], MessageType="DIGEST", **asked),
        "bad-signature": refusal(kms.verify, Message=MESSAGE, Signature=b"bad signature", **asked)})


def test_hmac_create_key(recorded, kms):  # noqa: F811
    made = kms.create_key(Description="test key", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    recorded("kms", {"create-hmac-key": made, "describe-key": kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]})


def test_error_messaging_for_invalid_keys(recorded, kms, key):  # noqa: F811
    mac = kms.create_key(KeySpec="HMAC_224", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signing = {"Message": MESSAGE, "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    recorded("kms", {
        "generate-mac-invalid-key-id": refusal(kms.generate_mac, KeyId=key, Message=MESSAGE, MacAlgorithm="HMAC_SHA_256"),
        "sign-invalid-key-id": refusal(kms.sign, KeyId=mac, **signing),
        "verify-invalid-key-id": refusal(kms.verify, KeyId=key, Signature=b"random", **signing),
        "encrypt-invalid-key-id": refusal(kms.encrypt, KeyId=signer, Plaintext=b"test"),
        "decrypt-invalid-key-id": refusal(kms.decrypt, KeyId=mac, CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"])})


def test_encrypt_decrypt_encryption_context(recorded, kms, key):  # noqa: F811
    sealed = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"context-key": "context-value"})
    blob = sealed["CiphertextBlob"]
    recorded("kms", {
        "encrypt_response": plain(sealed) | {"CiphertextBlob": "ciphertext-blob"},
        "decrypt_response_with_encryption_context": plain(kms.decrypt(CiphertextBlob=blob, EncryptionContext={"context-key": "context-value"})) | {"Plaintext": "plaintext"},
        "decrypt_response_without_encryption_context": refusal(kms.decrypt, CiphertextBlob=blob, KeyId=key),
        "decrypt_response_with_invalid_ciphertext": refusal(kms.decrypt, CiphertextBlob=blob[:10], KeyId=key)})


def test_plaintext_size_for_encrypt(recorded, kms, key):  # noqa: F811
    recorded("kms", {"invalid-plaintext-size-encrypt": refusal(kms.encrypt, KeyId=key, Plaintext=b"x" * 4097)})


def test_generate_data_keys(recorded, kms, key):  # noqa: F811
    asked = {"KeyId": key, "KeySpec": "AES_256"}
    keep = {"CiphertextBlob", "Plaintext", "KeyId", "ResponseMetadata", "PrivateKeyCiphertextBlob", "PrivateKeyPlaintext", "PublicKey", "KeyPairSpec"}
    for scenario, name, call in (
            ("test_generate_data_key", "generate-data-key-result", lambda: kms.generate_data_key(**asked)),
            ("test_generate_data_key_without_plaintext", "generate-data-key-without-plaintext", lambda: kms.generate_data_key_without_plaintext(**asked)),
            ("test_generate_data_key_pair", "generate-data-key-pair", lambda: kms.generate_data_key_pair(KeyId=key, KeyPairSpec="RSA_2048")),
            ("test_generate_data_key_pair_without_plaintext", "generate-data-key-pair-without-plaintext",
             lambda: kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="RSA_2048"))):
        # recorded before there was a KeyMaterialId; bytes have one placeholder for all
        answer = {member: value for member, value in plain(call()).items() if member in keep}
        stand_ins = {"CiphertextBlob": "ciphertext-blob", "Plaintext": "plaintext", "PrivateKeyCiphertextBlob": "private-key-ciphertext-blob",
                     "PrivateKeyPlaintext": "private-key-plaintext", "PublicKey": "public-key"}
        recorded("kms", {name: answer | {member: text for member, text in stand_ins.items() if answer.get(member)}}, scenario)


def test_re_encrypt_incorrect_source_key(recorded, kms, key):  # noqa: F811
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    recorded("kms", {"incorrect-source-key": refusal(kms.re_encrypt, SourceKeyId=other, DestinationKeyId=key, CiphertextBlob=blob)})


def test_create_multi_region_key(recorded, kms):  # noqa: F811
    recorded("kms", {"create_multi_region_key": kms.create_key(MultiRegion=True, Description="test multi region key")["KeyMetadata"]})


def test_replicate_key(recorded, emulator, kms):  # noqa: F811
    import json
    there = client_at(emulator.url, "kms", region_name="ap-southeast-1")
    key = kms.create_key(MultiRegion=True, Description="test replicated key")["KeyMetadata"]["KeyId"]
    absent = refusal(there.describe_key, KeyId=key)
    replica = plain(kms.replicate_key(KeyId=key, ReplicaRegion="ap-southeast-1"))
    replica["ReplicaPolicy"] = json.loads(replica["ReplicaPolicy"])
    recorded("kms", {"describe-key-from-different-region": absent, "replicate-key": {name: value for name, value in replica.items() if name != "ReplicaTags"},
                     "describe-key-from-region": described(kms, key), "describe-replicated-key": described(there, key)})


def test_derive_shared_secret(recorded, kms):  # noqa: F811
    def made(**asked: Any) -> str:
        return kms.create_key(**asked)["KeyMetadata"]["KeyId"]

    one, other = (made(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT") for _ in range(2))
    public = kms.get_public_key(KeyId=other)["PublicKey"]
    asked = {"KeyAgreementAlgorithm": "ECDH", "PublicKey": public}
    answer = plain(kms.derive_shared_secret(KeyId=one, **asked)) | {"SharedSecret": "shared-secret"}
    recorded("kms", {
        "response": answer,
        "response-invalid-key-usage": refusal(kms.derive_shared_secret, KeyId=made(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"), **asked),
        "response-invalid-key-spec": refusal(kms.create_key, KeySpec="RSA_2048", KeyUsage="KEY_AGREEMENT"),
        "response-invalid-key-agreement-algo": refusal(kms.derive_shared_secret, KeyId=one, **{**asked, "KeyAgreementAlgorithm": "INVALID"}),
        "response-invalid-key": refusal(kms.derive_shared_secret, KeyId=made(), **asked),
        "response-invalid-public-key": refusal(kms.derive_shared_secret, KeyId=one, **{**asked, "PublicKey": b"InvalidPublicKey"})})


def test_import_key_symmetric(recorded, kms):  # noqa: F811
    made = kms.create_key(Description="test import", Origin="EXTERNAL")["KeyMetadata"]
    key = made["KeyId"]
    error, before = refusal(kms.encrypt, KeyId=key, Plaintext=b"x"), described(kms, key)
    without = refusal(kms.import_key_material, **wrapped(kms, key, b"1" * 32), ExpirationModel="KEY_MATERIAL_EXPIRES")
    wrap_oaep(kms, key, b"1" * 32)
    after = described(kms, key)
    kms.delete_imported_key_material(KeyId=key)
    recorded("kms", {"created-key": made, "encrypt-before-import-error": error, "describe-key-before-import": before, "import-expiring-key-without-valid-to": without,
                     "describe-key-after-import": after, "describe-key-after-deleted-import": described(kms, key),
                     "encrypt-after-delete-error": refusal(kms.encrypt, KeyId=key, Plaintext=b"x")})


@pytest.mark.parametrize("spec", ["ECC_SECG_P256K1"])
def test_import_key_ecc_keys(recorded, kms, spec):  # noqa: F811
    # made once for what it looked like before, and once whole
    before = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY", Origin="EXTERNAL", Description="test ecc key import")["KeyMetadata"]["KeyId"]
    waiting = described(kms, before)
    key = imported(kms, spec, "SIGN_VERIFY", ec.generate_private_key(ec.SECP256K1()))
    kms.update_key_description(KeyId=key, Description="test ecc key import")
    waiting["KeyMetadata"] |= {name: described(kms, key)["KeyMetadata"][name] for name in ("KeyId", "Arn")}
    after = described(kms, key)
    signed = kms.sign(KeyId=key, Message=b"test", SigningAlgorithm="ECDSA_SHA_256")
    verified = kms.verify(KeyId=key, Message=b"test", SigningAlgorithm="ECDSA_SHA_256", Signature=signed["Signature"])
    kms.delete_imported_key_material(KeyId=key)
    recorded("kms", {"describe-key-before-import": waiting, "describe-key-after-import": after, "sign-result": plain(signed), "verify-result": plain(verified),
                     "describe-key-after-deleted-import": described(kms, key)})


def test_import_key_rsa_of_another_size_is_refused(kms):
    with pytest.raises(kms.exceptions.IncorrectKeyMaterialException):
        imported(kms, "RSA_3072", "ENCRYPT_DECRYPT", rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize("is_rotated", [False, True])
def test_rotate_key_on_demand(recorded, kms, key, is_rotated):  # noqa: F811
    if is_rotated:
        kms.enable_key_rotation(KeyId=key)
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    rotated, status = plain(kms.rotate_key_on_demand(KeyId=key)), plain(kms.get_key_rotation_status(KeyId=key))
    # <key-id:1> stands for both forms of its name
    assert (rotated["KeyId"], status["KeyId"]) == (arn, key)
    recorded("kms", {"rotate-on-demand-response": rotated, "rotation-status-response-after-rotation": status | {"KeyId": arn}},
             f"test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_{'enabled' if is_rotated else 'disabled'}")


def test_refusals_of_rotation(recorded, kms, key):  # noqa: F811
    prefix = "test_rotate_key_on_demand_raises_error_given_"
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)
    for scenario, given in (("key_is_disabled", key), ("key_that_does_not_exist", ABSENT), ("non_symmetric_key", mac)):
        recorded("kms", {"error-response": refusal(kms.rotate_key_on_demand, KeyId=given)}, prefix + scenario)


def test_key_rotations_limits(recorded, kms, key):  # noqa: F811
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key)
    recorded("kms", {"error-response": refusal(kms.rotate_key_on_demand, KeyId=key)})


def test_generate_data_key_pair_dry_run(recorded, kms, key):  # noqa: F811
    recorded("kms", {"dryrun_exception": refusal(kms.generate_data_key_pair, KeyId=key, KeyPairSpec="RSA_2048", DryRun=True)})


def test_import_key_material_raises_if_there_is_already_key_material_pending(recorded, kms):  # noqa: F811
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    first = plain(wrap_oaep(kms, key, b"1" * 32))
    second = plain(wrap_oaep(kms, key, b"2" * 32, ImportType="NEW_KEY_MATERIAL"))
    error = refusal(kms.import_key_material, **wrapped(kms, key, b"3" * 32), ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", ImportType="NEW_KEY_MATERIAL")
    recorded("kms", {"import-initial-material-response": first, "import-pending-material-response": second, "existing-pending-material-error": error})


def test_get_parameters_for_import(recorded, kms, key):  # noqa: F811
    recorded("kms", {"response-error": refusal(kms.get_parameters_for_import, KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_4096")})


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_encrypt_validate_plaintext_size_per_key_type(recorded, kms, algorithm):  # noqa: F811
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    answer = {"generate-random-exc": refusal(kms.encrypt, KeyId=key, Plaintext=b"x" * 4096, EncryptionAlgorithm=algorithm)}
    recorded("kms", answer, f"test_encrypt_validate_plaintext_size_per_key_type[RSA_2048-{algorithm}]")


def test_generate_random_invalid_number_of_bytes(recorded, kms):  # noqa: F811
    scenario = "test_generate_random_invalid_number_of_bytes"
    recorded("kms", {"generate-random-exc": refusal(kms.generate_random)}, f"{scenario}[None]")
    recorded("kms", {"generate-random-exc": refusal(kms.generate_random, NumberOfBytes=1025)}, f"{scenario}[1025]")


def test_generate_and_verify_mac(recorded, kms):  # noqa: F811
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    asked = {"Message": b"some important message", "MacAlgorithm": "HMAC_SHA_256"}
    made = kms.generate_mac(KeyId=key, **asked)
    recorded("kms", {
        "generate-mac": plain(made), "verify-mac": plain(kms.verify_mac(KeyId=key, Mac=made["Mac"], **asked)),
        "generate-mac-invalid-key-id": refusal(kms.generate_mac, KeyId="key_id", **asked),
        "verify-mac-invalid-key-id": refusal(kms.verify_mac, KeyId="key_id", Mac=made["Mac"], **asked)}, "test_generate_and_verify_mac[HMAC_256-HMAC_SHA_256]")
