"""What KMS encrypts, signs and agrees, held against another library (cryptography): known answers of each algorithm, both ways."""

from __future__ import annotations

import hashlib
import hmac
import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import client_at
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from test_kms import error_of

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"ECC_NIST_P256": ec.SECP256R1(), "ECC_NIST_P384": ec.SECP384R1(), "ECC_NIST_P521": ec.SECP521R1(), "ECC_SECG_P256K1": ec.SECP256K1()}
SIGNING = ["RSA_2048", "RSA_3072", *CURVES, "ECC_NIST_EDWARDS25519"]
BAD = ("InvalidCiphertextException", "")


@pytest.fixture
def key(kms) -> str:
    return kms.create_key()["KeyMetadata"]["KeyId"]


def public_key(kms: Any, key: str) -> Any:
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


def check_elsewhere(public: Any, algorithm: str, message: bytes, signature: bytes) -> None:
    """Raises where another library says that it isn't good."""
    if algorithm == "ED25519_SHA_512":
        public.verify(signature, message)
        return
    digest = HASHES[algorithm[-3:]]
    if algorithm.startswith("ECDSA"):
        public.verify(signature, message, ec.ECDSA(digest))
    elif "PSS" in algorithm:
        public.verify(signature, message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    else:
        public.verify(signature, message, padding.PKCS1v15(), digest)


@pytest.mark.parametrize("spec", SIGNING)
def test_signatures_are_good_elsewhere_too(kms, spec):
    made = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    key, public = made["KeyId"], public_key(kms, made["KeyId"])
    message = b"what was said" * 100
    for algorithm in made["SigningAlgorithms"]:
        if algorithm == "ED25519_PH_SHA_512":
            continue
        signature = kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)["Signature"]
        check_elsewhere(public, algorithm, message, signature)
        with pytest.raises(InvalidSignature):
            check_elsewhere(public, algorithm, message + b"!", signature)
        asked = {"KeyId": key, "Signature": signature, "SigningAlgorithm": algorithm}
        assert kms.verify(Message=message, **asked)["SignatureValid"]
        assert error_of(kms.verify, Message=message + b"!", **asked) == ("KMSInvalidSignatureException", "")
        if algorithm.startswith("ED25519"):
            assert error_of(kms.verify, Message=b"d" * 64, MessageType="DIGEST", **asked)[0] == "ValidationException"
            continue
        digest = hashlib.new(f"sha{algorithm[-3:]}", message).digest()
        assert kms.verify(Message=digest, MessageType="DIGEST", **asked)["SignatureValid"]
        by_digest = kms.sign(KeyId=key, Message=digest, MessageType="DIGEST", SigningAlgorithm=algorithm)["Signature"]
        check_elsewhere(public, algorithm, message, by_digest)
        assert error_of(kms.sign, KeyId=key, Message=digest[1:], MessageType="DIGEST", SigningAlgorithm=algorithm) == (
            "ValidationException", f"Digest is invalid length for algorithm {algorithm}.")


def imported(kms: Any, spec: str, usage: str, private: Any) -> str:
    """A key of KMS with a private key that was made elsewhere."""
    key = kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    pkcs8 = private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    parameters = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec="RSA_2048")
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
    aes = b"0123456789abcdef0123456789abcdef"
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    wrapped = serialization.load_der_public_key(parameters["PublicKey"]).encrypt(aes, oaep) + aes_key_wrap_with_padding(aes, pkcs8)
    kms.import_key_material(KeyId=key, ImportToken=parameters["ImportToken"], EncryptedKeyMaterial=wrapped, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
    return key


@pytest.mark.parametrize("spec", CURVES)
def test_signatures_of_a_key_made_elsewhere_verify_here(kms, spec):
    private = ec.generate_private_key(CURVES[spec])
    key = imported(kms, spec, "SIGN_VERIFY", private)
    assert public_key(kms, key).public_numbers() == private.public_key().public_numbers()
    algorithm = kms.get_public_key(KeyId=key)["SigningAlgorithms"][0]
    for n in range(8):  # of secp256k1, half of them have the higher S
        signature = private.sign(bytes([n]), ec.ECDSA(HASHES[algorithm[-3:]]))
        assert kms.verify(KeyId=key, Message=bytes([n]), Signature=signature, SigningAlgorithm=algorithm)["SignatureValid"]


def test_ed25519ph_gives_the_answer_of_rfc_8032(kms):
    """RFC 8032, 7.3: the test of Ed25519ph, whose message is "abc"."""
    secret = bytes.fromhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
    signature = bytes.fromhex("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406")
    key = imported(kms, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", ed25519.Ed25519PrivateKey.from_private_bytes(secret))
    asked = {"KeyId": key, "Message": hashlib.sha512(b"abc").digest(), "MessageType": "DIGEST", "SigningAlgorithm": "ED25519_PH_SHA_512"}
    assert kms.sign(**asked)["Signature"] == signature
    assert kms.verify(**asked, Signature=signature)["SignatureValid"]
    for at in (0, 31, 32, 63):
        broken = bytearray(signature)
        broken[at] ^= 1
        assert error_of(kms.verify, **asked, Signature=bytes(broken))[0] == "KMSInvalidSignatureException"
    assert error_of(kms.sign, **{**asked, "MessageType": "RAW"})[0] == "ValidationException"


@pytest.mark.parametrize(("algorithm", "digest"), [("RSAES_OAEP_SHA_1", hashes.SHA1()), ("RSAES_OAEP_SHA_256", hashes.SHA256())])
def test_oaep_is_that_of_everybody(kms, algorithm, digest):
    private = rsa.generate_private_key(65537, 2048)
    oaep = padding.OAEP(padding.MGF1(digest), digest, None)
    key = imported(kms, "RSA_2048", "ENCRYPT_DECRYPT", private)
    asked = {"KeyId": key, "EncryptionAlgorithm": algorithm}
    most = 256 - 2 * digest.digest_size - 2
    for plain in (b"x", b"\0" * 16, b"y" * most):
        assert private.decrypt(kms.encrypt(Plaintext=plain, **asked)["CiphertextBlob"], oaep) == plain
        assert kms.decrypt(CiphertextBlob=private.public_key().encrypt(plain, oaep), **asked)["Plaintext"] == plain
    assert error_of(kms.encrypt, Plaintext=b"y" * (most + 1), **asked) == (
        "ValidationException", f"Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {most} bytes.")
    blob = bytearray(kms.encrypt(Plaintext=b"x", **asked)["CiphertextBlob"])
    for at in range(0, len(blob), 13):
        blob[at] ^= 0x10
        assert error_of(kms.decrypt, CiphertextBlob=bytes(blob), **asked) == BAD
        blob[at] ^= 0x10
    assert error_of(kms.decrypt, CiphertextBlob=bytes(blob[1:]), **asked) == BAD
    assert error_of(kms.encrypt, Plaintext=b"x", EncryptionContext={"a": "b"}, **asked)[0] == "ValidationException"


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_macs_are_those_of_everybody(kms, bits):
    from test_kms_import import wrap_oaep
    made = kms.create_key(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC", Origin="EXTERNAL")["KeyMetadata"]
    material = bytes(range(bits // 8))
    wrap_oaep(kms, made["KeyId"], material)
    asked = {"KeyId": made["KeyId"], "Message": b"m" * 4096, "MacAlgorithm": f"HMAC_SHA_{bits}"}
    mac = kms.generate_mac(**asked)["Mac"]
    assert mac == hmac.new(material, b"m" * 4096, f"sha{bits}").digest()
    assert kms.verify_mac(Mac=mac, **asked)["MacValid"]
    assert error_of(kms.verify_mac, Mac=mac[1:], **asked) == ("KMSInvalidMacException", "")
    assert error_of(kms.verify_mac, Mac=mac[:-1] + bytes([mac[-1] ^ 1]), **asked) == ("KMSInvalidMacException", "")
    other = "HMAC_SHA_224" if bits != 224 else "HMAC_SHA_256"
    assert error_of(kms.generate_mac, **{**asked, "MacAlgorithm": other}) == (
        "InvalidKeyUsageException", f"Algorithm {other} is incompatible with key spec HMAC_{bits}.")


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_a_shared_secret_is_the_same_on_both_sides(kms, spec):
    key = kms.create_key(KeySpec=spec, KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
    other = ec.generate_private_key(CURVES[spec])
    der = other.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    answer = kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=der)
    assert answer["SharedSecret"] == other.exchange(ec.ECDH(), public_key(kms, key))
    of_another_curve = ec.generate_private_key(ec.SECP256R1() if spec != "ECC_NIST_P256" else ec.SECP384R1()).public_key()
    not_on_it = bytearray(der)
    not_on_it[-1] ^= 1
    for wrong in (of_another_curve.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo), bytes(not_on_it), der[:-1], b"x"):
        assert error_of(kms.derive_shared_secret, KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=wrong) == ("ValidationException", "")


@pytest.mark.parametrize("spec", ["RSA_2048", *CURVES, "ECC_NIST_EDWARDS25519"])
def test_the_halves_of_a_data_key_pair_belong_together(kms, key, spec):
    context = {"purpose": "pair"}
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext=context)
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    raw = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    assert private.public_key().public_bytes(*raw) == serialization.load_der_public_key(pair["PublicKey"]).public_bytes(*raw)
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]
    assert error_of(kms.decrypt, CiphertextBlob=pair["PrivateKeyCiphertextBlob"]) == BAD
    assert "PrivateKeyPlaintext" not in kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)


def test_private_keys_of_curves_keep_their_leading_zeros(kms, key):
    for _ in range(40):  # of P-521 every other number is short
        pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P521")
        serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)


def test_a_ciphertext_is_bound_to_key_context_and_region(emulator, kms, key):
    context = {"tenant": "a", "purpose": "test"}
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
    reordered = dict(reversed(context.items()))
    answer = kms.decrypt(CiphertextBlob=blob, EncryptionContext=reordered)
    assert (answer["Plaintext"], answer["EncryptionAlgorithm"]) == (b"secret", "SYMMETRIC_DEFAULT")
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context, KeyId=key)["KeyMaterialId"] == kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    for other in ({}, {"tenant": "a"}, {**context, "x": ""}, {"tenant": "atest", "purpose": ""}, {"TENANT": "a", "purpose": "test"}):
        assert error_of(kms.decrypt, CiphertextBlob=blob, EncryptionContext=other) == BAD
    another = kms.create_key()["KeyMetadata"]["KeyId"]
    incorrect = ("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
    assert error_of(kms.decrypt, CiphertextBlob=blob, EncryptionContext=context, KeyId=another) == incorrect
    there = client_at(emulator.url, "kms", region_name="eu-west-1")
    assert error_of(there.decrypt, CiphertextBlob=blob, EncryptionContext=context)[0] == "AccessDeniedException"
    of_another_account = client_at(emulator.url, "kms", aws_access_key_id="123456789012")
    assert error_of(of_another_account.decrypt, CiphertextBlob=blob, EncryptionContext=context)[0] == "AccessDeniedException"


def test_a_ciphertext_with_any_bit_turned_is_refused(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"sixteen bytes ..")["CiphertextBlob"]
    answers = set()
    for bit in range(8 * len(blob)):
        broken = bytearray(blob)
        broken[bit // 8] ^= 1 << bit % 8
        answers.add(error_of(kms.decrypt, CiphertextBlob=bytes(broken)))
    for len_ in (1, 50, len(blob) - 1):
        answers.add(error_of(kms.decrypt, CiphertextBlob=blob[:len_]))
    answers.add(error_of(kms.decrypt, CiphertextBlob=blob + b"\0"))
    assert answers == {BAD}


def test_data_keys_and_random_bytes_are_as_long_as_asked(kms, key):
    for asked, length in (({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1024}, 1024), ({"NumberOfBytes": 1}, 1)):
        made = kms.generate_data_key(KeyId=key, **asked)
        assert len(made["Plaintext"]) == length
        assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
        alone = kms.generate_data_key_without_plaintext(KeyId=key, **asked)
        assert "Plaintext" not in alone and len(kms.decrypt(CiphertextBlob=alone["CiphertextBlob"])["Plaintext"]) == length
    for asked in ({}, {"KeySpec": "AES_256", "NumberOfBytes": 1}):
        assert error_of(kms.generate_data_key, KeyId=key, **asked) == ("ValidationException", "Please specify either number of bytes or key spec.")
    assert kms.generate_random(NumberOfBytes=64)["Plaintext"] != kms.generate_random(NumberOfBytes=64)["Plaintext"]
    assert error_of(kms.generate_random) == ("ValidationException", "NumberOfBytes is required.")


def test_re_encryption_changes_key_and_context(kms, key):
    other = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"moved", EncryptionContext={"a": "1"})["CiphertextBlob"]
    moved = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext={"a": "1"}, DestinationKeyId=key, DestinationEncryptionContext={"b": "2"})
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"b": "2"})["Plaintext"] == b"moved"
    assert moved["SourceKeyId"] == moved["KeyId"] and moved["SourceKeyMaterialId"] == moved["DestinationKeyMaterialId"]
    to_rsa = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext={"a": "1"}, DestinationKeyId=other, DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256")
    back = kms.re_encrypt(CiphertextBlob=to_rsa["CiphertextBlob"], SourceKeyId=other, SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256", DestinationKeyId=key)
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == b"moved"
    assert error_of(kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=key) == BAD
    assert error_of(kms.re_encrypt, CiphertextBlob=blob, SourceEncryptionContext={"a": "1"}, SourceKeyId=other, DestinationKeyId=key)[0] == "IncorrectKeyException"


def test_keys_of_other_states_and_uses_are_refused_in_aws_words(kms, key):
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert error_of(kms.sign, KeyId=key, Message=b"x", SigningAlgorithm="ECDSA_SHA_256") == (
        "InvalidKeyUsageException", f"{arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.")
    assert error_of(kms.encrypt, KeyId=key, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1")[0] == "InvalidKeyUsageException"
    assert error_of(kms.get_public_key, KeyId=key)[0] == "UnsupportedOperationException"
    assert error_of(kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True) == (
        "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
    kms.disable_key(KeyId=key)
    for call, arguments in ((kms.encrypt, {"KeyId": key, "Plaintext": b"x"}), (kms.decrypt, {"CiphertextBlob": blob}), (kms.encrypt, {"KeyId": key, "Plaintext": b"x", "DryRun": True})):
        assert error_of(call, **arguments) == ("DisabledException", f"{arn} is disabled.")
    kms.schedule_key_deletion(KeyId=key)
    assert error_of(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == ("KMSInvalidStateException", f"{arn} is pending deletion.")
    assert error_of(kms.encrypt, KeyId="alias/aws/s3", Plaintext=b"x")[0] == "AccessDeniedException"
    assert kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Description"] == "Default key that protects my S3 objects when no other key is defined"
    assert error_of(kms.encrypt, KeyId=key, Plaintext=b"x" * 4097)[0] == "ValidationException"


def test_no_key_lies_open_in_the_file(own_emulator, tmp_path):
    emulator = own_emulator()
    kms = client_at(emulator.url, "kms")
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=symmetric, Plaintext=b"seen by nobody")["CiphertextBlob"]
    private = ec.generate_private_key(ec.SECP256R1())
    signer = imported(kms, "ECC_NIST_P256", "SIGN_VERIFY", private)
    from test_kms_import import wrap_oaep
    maced = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC", Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    wrap_oaep(kms, maced, b"a key of 32 bytes, one would say")
    assert emulator.stop() == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("evpoc.db*"))
    number = private.private_numbers().private_value.to_bytes(32, "big")
    assert symmetric.encode() in kept
    for plain in (number, b"a key of 32 bytes", b"seen by nobody"):
        assert plain not in kept
    again = client_at(own_emulator().url, "kms")
    assert again.decrypt(CiphertextBlob=blob)["Plaintext"] == b"seen by nobody"
    assert again.generate_mac(KeyId=maced, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"] == hmac.new(b"a key of 32 bytes, one would say", b"m", "sha256").digest()
    signature = again.sign(KeyId=signer, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    private.public_key().verify(signature, b"m", ec.ECDSA(hashes.SHA256()))


def test_a_restored_snapshot_opens_what_was_encrypted_before_it(own_emulator):
    from admin import ask
    url = own_emulator(data=None).url
    kms = client_at(url, "kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"kept")["CiphertextBlob"]
    ask(url, "snapshot", name="before")
    ask(url, "reset", method="POST")
    assert error_of(kms.decrypt, CiphertextBlob=blob)[0] in ("AccessDeniedException", "InvalidCiphertextException")
    ask(url, "restore", name="before")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"kept"


def test_others_are_answered_while_a_long_key_is_made(kms, key):
    """RSA keys are made beside the loop: the slow call is answered after quick ones that came later."""
    import threading
    order: list[str] = []
    slow = threading.Thread(target=lambda: (kms.generate_data_key_pair(KeyId=key, KeyPairSpec="RSA_4096"), order.append("slow")))
    slow.start()
    while slow.is_alive():
        kms.generate_random(NumberOfBytes=1)
        order.append("quick")
    slow.join()
    assert order.index("slow") > 0


def test_dry_runs_say_what_is_wrong_first(kms):
    with pytest.raises(ClientError) as refused:
        kms.generate_data_key_pair(KeyId="00000000-0000-4000-8000-000000000000", KeyPairSpec="RSA_4096", DryRun=True)
    assert refused.value.response["Error"]["Code"] == "NotFoundException"


def test_a_client_that_goes_while_its_key_is_made_does_no_harm(own_emulator):
    emulator = own_emulator(data=None)
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", emulator.port)) as client:
            body = b'{"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}'
            client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.CreateKey\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body)
    kms = client_at(emulator.url, "kms")
    assert kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Enabled"]
    assert emulator.stop() == 0
