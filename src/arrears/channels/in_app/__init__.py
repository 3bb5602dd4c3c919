"""The inbox of the lender's own app: a message is delivered when it is stored."""

from arrears.channels.in_app.channel import InAppChannel

__all__ = ["InAppChannel"]
