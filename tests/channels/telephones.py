"""A telephone program (baresip) for an agent, and telephones (SIPp) that answer as told, on this machine.

Both are Debian packages (baresip-core, sip-tester); where one is missing the tests that need them are
skipped with that name. No sound is made: the program's audio goes nowhere.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

BARESIP, SIPP = shutil.which("baresip"), shutil.which("sipp")
needs_telephones = pytest.mark.skipif(
    not (BARESIP and SIPP), reason="needs the Debian packages baresip-core and sip-tester"
)
_CONFIGURATION = """
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
sip_listen 127.0.0.1:{sip}
ctrl_tcp_listen 127.0.0.1:{control}
net_interface 127.0.0.1
audio_source aubridge,none
audio_player aubridge,none
audio_alert aubridge,none
"""
_SAYS = """  <send><![CDATA[

      SIP/2.0 {status}
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port];transport=[transport]>
      Content-Length: 0

  ]]></send>
"""
_PICKS_UP = """  <send retrans="500"><![CDATA[

      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port];transport=[transport]>
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=- 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0
      a=rtpmap:0 PCMU/8000

  ]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
"""
RINGING = "180 Ringing"


@dataclass
class Telephone:
    """One telephone at a port; `to` is the address by which it is dialled."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def to(self) -> str:
        return f"sip:{{number}}@127.0.0.1:{self.port}"


@contextmanager
def a_baresip(folder: Path) -> Iterator[int]:
    """The port at which it takes commands."""
    sip, control = _free_port(socket.SOCK_DGRAM), _free_port(socket.SOCK_STREAM)
    (folder / "config").write_text(_CONFIGURATION.format(sip=sip, control=control))
    (folder / "accounts").write_text(f"<sip:agent@127.0.0.1:{sip}>;regint=0\n")
    process = subprocess.Popen(
        [str(BARESIP), "-f", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(lambda: _is_listening(control), "baresip to take commands")
        yield control
    finally:
        process.kill()
        process.wait()


@contextmanager
def a_telephone(folder: Path, *says: str, is_picked_up: bool = False) -> Iterator[Telephone]:
    """Says these SIP answers to one call, in order; after the last one that it rings, it goes on ringing.

    One that is picked up ends when the caller hangs up.
    """
    port = _free_port(socket.SOCK_DGRAM)
    scenario = folder / f"{port}.xml"
    scenario.write_text(_scenario(says, is_picked_up=is_picked_up))
    process = subprocess.Popen(
        [str(SIPP), "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin", "-nd"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(lambda: _is_taken(port), "the telephone to be plugged in")
        yield Telephone(port, process)
    finally:
        process.kill()
        process.wait()


def _scenario(says: tuple[str, ...], *, is_picked_up: bool) -> str:
    parts = [_SAYS.format(status=each) for each in says]
    if is_picked_up:
        ending = _PICKS_UP + _SAYS.format(status="200 OK")
    elif says[-1] == RINGING:
        ending = '  <recv request="CANCEL"/>\n' + _SAYS.format(status="200 OK")
    else:
        ending = '  <recv request="ACK"/>\n'
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="telephone">\n'
    return f'{head}  <recv request="INVITE"/>\n{"".join(parts)}{ending}</scenario>\n'


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def _wait_for(condition, what: str) -> None:
    for _ in range(300):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"waited in vain for {what}")
