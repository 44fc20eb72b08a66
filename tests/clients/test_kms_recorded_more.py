"""More of what AWS once answered of KMS, replayed as in test_kms_recorded.py: MACs, rotation, dry runs, contexts, keys of another origin.
What differs: AWS lists the values of an enum in an order of its own, which changes from answer to answer; ours is the model's."""

from __future__ import annotations

import pytest
from test_kms_recorded import key  # noqa: F401 (a fixture)
from test_recorded import plain, recorded, refusal  # noqa: F401 (a fixture)

MESSAGE = b"some important message"


def mac_key(kms, spec: str) -> str:
    return kms.create_key(KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]


@pytest.mark.parametrize(("spec", "algorithm"), [("HMAC_224", "HMAC_SHA_256")])
def test_invalid_generate_mac(recorded, kms, spec, algorithm):  # noqa: F811
    answer = {"generate-mac": refusal(kms.generate_mac, KeyId=mac_key(kms, spec), Message=MESSAGE, MacAlgorithm=algorithm)}
    recorded("kms", answer, f"test_invalid_generate_mac[{spec}-{algorithm}]")


@pytest.mark.parametrize(("algorithm", "message"), [("HMAC_SHA_256", "some different important message"), ("HMAC_SHA_512", MESSAGE.decode())])
def test_invalid_verify_mac(recorded, kms, algorithm, message):  # noqa: F811
    of = mac_key(kms, "HMAC_256")
    made = kms.generate_mac(KeyId=of, Message=MESSAGE, MacAlgorithm="HMAC_SHA_256")
    recorded("kms", {"generate-mac": plain(made), "verify-mac": refusal(kms.verify_mac, KeyId=of, Message=message, Mac=made["Mac"], MacAlgorithm=algorithm)},
             f"test_invalid_verify_mac[HMAC_256-{algorithm}-{message}]")


@pytest.mark.parametrize("bits", [224, 384, 512])
def test_generate_and_verify_mac(recorded, kms, bits):  # noqa: F811
    of, asked = mac_key(kms, f"HMAC_{bits}"), {"Message": MESSAGE, "MacAlgorithm": f"HMAC_SHA_{bits}"}
    made = kms.generate_mac(KeyId=of, **asked)
    recorded("kms", {
        "generate-mac": plain(made), "verify-mac": plain(kms.verify_mac(KeyId=of, Mac=made["Mac"], **asked)),
        "generate-mac-invalid-key-id": refusal(kms.generate_mac, KeyId="key_id", **asked),
        "verify-mac-invalid-key-id": refusal(kms.verify_mac, KeyId="key_id", Mac=made["Mac"], **asked)}, f"test_generate_and_verify_mac[HMAC_{bits}-HMAC_SHA_{bits}]")


@pytest.mark.parametrize("days", [90, 180])
def test_key_enable_rotation_status(recorded, kms, key, days):  # noqa: F811
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=days)
    recorded("kms", {"match_response": plain(kms.get_key_rotation_status(KeyId=key))}, f"test_key_enable_rotation_status[{days}]")


def test_rotate_on_demand_returns_arn_for_key_id(recorded, kms, key):  # noqa: F811
    recorded("kms", {"rotate-on-demand-aws-key": plain(kms.rotate_key_on_demand(KeyId=key))})


def test_non_multi_region_keys_should_not_have_multi_region_properties(recorded, kms):  # noqa: F811
    made = kms.create_key(MultiRegion=False, Description="test non multi region key")["KeyMetadata"]
    recorded("kms", {"non_multi_region_keys_should_not_have_multi_region_properties": made})


@pytest.mark.parametrize("scenario", ["data_key", "data_key_without_plaintext", "data_key_pair", "data_key_pair_without_plaintext"])
def test_encryption_context_generate(recorded, kms, key, scenario):  # noqa: F811
    asked = {"KeyPairSpec": "ECC_NIST_P256"} if "pair" in scenario else {"KeySpec": "AES_256"}
    made = getattr(kms, f"generate_{scenario}")(KeyId=key, EncryptionContext={"context-key": "context-value"}, **asked)
    blob = made["PrivateKeyCiphertextBlob" if "pair" in scenario else "CiphertextBlob"]
    recorded("kms", {"decrypt-without-encryption-context": refusal(kms.decrypt, CiphertextBlob=blob, KeyId=key)}, f"test_encryption_context_generate_{scenario}")


def test_generate_data_key_pair_without_plaintext_dry_run(recorded, kms, key):  # noqa: F811
    recorded("kms", {"dryrun_exception": refusal(kms.generate_data_key_pair_without_plaintext, KeyId=key, KeyPairSpec="RSA_2048", DryRun=True)})


def test_get_parameters_for_import_raises_for_non_external_kms_keys(recorded, kms, key):  # noqa: F811
    asked = {"KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_4096"}
    recorded("kms", {"get-import-parameters-error": refusal(kms.get_parameters_for_import, **asked)})


@pytest.mark.parametrize("name", ["SYMMETRIC_DEFAULT", "RSA_4096"])  # the same kind of key was recorded both times
def test_nothing_is_rotated_before_there_is_material(recorded, kms, name):  # noqa: F811
    made = kms.create_key(Origin="EXTERNAL", Description="test-key")["KeyMetadata"]
    recorded("kms", {"create-kms-external-key": made, f"rotate-key-on-demand-error-response-{name}": refusal(kms.rotate_key_on_demand, KeyId=made["KeyId"])},
             f"test_rotate_key_on_demand_on_external_key_with_no_key_material[{name}]")


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
@pytest.mark.parametrize("bits", [3072, 4096])
@pytest.mark.slow
def test_encrypt_validate_plaintext_size_per_key_type(recorded, kms, bits, algorithm):  # noqa: F811
    of = kms.create_key(KeySpec=f"RSA_{bits}", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    recorded("kms", {"generate-random-exc": refusal(kms.encrypt, KeyId=of, Plaintext=b"x" * 4096, EncryptionAlgorithm=algorithm)},
             f"test_encrypt_validate_plaintext_size_per_key_type[RSA_{bits}-{algorithm}]")


@pytest.mark.parametrize("length", [1, 12, 44, 91, 1024])
def test_generate_random(recorded, kms, length):  # noqa: F811
    recorded("kms", {"result_length": len(kms.generate_random(NumberOfBytes=length)["Plaintext"])}, f"test_generate_random[{length}]")
