"""What is overdue, and since when."""

from arrears.kernel.arrears.ageing import Ageing, AgeingRow, ageing_of
from arrears.kernel.arrears.reported import reported_arrears

__all__ = ["Ageing", "AgeingRow", "ageing_of", "reported_arrears"]
