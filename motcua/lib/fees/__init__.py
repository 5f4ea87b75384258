"""What something costs: rules as data, reckoned in whole đồng, with an explanation that adds up to the amount.

Rounding: a share of money (a rate, a reduction) is rounded once, to the nearest đồng, a half upwards. Rates are basis
points: 50 is 0,5 %, 10000 is everything. Nothing is ever a float.

A rule is one of (amounts in đồng, ``count``, ``times`` and ``base`` are paths of answers such as ``vehicle.price``)::

    {type = "fixed", amount = 50000}
    {type = "per_unit", unit_amount = 8000, count = "copies", free = 1, max = 200000, times = "sets"}
    {type = "tiers", count = "pages", steps = [[2, 2000], [0, 1000]], max = 200000, times = "copies"}
    {type = "percent", base = "price", rate_bp = 200, min = 0, max = 500000000}
    {type = "table", table = "registration-fee", base = "price", match = {place = "place"}, given = {asset = "car"}}

A count may be a list of answers: its entries are counted. Of several bases the greatest counts. ``max`` is of one set,
``times`` multiplies it. In a step, 0 units are all that are left.
"""

from motcua.lib.fees.reckoning import Claimed, Line, Reckoned, amount, share
from motcua.lib.fees.rules import WAYS, Answers, Exemption, FeeError, Rule, parse_rule
from motcua.lib.fees.tables import Row, Table, check_table

__all__ = [
    "WAYS",
    "Answers",
    "Claimed",
    "Exemption",
    "FeeError",
    "Line",
    "Reckoned",
    "Row",
    "Rule",
    "Table",
    "amount",
    "check_table",
    "parse_rule",
    "share",
]
