"""Letters on paper, handed to a print house."""

from arrears.channels.letter.channel import LetterChannel
from arrears.channels.letter.route import PrintRoute, read_print_route

__all__ = ["LetterChannel", "PrintRoute", "read_print_route"]
