"""Signs a letter as PAdES B-B, with a P-256 key from a PKCS#12 file.

The signature is added to the file as it was set, so all that was valid in it stays as it was. It is
not seen on paper; it is for whoever is given the file.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

from arrears.kernel.errors import Misconfigured

P12_SETTING = "ARREARS_LETTER_SIGNING_P12"
PASSPHRASE_SETTING = "ARREARS_LETTER_SIGNING_PASSPHRASE"  # noqa: S105 - the name of the setting
_FIELD = "Signature"


class LetterSigner:
    """One key and its certificates, read once."""

    def __init__(self, signer: SimpleSigner) -> None:
        self._signer = signer

    def signed(self, pdf: bytes) -> bytes:
        """The file with a signature over all of it."""
        told = PdfSignatureMetadata(
            field_name=_FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        field = SigFieldSpec(_FIELD, readable_field_name=_FIELD)
        made = sign_pdf(_Signing(BytesIO(pdf)), told, signer=self._signer, new_field_spec=field)
        return bytes(made.getbuffer())


class _Signing(IncrementalPdfFileWriter):
    """Adds to a file and leaves what it says of itself alone: that is the promise of PDF/A."""

    def _update_meta(self) -> None:
        """The description of the letter stays that of the letter."""


def read_signer(path: str, passphrase: str) -> LetterSigner:
    """The key in the PKCS#12 file at `path`. Raises Misconfigured when there is none that can sign."""
    if not path:
        raise _wrong(f"no key is set ({P12_SETTING})")
    try:
        content = Path(path).read_bytes()
    except OSError:
        raise _wrong(f"the file that {P12_SETTING} names cannot be read") from None
    try:
        told = load_pkcs12(content, passphrase.encode() or None)
    except ValueError:
        raise _wrong(f"the file is no PKCS#12 file, or {PASSPHRASE_SETTING} does not open it") from None
    is_p256 = isinstance(told.key, EllipticCurvePrivateKey) and isinstance(told.key.curve, SECP256R1)
    if not is_p256 or told.cert is None:
        raise _wrong("the file holds no P-256 key with its certificate")
    signer = SimpleSigner.load_pkcs12_data(content, [], passphrase=passphrase.encode() or None)
    assert signer is not None, "it was read a moment ago"
    return LetterSigner(signer)


def _wrong(why: str) -> Misconfigured:
    return Misconfigured(
        "setting.letter_signing",
        f"A lawyer's letter cannot be signed: {why}.",
        hint=f"{P12_SETTING} names a PKCS#12 file with a P-256 key, {PASSPHRASE_SETTING} what opens it.",
        setting=P12_SETTING,
    )
