"""What is overdue, since when, and what falls due next.

of_loans       every loan, wherever its arrears come from
reported       as the core system says
computed       from schedules and statements
in_one_order   in closed form, where money always goes to the same parts first
day_by_day     by living every day that moved money, for all others
coming_due     what falls due next
"""

from arrears.kernel.arrears.ageing import Ageing, AgeingRow, Portfolio, ageing_of
from arrears.kernel.arrears.of_loans import arrears_of

__all__ = ["Ageing", "AgeingRow", "Portfolio", "ageing_of", "arrears_of"]
