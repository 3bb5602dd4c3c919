"""Text messages through Kannel's HTTP interface; SMPP and the operators are Kannel's business."""

from __future__ import annotations

from arrears.channels.kannel.channel import KannelChannel
from arrears.channels.kannel.route import read_gateway

__all__ = ["KannelChannel", "read_gateway"]
