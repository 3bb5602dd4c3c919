"""The dialer answers like every channel: what a telephone said, what certainly was not, what nobody knows."""

from __future__ import annotations

import json
import socket
from urllib.parse import quote

import pytest

from arrears.channels.base import Accepted
from arrears.channels.dialer import BaresipDialer, read_dialer
from arrears.channels.dialer.answers import UNAVAILABLE, load_answers, meaning_of
from arrears.channels.dialer.netstrings import Frames, framed
from arrears.channels.dialer.route import Dialer
from arrears.kernel.errors import BadInput, ChannelUnavailable, ChannelUnsure, Misconfigured
from arrears.kernel.vocabulary import NetworkResult
from tests.channels.builders import NOW, a_contact
from tests.channels.scripted_server import GONE, HANG, scripted_control
from tests.channels.telephones import RINGING, a_baresip, a_telephone, needs_telephones

CALL = a_contact(channel="call", address="+886 912-345 678")
TO = "sip:{number}@gateway.example"
URI = "sip:+886912345678@gateway.example"


# -- through real telephones ----------------------------------------------------------------


@pytest.fixture(scope="module")
def baresip(tmp_path_factory):
    with a_baresip(tmp_path_factory.mktemp("baresip")) as port:
        yield port


def dialer_to(telephone, port, *, ring_seconds: float = 10) -> BaresipDialer:
    url = f"baresip://127.0.0.1:{port}?sink=yes&ring_seconds={ring_seconds}&to={quote(telephone.to)}"
    return BaresipDialer(lambda: NOW, read_dialer(url, is_simulation=True))


@needs_telephones
@pytest.mark.parametrize(
    ("says", "result"),
    [
        (["486 Busy Here"], NetworkResult.NOT_CONNECTED),
        (["600 Busy Everywhere"], NetworkResult.NOT_CONNECTED),
        (["404 Not Found"], NetworkResult.NOT_CONNECTED),
        (["604 Does Not Exist Anywhere"], NetworkResult.NOT_CONNECTED),
        (["480 Temporarily Unavailable"], NetworkResult.RANG_OUT),
        ([RINGING, "486 Busy Here"], NetworkResult.RANG_OUT),
        ([RINGING, "603 Decline"], NetworkResult.RANG_OUT),
    ],
)
def test_what_a_telephone_says_is_how_the_call_ended(baresip, tmp_path, says, result):
    with a_telephone(tmp_path, *says) as telephone:
        answer = dialer_to(telephone, baresip).send(CALL)

    assert (answer.network_result, answer.is_delivered) == (result, False)
    assert answer.provider_ref


@needs_telephones
def test_a_call_that_rings_too_long_is_hung_up_and_rang_out(baresip, tmp_path):
    with a_telephone(tmp_path, RINGING) as telephone:
        answer = dialer_to(telephone, baresip, ring_seconds=1.5).send(CALL)

    assert answer.network_result is NetworkResult.RANG_OUT


@needs_telephones
def test_a_call_that_is_answered_is_the_agents_from_there_on(baresip, tmp_path):
    with a_telephone(tmp_path, RINGING, is_picked_up=True) as telephone:
        answer = dialer_to(telephone, baresip).send(CALL)
        with socket.create_connection(("127.0.0.1", baresip)) as agent:
            agent.sendall(framed({"command": "hangup"}))
            telephone.process.wait(10)  # it has heard the agent hang up

    assert answer.network_result is NetworkResult.ANSWERED


@needs_telephones
@pytest.mark.parametrize(
    ("says", "error"), [("503 Service Unavailable", ChannelUnavailable), ("500 Oops", ChannelUnsure)]
)
def test_a_provider_that_fails_is_away_or_leaves_it_unsure(baresip, tmp_path, says, error):
    with a_telephone(tmp_path, says) as telephone, pytest.raises(error) as failed:
        dialer_to(telephone, baresip).send(CALL)

    assert failed.value.facts["status"] == says[:3]


# -- and where there is none ------------------------------------------------------------------


def event(kind: str, param: str = "", **others) -> bytes:
    said = {"event": True, "type": kind, "class": "call", "direction": "outgoing", "peeruri": URI, "id": "c1"}
    return framed({**said, "param": param, **others})


OK = framed({"response": True, "ok": True, "data": "", "token": "arrears-17"})
REFUSED = framed({"response": True, "ok": False, "data": "Invalid argument", "token": "arrears-17"})
FOREIGN = event("CALL_CLOSED", "486 Busy Here", peeruri="sip:other@gateway.example", id="c0")


def dialing(port: int, **changed) -> BaresipDialer:
    usual = {"host": "127.0.0.1", "port": port, "to": TO, "ring_seconds": 20.0, "connect_seconds": 5.0}
    return BaresipDialer(lambda: NOW, Dialer(**{**usual, **changed}))


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (REFUSED, "dialer.refused"),
        (OK + event("CALL_CLOSED", "403 Forbidden"), "dialer.not_carried"),
        (GONE, "dialer.silent"),
        (HANG, "dialer.not_hung_up"),
        (OK, "dialer.not_hung_up"),
        (b"GET / HTTP/1.0", "dialer.silent"),
        (b"3:abc,", "dialer.silent"),
        (b"2:[],", "dialer.silent"),
        (b"9999999:x", "dialer.silent"),
        (OK + event("CALL_CLOSED", ""), "dialer.closed"),
        (OK + event("CALL_CLOSED", "Connection timed out"), "dialer.closed"),
        (OK + FOREIGN, "dialer.not_hung_up"),
        (OK + FOREIGN + event("CALL_CLOSED", "486 Busy Here"), NetworkResult.NOT_CONNECTED),
        (OK + event("CALL_RINGING") + event("CALL_CLOSED", "403 Forbidden"), NetworkResult.RANG_OUT),
        (OK + event("CALL_RINGING") + event("CALL_CLOSED", "", id="c9") + event("CALL_ESTABLISHED"),
         NetworkResult.ANSWERED),
    ],
)  # fmt: skip
def test_each_failure_of_a_telephone_program_has_its_meaning(said, means, monkeypatch):
    monkeypatch.setattr("arrears.channels.dialer.baresip._HANG_UP_SECONDS", 0.1)
    with scripted_control(said) as server:
        is_waited_for = means == "dialer.not_hung_up"
        try:
            answer = dialing(server.port, ring_seconds=0.2 if is_waited_for else 20.0).send(CALL)
        except (ChannelUnavailable, ChannelUnsure) as error:
            answer = error

    if isinstance(means, NetworkResult):
        assert answer == Accepted("c1", network_result=means)
    else:
        is_safe = means in ("dialer.refused", "dialer.not_carried")
        assert (answer.code, type(answer)) == (means, ChannelUnavailable if is_safe else ChannelUnsure)
    (command,) = [json.loads(each) for each in server.heard if b"dial" in each]
    assert command == {"command": "dial", "params": URI, "token": "arrears-17"}


def test_a_program_that_is_not_there_has_dialled_nobody():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        dialer = dialing(taken.getsockname()[1])

        with pytest.raises(ChannelUnavailable, match="cannot be reached"):
            dialer.send(CALL)
        with pytest.raises(ChannelUnavailable):
            dialer.check()


def test_after_its_time_nobody_is_dialled():
    with scripted_control(OK) as server:
        late = BaresipDialer(lambda: CALL.send_before, Dialer("127.0.0.1", server.port, TO))
        with pytest.raises(ChannelUnavailable, match="has passed"):
            late.send(CALL)

    assert server.connections == 0


def test_a_frame_may_come_in_pieces():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames = Frames(ours)
        whole = framed({"ok": True}) + framed({"ok": False})
        theirs.sendall(whole[:5])
        with pytest.raises(TimeoutError):
            frames.next(0.05)
        theirs.sendall(whole[5:])

        assert [frames.next(1), frames.next(1)] == [{"ok": True}, {"ok": False}]


def test_every_answer_of_the_table_is_a_final_one_and_known_words():
    words = {"not_connected", "rang_out", UNAVAILABLE}

    assert all(400 <= code < 700 for code in load_answers())
    assert set(load_answers().values()) == words


@pytest.mark.parametrize("reason", ["", "200 OK", "302 Moved", "500 Oops", "48", "６０３ x"])
def test_what_stands_in_no_table_may_have_rung(reason):
    assert meaning_of(reason, has_rung=False) is None
    assert meaning_of(reason, has_rung=True) is NetworkResult.RANG_OUT


# -- the setting ------------------------------------------------------------------------------

GOOD = f"baresip://localhost:4444?to={quote(TO)}"


def test_a_setting_is_read():
    read = read_dialer(f"{GOOD}&ring_seconds=30", is_simulation=False)

    assert read == Dialer("localhost", 4444, TO, ring_seconds=30.0)
    assert read.uri_of("+886 (2) 2345-6789") == "sip:+886223456789@gateway.example"


@pytest.mark.parametrize(
    "url",
    [
        "baresip://localhost",
        "baresip://localhost?to=sip:x@gateway.example",
        "baresip://localhost?to=tel:{number}",
        "baresip://telephones.example?to=sip:{number}@gateway.example",
        f"{GOOD}&more=1",
        "http://localhost",
    ],
)
def test_a_setting_that_cannot_be_is_refused(url):
    with pytest.raises(BadInput):
        read_dialer(url, is_simulation=False)


def test_a_simulation_dials_sinks_only_and_a_live_database_none():
    with pytest.raises(Misconfigured, match="simulation"):
        read_dialer(GOOD, is_simulation=True)
    with pytest.raises(Misconfigured, match="live"):
        read_dialer(f"{GOOD}&sink=yes", is_simulation=False)
