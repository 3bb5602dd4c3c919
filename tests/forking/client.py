"""Asks the server for a program, lends it its streams, passes on what asks it to end, ends as it ends.

    python -I -S client.py SOCKET ARGUMENTS

It imports next to nothing, for it is started often.
"""

import json
import os
import signal
import socket
import sys

folder = os.getcwd()  # noqa: PTH109 - pathlib is slow to load
told = {"arguments": sys.argv[2:], "environment": dict(os.environ), "folder": folder}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
    server.connect(sys.argv[1])
    socket.send_fds(server, [json.dumps(told).encode()], [0, 1, 2])
    program = int(server.recv(16))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(program, number))
    code = int(server.recv(16))
if code < 0:
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
