"""E-mail over SMTP."""

from arrears.channels.smtp.channel import SmtpChannel
from arrears.channels.smtp.route import Route, read_route

__all__ = ["Route", "SmtpChannel", "read_route"]
