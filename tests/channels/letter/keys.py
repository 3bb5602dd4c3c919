"""A certificate authority of the tests, and keys that it vouches for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

PASSPHRASE = "open sesame"
_BEGAN = datetime.now(UTC) - timedelta(days=1)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(name: str, key, issuer: str, issuer_key, *, is_ca: bool) -> x509.Certificate:
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGAN)
        .not_valid_after(_BEGAN + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_cert_sign=is_ca, crl_sign=is_ca, **usage
            ),
            critical=True,
        )
        .sign(issuer_key, SHA256())
    )


CA_KEY = ec.generate_private_key(ec.SECP256R1())
CA = _certificate("Test CA", CA_KEY, "Test CA", CA_KEY, is_ca=True)


def a_key_file(folder: Path, *, curve: ec.EllipticCurve | None = None, is_rsa: bool = False) -> Path:
    """A PKCS#12 file with a key and its certificate."""
    key = (
        rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(curve or ec.SECP256R1())
    )
    certificate = _certificate("Lin & Partners", key, "Test CA", CA_KEY, is_ca=False)
    path = folder / "signing.p12"
    path.write_bytes(
        serialize_key_and_certificates(
            b"signing", key, certificate, [CA], BestAvailableEncryption(PASSPHRASE.encode())
        )
    )
    return path


def ca_file(folder: Path) -> Path:
    path = folder / "ca.pem"
    path.write_bytes(CA.public_bytes(Encoding.PEM))
    return path
