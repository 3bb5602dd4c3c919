"""A lawyer's letter is signed, and stays the file that it was."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from arrears.channels.letter.signing import read_signer
from arrears.channels.letter.windows import usual_window
from arrears.kernel.errors import Misconfigured
from tests.channels.letter.keys import CA, PASSPHRASE, a_key_file
from tests.channels.letter.letters import TYPESETTER, a_letter


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    signer = read_signer(str(a_key_file(tmp_path_factory.mktemp("keys"))), PASSPHRASE)
    pdf = TYPESETTER.pdf(a_letter(), usual_window("US"))
    return pdf, signer.signed(pdf)


def status_of(pdf):
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    trusted = ValidationContext(trust_roots=[Certificate.load(CA.public_bytes(Encoding.DER))])
    return signature, validate_pdf_signature(signature, trusted)


def test_the_signature_is_pades_and_covers_the_whole_file(signed):
    signature, status = status_of(signed[1])

    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"


def test_what_was_set_stands_in_it_unchanged(signed):
    before, after = signed

    assert after.startswith(before)
    reader = PdfReader(BytesIO(after))
    described = PdfReader(BytesIO(before)).trailer["/Root"]["/Metadata"].get_data()
    assert reader.trailer["/Root"]["/Metadata"].get_data() == described
    (widget,) = (each.get_object() for each in reader.pages[0]["/Annots"])
    assert (widget["/Rect"], widget["/F"] & 4, widget["/TU"]) == ([0, 0, 0, 0], 4, "Signature")
    assert [page.extract_text() for page in reader.pages] == [
        page.extract_text() for page in PdfReader(BytesIO(before)).pages
    ]


def test_a_changed_letter_is_found_out(signed):
    changed = signed[1].replace(b"Harbour Bank: a notice", b"Harbour Bank: a threat", 1)

    assert changed != signed[1]
    assert not status_of(changed)[1].intact


def test_a_key_that_cannot_sign_is_said_before_anything_is_sent(tmp_path):
    fine = a_key_file(tmp_path)

    for path, passphrase, why in [
        ("", "", "no key is set"),
        (str(tmp_path / "missing.p12"), "", "cannot be read"),
        (str(fine), "wrong", "does not open it"),
        (str(a_key_file(tmp_path / ".", curve=ec.SECP384R1())), PASSPHRASE, "no P-256 key"),
        (str(a_key_file(tmp_path / ".", is_rsa=True)), PASSPHRASE, "no P-256 key"),
    ]:
        with pytest.raises(Misconfigured, match=why):
            read_signer(path, passphrase)


def test_who_signs_nothing_reads_nothing_that_signs() -> None:
    """It takes longer to load than all else that a sender needs."""
    told = "import arrears.channels.registry, sys; print('pyhanko' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
