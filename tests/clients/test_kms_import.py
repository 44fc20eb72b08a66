"""Rotation, imported material, replicas and grants, by the emulator's clock."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from test_kms import error_of

BAD = ("InvalidCiphertextException", "")
ROLE = "arn:aws:iam::000000000000:role/reader"
FOREVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


def wrapped(kms: Any, key: str, material: bytes, algorithm: str = "RSAES_OAEP_SHA_256") -> dict[str, Any]:
    """What ImportKeyMaterial is given for it."""
    parameters = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec="RSA_2048")
    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    public = serialization.load_der_public_key(parameters["PublicKey"])
    return {"KeyId": key, "ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": public.encrypt(material, padding.OAEP(padding.MGF1(digest), digest, None))}


def wrap_oaep(kms: Any, key: str, material: bytes, **more: Any) -> dict[str, Any]:
    return kms.import_key_material(**wrapped(kms, key, material), **{**FOREVER, **more})


@pytest.fixture
def own(own_emulator):
    """An emulator whose clock stands, and its KMS."""
    url = own_emulator(data=None).url
    ask(url, "clock", freeze=True)
    return url, client_at(url, "kms")


def test_what_was_encrypted_before_a_rotation_stays_readable(own):
    url, kms = own
    key = kms.create_key()["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key["KeyId"])
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    first = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"first")["CiphertextBlob"]
    ask(url, "clock", advance="90d")
    second = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"second")["CiphertextBlob"]
    assert kms.rotate_key_on_demand(KeyId=key["KeyId"])["KeyId"] == key["Arn"]
    ids = {kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"]: kms.decrypt(CiphertextBlob=blob)["Plaintext"] for blob in (first, second)}
    assert list(ids.values()) == [b"first", b"second"] and key["CurrentKeyMaterialId"] in ids
    rotations = kms.list_key_rotations(KeyId=key["KeyId"])["Rotations"]
    assert [one["RotationType"] for one in rotations] == ["AUTOMATIC", "ON_DEMAND"]
    every = kms.list_key_rotations(KeyId=key["KeyId"], IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert [one["KeyMaterialState"] for one in every] == ["NON_CURRENT", "NON_CURRENT", "CURRENT"]
    assert every[0]["KeyMaterialId"] == key["CurrentKeyMaterialId"]
    page = kms.list_key_rotations(KeyId=key["KeyId"], Limit=1)
    assert page["Truncated"] and kms.list_key_rotations(KeyId=key["KeyId"], Marker=page["NextMarker"])["Rotations"] == rotations[1:]
    kms.disable_key_rotation(KeyId=key["KeyId"])
    ask(url, "clock", advance="365d")
    assert len(kms.list_key_rotations(KeyId=key["KeyId"])["Rotations"]) == 2


def test_a_clock_that_jumps_brings_every_rotation(own):
    url, kms = own
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    ask(url, "clock", advance=f"{365 * 5}d")
    assert len(kms.list_key_rotations(KeyId=key)["Rotations"]) == 5
    ask(url, "clock", advance=f"{365 * 500}d")
    assert len(kms.list_key_rotations(KeyId=key, Limit=1000)["Rotations"]) == 105
    kms.encrypt(KeyId=key, Plaintext=b"x")


def test_rotation_is_refused_where_it_makes_no_sense(kms):
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    key = kms.create_key()["KeyMetadata"]
    for call in (kms.enable_key_rotation, kms.rotate_key_on_demand, kms.get_key_rotation_status):
        assert error_of(call, KeyId=mac) == ("UnsupportedOperationException", "")
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert error_of(kms.rotate_key_on_demand, KeyId=key["KeyId"]) == (
        "LimitExceededException", "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be "
        f"performed for this key: {key['Arn']}")


def test_imported_material_expires_and_comes_back(own):
    url, kms = own
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    assert (key["KeyState"], key["Enabled"]) == ("PendingImport", False)
    pending = ("KMSInvalidStateException", f"{key['Arn']} is pending import.")
    assert error_of(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x") == pending
    assert error_of(kms.enable_key, KeyId=key["KeyId"]) == pending
    now = datetime.datetime.fromisoformat(ask(url, "clock")["now"].replace("Z", "+00:00"))
    valid_to = now + datetime.timedelta(days=2)
    material = b"m" * 32
    made = wrap_oaep(kms, key["KeyId"], material, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=valid_to)
    told = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (told["KeyState"], told["ExpirationModel"], told["CurrentKeyMaterialId"]) == ("Enabled", "KEY_MATERIAL_EXPIRES", made["KeyMaterialId"])
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    ask(url, "clock", advance="2d")
    assert error_of(kms.decrypt, CiphertextBlob=blob) == pending
    assert "ValidTo" not in kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    for other in (b"n" * 32, b"m" * 31):
        assert error_of(wrap_oaep, kms=kms, key=key["KeyId"], material=other)[0] == "IncorrectKeyMaterialException"
    assert wrap_oaep(kms, key["KeyId"], material)["KeyMaterialId"] == made["KeyMaterialId"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    kms.delete_imported_key_material(KeyId=key["KeyId"])
    assert error_of(kms.decrypt, CiphertextBlob=blob) == pending


def test_imports_are_refused_in_every_other_form(own):
    url, kms = own
    key, other = (kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"] for _ in range(2))
    good = wrapped(kms, key, b"m" * 32, "RSAES_OAEP_SHA_1")
    assert error_of(kms.import_key_material, **good) == ("ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
    for at in range(0, len(good["ImportToken"]), 97):
        token = bytearray(good["ImportToken"])
        token[at] ^= 1
        assert error_of(kms.import_key_material, **{**good, "ImportToken": bytes(token)}, **FOREVER) == ("InvalidImportTokenException", "")
    assert error_of(kms.import_key_material, **{**good, "KeyId": other}, **FOREVER)[0] == "InvalidImportTokenException"
    assert error_of(kms.import_key_material, **{**good, "EncryptedKeyMaterial": good["EncryptedKeyMaterial"][::-1]}, **FOREVER) == BAD
    assert error_of(kms.get_parameters_for_import, KeyId=key, WrappingAlgorithm="RSAES_PKCS1_V1_5", WrappingKeySpec="RSA_2048")[0] == "ValidationException"
    ask(url, "clock", advance="24h")
    assert error_of(kms.import_key_material, **good, **FOREVER) == ("ExpiredImportTokenException", "")
    ours = kms.create_key()["KeyMetadata"]
    assert error_of(kms.get_parameters_for_import, KeyId=ours["KeyId"], WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048") == (
        "UnsupportedOperationException", f"{ours['Arn']} origin is AWS_KMS which is not valid for this operation.")


def test_imported_material_is_rotated_on_demand(kms):
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    first = wrap_oaep(kms, key["KeyId"], b"1" * 32)["KeyMaterialId"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert error_of(kms.rotate_key_on_demand, KeyId=key["KeyId"]) == (
        "KMSInvalidStateException", f"No available key material pending rotation for the key: {key['Arn']}.")
    second = wrap_oaep(kms, key["KeyId"], b"2" * 32, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="the second")["KeyMaterialId"]
    code, message = error_of(wrap_oaep, kms=kms, key=key["KeyId"], material=b"3" * 32, ImportType="NEW_KEY_MATERIAL")
    assert code == "KMSInvalidStateException"
    assert message.endswith(f"cannot be imported into KMS key {key['Arn']}, because another key material (id: {second}) is pending rotation.")
    states = {one["KeyMaterialId"]: one["KeyMaterialState"] for one in kms.list_key_rotations(KeyId=key["KeyId"], IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]}
    assert states == {first: "CURRENT", second: "PENDING_ROTATION"}
    kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == first
    assert kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=key["KeyId"], Plaintext=b"y")["CiphertextBlob"])["KeyMaterialId"] == second
    kms.delete_imported_key_material(KeyId=key["KeyId"], KeyMaterialId=first)
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingImport"


def test_a_replica_decrypts_what_its_primary_encrypted(own):
    url, here = own
    there = client_at(url, "kms", region_name="eu-west-1")
    key = here.create_key(MultiRegion=True, Description="in two places")["KeyMetadata"]
    assert key["KeyId"].startswith("mrk-") and key["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    blob = here.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext={"a": "b"})["CiphertextBlob"]
    assert error_of(there.decrypt, CiphertextBlob=blob, EncryptionContext={"a": "b"})[0] == "AccessDeniedException"
    replica = here.replicate_key(KeyId=key["KeyId"], ReplicaRegion="eu-west-1", Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert replica["ReplicaKeyMetadata"]["KeyState"] == "Creating" and replica["ReplicaTags"] == [{"TagKey": "a", "TagValue": "b"}]
    assert there.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"] == b"x"
    here.rotate_key_on_demand(KeyId=key["KeyId"])
    back = there.encrypt(KeyId=key["KeyId"], Plaintext=b"y")["CiphertextBlob"]
    current = here.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["CurrentKeyMaterialId"]
    assert here.decrypt(CiphertextBlob=back)["KeyMaterialId"] == current != key["CurrentKeyMaterialId"]
    assert error_of(here.replicate_key, KeyId=key["KeyId"], ReplicaRegion="eu-west-1")[0] == "AlreadyExistsException"
    arn = replica["ReplicaKeyMetadata"]["Arn"]
    assert error_of(there.replicate_key, KeyId=key["KeyId"], ReplicaRegion="us-west-2") == ("UnsupportedOperationException", f"{arn} is not a multi-region primary key.")
    here.update_primary_region(KeyId=key["KeyId"], PrimaryRegion="eu-west-1")
    assert [client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"] for client in (here, there)] == ["REPLICA", "PRIMARY"]
    waits = there.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert waits["KeyState"] == "PendingReplicaDeletion" and "DeletionDate" not in waits
    here.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    ask(url, "clock", advance="7d")
    assert error_of(here.describe_key, KeyId=key["KeyId"])[0] == "NotFoundException"
    assert there.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    ask(url, "clock", advance="7d")
    assert error_of(there.describe_key, KeyId=key["KeyId"])[0] == "NotFoundException"


def test_grants_are_made_listed_retired_and_revoked(kms):
    key = kms.create_key()["KeyMetadata"]
    asked = {"KeyId": key["KeyId"], "GranteePrincipal": ROLE, "Operations": ["Encrypt", "Decrypt"], "RetiringPrincipal": ROLE + "-2",
             "Constraints": {"EncryptionContextSubset": {"tenant": "a", "": ""}, "EncryptionContextEquals": {"b": "c"}}}
    made = kms.create_grant(**asked, Name="one")
    assert kms.create_grant(**asked, Name="one")["GrantId"] == made["GrantId"]
    others = [kms.create_grant(**asked) for _ in range(4)]
    kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", GrantTokens=[made["GrantToken"]])
    assert error_of(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x", GrantTokens=[made["GrantToken"][:-8] + "AAAAAAA="])[0] == "InvalidGrantTokenException"
    told = kms.list_grants(KeyId=key["KeyId"], GrantId=made["GrantId"])["Grants"][0]
    assert told.pop("CreationDate")
    assert told == {"KeyId": key["Arn"], "GrantId": made["GrantId"], "Name": "one", "GranteePrincipal": ROLE, "RetiringPrincipal": ROLE + "-2",
                    "IssuingAccount": "arn:aws:iam::000000000000:root", "Operations": ["Encrypt", "Decrypt"], "Constraints": asked["Constraints"]}
    pages = [page["Grants"] for page in kms.get_paginator("list_grants").paginate(KeyId=key["KeyId"], PaginationConfig={"PageSize": 2})]
    assert [len(page) for page in pages] == [2, 2, 1]
    retirable = kms.list_retirable_grants(RetiringPrincipal=ROLE + "-2")["Grants"]
    assert {one["GrantId"] for one in retirable} >= {made["GrantId"], *(one["GrantId"] for one in others)}
    assert error_of(kms.retire_grant, GrantToken=made["GrantToken"], DryRun=True)[0] == "DryRunOperationException"
    kms.retire_grant(GrantToken=made["GrantToken"])
    assert error_of(kms.retire_grant, GrantToken=made["GrantToken"])[0] == "NotFoundException"
    kms.retire_grant(KeyId=key["Arn"], GrantId=others[0]["GrantId"])
    kms.revoke_grant(KeyId=key["KeyId"], GrantId=others[1]["GrantId"])
    assert len(kms.list_grants(KeyId=key["KeyId"])["Grants"]) == 2
    assert kms.list_grants(KeyId=key["KeyId"], GranteePrincipal=ROLE + "-3")["Grants"] == []
    assert error_of(kms.create_grant, KeyId=key["KeyId"], GranteePrincipal=ROLE, Operations=["Sign"])[0] == "ValidationException"


def test_there_are_no_custom_key_stores(kms):
    assert kms.describe_custom_key_stores()["CustomKeyStores"] == []
    assert error_of(kms.describe_custom_key_stores, CustomKeyStoreId="cks-1")[0] == "CustomKeyStoreNotFoundException"
    assert error_of(kms.create_custom_key_store, CustomKeyStoreName="s")[0] == "ValidationException"
    hsm = {"CloudHsmClusterId": "cluster-abcdefghijk", "TrustAnchorCertificate": "c", "KeyStorePassword": "password"}
    assert error_of(kms.create_custom_key_store, CustomKeyStoreName="s", **hsm)[0] == "CloudHsmClusterNotFoundException"
    assert error_of(kms.create_custom_key_store, CustomKeyStoreName="s", CustomKeyStoreType="EXTERNAL_KEY_STORE")[0] == "XksProxyUriUnreachableException"


def test_a_stream_stops_when_the_imported_material_of_its_key_expires(own):
    url, kms = own
    kinesis = client_at(url, "kinesis")
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    start = {"StreamName": "s", "EncryptionType": "KMS", "KeyId": key["Arn"]}
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert error_of(kinesis.start_stream_encryption, **start) == ("KMSInvalidStateException", f"{key['Arn']} is pending import.")
    now = datetime.datetime.fromisoformat(ask(url, "clock")["now"].replace("Z", "+00:00"))
    wrap_oaep(kms, key["KeyId"], b"m" * 32, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=now + datetime.timedelta(days=1))
    kinesis.start_stream_encryption(**start)
    put = {"StreamName": "s", "PartitionKey": "k", "Data": b"x"}
    assert kinesis.put_record(**put)["EncryptionType"] == "KMS"
    ask(url, "clock", advance="1d")
    assert error_of(kinesis.put_record, **put) == ("KMSInvalidStateException", f"{key['Arn']} is pending import.")
