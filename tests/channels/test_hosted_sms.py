"""Text messages through a hosted provider: a small real HTTP server that takes, reports and writes back."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from arrears.actions.hearing.listing import messages_refusing
from arrears.actions.sweeping import sweep
from arrears.channels.sms_json.route import read_provider
from arrears.kernel.errors import BadInput, Misconfigured
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_writing_lender, end_of, states
from tests.actions.test_text_messages import a_due_text, send
from tests.builders import cipher_of

NUMBER = "+886912345678"
SECRET = "between us"


class Taking(ThreadingHTTPServer):
    """Takes each message once by its key, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        self.by_key: dict[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    server: Taking

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((dict(self.headers), told))
        is_known = self.headers["Authorization"] == "Bearer open-sesame"
        key = self.headers["Idempotency-Key"]
        number = self.server.by_key.setdefault(key, f"m-{len(self.server.by_key) + 1}") if is_known else ""
        answer = json.dumps({"id": number} if is_known else {}).encode()
        self.send_response(202 if is_known else 401)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def a_provider() -> Iterator[Taking]:
    server = Taking()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def provider(settings):
    with a_provider() as running:
        host = f"127.0.0.1:{running.server_port}"
        settings.ARREARS_SMS_URL = f"http+json://open-sesame@{host}/v1/messages?sender=10690&sink=yes&secret=between+us&price=0.05USD"
        yield running


def signed(client, path, told, *, secret=SECRET, age=0):
    body = json.dumps(told).encode()
    stamp = str(int(clock.now().timestamp()) - age)
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": stamp, "X-Signature": signature}
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.mark.django_db(transaction=True)
def test_a_text_goes_out_is_reported_and_its_answer_binds(provider, client, settings):
    lender = a_writing_lender()
    planned = a_due_text(lender, NUMBER)

    run = send(settings.ARREARS_SMS_URL)["sms"]

    assert run.states == {"accepted": 1}
    attempt = models.Attempt.objects.get()
    ((headers, told),) = provider.asked
    kept = bytes(models.Message.objects.get().body_encrypted)
    assert told == {
        "to": NUMBER,
        "from": "10690",
        "text": cipher_of(planned.person).decrypt("body", kept),
        "reference": str(attempt.pk),
    }
    assert (attempt.provider, attempt.provider_ref) == ("sms_json", "m-1")
    assert str(run.cost) == f"{run.price_of_part.times(run.parts)}"
    assert headers["Idempotency-Key"] != str(attempt.pk)

    report = {"reference": str(attempt.pk), "status": "delivered"}
    assert signed(client, "/receipts/sms-json", report).status_code == 204
    sweep(actor=ACTOR)
    assert states(models.Attempt) == {"delivered": 1}

    written = {"id": "in-1", "from": NUMBER, "to": "10690", "text": "STOP"}
    answers = [signed(client, "/inbound/sms-json", written).status_code for _ in range(2)]
    assert answers == [204, 204]
    (message,) = models.InboundMessage.objects.all()
    assert (message.provider, message.state) == ("sms_json", "applied")
    assert messages_refusing(person=planned.person_id) == [message.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/receipts/sms-json", "/inbound/sms-json"])
@pytest.mark.parametrize("wrong", [{"secret": "guessed"}, {"age": 301}, {"age": -301}])
def test_what_is_not_signed_now_by_the_provider_is_refused(provider, client, path, wrong):
    a_writing_lender()

    answered = signed(client, path, {"id": "1", "from": NUMBER, "text": "STOP", "reference": "1"}, **wrong)

    assert (answered.status_code, answered.json()["code"]) == (403, "webhook.signature")
    assert (models.InboundMessage.objects.count(), models.Receipt.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_does_not_know_our_token_gets_nothing_more(provider, settings):
    planned = a_due_text(a_writing_lender(), NUMBER)

    send(settings.ARREARS_SMS_URL.replace("open-sesame", "guessed"))

    assert (states(models.Attempt), end_of(planned)) == ({"not_sent": 1}, ("planned", None))


@pytest.mark.django_db(transaction=True)
def test_kannels_addresses_take_nothing_where_another_provider_is_set(provider, client):
    a_writing_lender()

    answers = [client.get(f"/api/v1/{each}/kannel?attempt=1&mark=0") for each in ("inbound", "receipts")]

    assert [each.status_code for each in answers] == [403, 403]


@pytest.mark.parametrize(
    ("url", "is_simulation", "error"),
    [
        ("http+json://t@provider.example/v1?sender=10690", False, BadInput),
        ("https+json://provider.example/v1?sender=10690", False, BadInput),
        ("https+json://t@provider.example/v1", False, BadInput),
        ("https+json://t@provider.example/v1?sender=10690&price=5", False, BadInput),
        ("https+json://t@provider.example/v1?sender=10690", True, Misconfigured),
        ("http+json://t@127.0.0.1/v1?sender=10690&sink=yes", False, Misconfigured),
    ],
)
def test_a_provider_that_may_not_be_used_is_refused_by_its_setting(url, is_simulation, error):
    with pytest.raises(error) as raised:
        read_provider(url, is_simulation=is_simulation)

    assert raised.value.facts["setting"] == "ARREARS_SMS_URL"
