"""Numbers of two doubles, about 31 digits: the Cholesky factor of a covariance and the logarithm of its
determinant, right to the last bit of a double, without the cost of decimals.

A `Double` is the unrounded sum of two doubles, and a bound on how far from the truth it may be:

    |high + low - truth| <= error

What rounding loses of a sum or a product of two doubles is a double, too: TwoSum (D. E. Knuth, "The Art of
Computer Programming" 2, section 4.2.2) and TwoProduct (T. J. Dekker 1971, "A floating-point technique for
extending the available precision", Numerische Mathematik 18). Their use for longer numbers: T. Ogita,
S. M. Rump and S. Oishi 2005, "Accurate sum and dot product", SIAM Journal on Scientific Computing 26;
Y. Hida, X. S. Li and D. H. Bailey 2001, "Algorithms for quad-double precision floating point
arithmetic", ARITH-15.

Premise: rounded once, at the end, a result is the double that 50 decimals give, unless the truth lies
within the error of a midpoint between doubles.
Method: compute with two doubles and see whether everything within the error rounds to the same double. Where
not, say so: once in millions for a good condition, the caller takes decimals (A. Ziv 1991, "Fast evaluation of
elementary mathematical functions with correctly rounded last bit", ACM Transactions on Mathematical
Software 17).

The bounds: an operation on two doubles each loses at most 15 2^-106 of its result, a sum of its terms
(M. Joldes, J.-M. Muller and V. Popescu 2017, "Tight and rigorous error bounds for basic building blocks of
double-word arithmetic", ACM Transactions on Mathematical Software 44); we count four times as much, for
that the bounds are rounded themselves. What underflow loses is far below _TINY.
"""

from math import frexp, isnan, ldexp, nan, sqrt

from refgmm.type_names import Final, Sequence, final

_LARGEST_AMPLIFICATION: Final = 16.0  # of rounding, up to which distances are computed in doubles

_SPLITTER: Final = 2.0**27 + 1.0
_LOSS: Final = 2.0**-100  # of an operation, relative
_TINY: Final = 1e-290  # of an operation, absolute
_MORE: Final = 1.000001  # for the rounding of the bounds themselves
_LEAST_PIVOT: Final = 2.0**-90  # of the variance; cholesky._LEAST_PIVOT is a zero in decimals

_LOG_2: Final = (0.6931471805599453, 2.3190468138462996e-17, 1e-33)
_LONG_TERMS: Final = 6  # of the series of ln, which need two doubles
_ALL_TERMS: Final = 18  # 0.0295^18 / 37 is 8e-30
_LARGEST_RATIO: Final = 0.02945  # ((sqrt 2 - 1) / (sqrt 2 + 1))^2


@final
class Double:
    """high + low, and the largest error that may have."""

    def __init__(self, high: float, low: float = 0.0, error: float = 0.0) -> None:
        self.high: float = high
        self.low: float = low
        self.error: float = error

    def is_zero(self) -> bool:
        """Whether it is nothing but zero."""
        return self.high == 0.0 and self.error == 0.0

    def size(self) -> float:
        """What its absolute value and that of the truth don't exceed, but for rounding."""
        return abs(self.high) + self.error

    def set_sum(self, a: float, b: float, low: float) -> None:
        """a + b + low, the first two by TwoSum; low is small beside them. The error stays."""
        total = a + b
        part = total - a
        rest = (a - (total - part)) + (b - part) + low
        self.high = total + rest
        self.low = rest - (self.high - total)

    def subtract_product(self, x: "Double", y: "Double") -> None:
        """Less x y."""
        if x.is_zero() or y.is_zero():
            return
        product = x.high * y.high
        rest = lost(x.high, y.high, product) + (x.high * y.low + x.low * y.high)
        size, of_x, of_y = abs(self.high) + abs(product), x.size(), y.size()
        error = self.error + of_x * y.error + of_y * x.error + _LOSS * size + _TINY
        self.error = _MORE * error
        self.set_sum(self.high, -product, self.low - rest)

    def divide(self, x: "Double") -> None:
        """Through x, which is not 0."""
        if self.is_zero():
            return
        quotient = self.high / x.high
        product = quotient * x.high
        rest = (self.high - product) - lost(quotient, x.high, product)
        rest = (rest + self.low - quotient * x.low) / x.high
        error = self.error + abs(quotient) * x.error * _MORE
        self.error = _MORE * (error / (abs(x.high) - x.error) + _LOSS * abs(quotient)) + _TINY
        self.set_sum(quotient, rest, 0.0)

    def take_root(self) -> None:
        """Its square root; it is above 0."""
        root = sqrt(self.high)
        square = root * root
        rest = ((self.high - square) - lost(root, root, square) + self.low) / (2.0 * root)
        self.error = _MORE * (self.error / root + _LOSS * root) + _TINY
        self.set_sum(root, rest, 0.0)

    def rounded(self) -> float:
        """The double that is nearest to the truth; nan where the error leaves more than one."""
        if self.is_zero():
            return 0.0
        lowest = self.high + (self.low - 2.0 * self.error)
        return lowest if lowest == self.high + (self.low + 2.0 * self.error) else nan


def lost(a: float, b: float, product: float) -> float:
    """a b - product, where product is a b rounded: TwoProduct, each factor split in halves (Veltkamp)."""
    of_a = _SPLITTER * a
    upper_a = of_a - (of_a - a)
    lower_a = a - upper_a
    of_b = _SPLITTER * b
    upper_b = of_b - (of_b - b)
    lower_b = b - upper_b
    return (
        (upper_a * upper_b - product) + upper_a * lower_b + lower_a * upper_b
    ) + lower_a * lower_b


def product_of(x: Double, y: Double) -> Double:
    """x y."""
    found = Double(0.0)
    found.subtract_product(x, y)
    return Double(-found.high, -found.low, found.error)


def decomposed(matrix: Sequence[Sequence[float]]) -> tuple[list[list[float]], float] | None:
    """`nearest` of the matrix's `factor`."""
    rows = factor(matrix)
    return None if rows is None else nearest(rows)


def factor(matrix: Sequence[Sequence[float]]) -> list[list[Double]] | None:
    """L, lower triangular, with L L^T = matrix, as refgmm.cholesky.factorised writes it; each row up
    to the diagonal. None where a pivot is no more than rounding could make, or less.
    """
    rows: list[list[Double]] = []
    for a in range(len(matrix)):
        own: list[Double] = []
        pivot = Double(matrix[a][a])
        for b in range(a):
            other = rows[b]
            rest = Double(matrix[a][b])
            for c in range(b):
                rest.subtract_product(own[c], other[c])
            rest.divide(other[b])
            pivot.subtract_product(rest, rest)
            own.append(rest)
        if not pivot.high - 2.0 * pivot.error > _LEAST_PIVOT * matrix[a][a]:
            return None
        pivot.take_root()
        own.append(pivot)
        rows.append(own)
    return rows


def nearest(rows: list[list[Double]]) -> tuple[list[list[float]], float] | None:
    """L, each row up to the diagonal, and ln det (L L^T), each number the double nearest to the truth;
    None where two doubles don't tell which that is.
    """
    logarithm = log_determinant(rows)
    if isnan(logarithm):
        return None
    lower: list[list[float]] = []
    for row in rows:
        entries: list[float] = []
        for entry in row:
            value = entry.rounded()
            if isnan(value):
                return None
            entries.append(value)
        lower.append(entries)
    return lower, logarithm


def squared_distances(
    rows: list[list[Double]], points: Sequence[Sequence[float]], mean: Sequence[float]
) -> list[float]:
    """z^T z of each point, where L z = x - mean: the double nearest to the truth, or nan, as `rounded`."""
    z = [Double(0.0) for _ in rows]
    found: list[float] = []
    for x in points:
        negative = Double(0.0)
        for a, row in enumerate(rows):
            rest = z[a]
            rest.error = 0.0
            rest.set_sum(x[a], -mean[a], 0.0)
            for b in range(a):
                rest.subtract_product(row[b], z[b])
            rest.divide(row[a])
            negative.subtract_product(rest, rest)
        found.append(0.0 - negative.rounded())
    return found


def suits_doubles(factor: Sequence[Sequence[float]]) -> bool:
    """Whether distances computed from this Cholesky factor in doubles lose next to nothing."""
    return amplification(factor) <= _LARGEST_AMPLIFICATION


def amplification(factor: Sequence[Sequence[float]]) -> float:
    """How many times L z = r can amplify the rounding of L and r, relative to z: at least 1.

    The largest row sum of |L^-1| |L| (R. D. Skeel 1979, "Scaling for numerical stability in
    Gaussian elimination", Journal of the ACM 26).

    >>> amplification(((2.0, 0.0), (0.0, 3.0))), amplification(((1.0, 0.0), (2.0, 1.0)))
    (1.0, 5.0)
    """
    d = len(factor)
    sums = []
    for row in factor:
        sum_of_row = 0.0
        for entry in row:
            sum_of_row += abs(entry)
        sums.append(sum_of_row)
    of_rows = [0.0] * d
    for start in range(d):  # the column of L^-1 that begins in this row
        column: list[float] = []
        for a in range(start, d):
            row = factor[a]
            rest = 1.0 if a == start else 0.0
            for b, value in enumerate(column):
                rest -= row[start + b] * value
            column.append(rest / row[a])
            of_rows[a] += abs(column[a - start]) * sums[start]
    return max(of_rows, default=1.0)


def log_determinant(rows: list[list[Double]]) -> float:
    """ln det (L L^T), twice the logarithm of the product of the diagonal; nan where it can't be told."""
    product = Double(1.0)
    exponent = 0
    for row in rows:
        product = product_of(product, row[-1])
        mantissa, power = frexp(product.high)
        exponent += power
        product = Double(mantissa, ldexp(product.low, -power), ldexp(product.error, -power))
    logarithm = log(product)
    high, low, error = _LOG_2
    logarithm.subtract_product(Double(-float(exponent)), Double(high, low, error))
    return 2.0 * logarithm.rounded()


def log(x: Double) -> Double:
    """ln x for 1/2 <= x <= 1, by the series

    ln x = ln(x / c) + ln c = 2 s (1 + w/3 + w^2/5 + ...) + ln c,    s = (x/c - 1) / (x/c + 1),  w = s^2

    where c is 1 or 1/2, whichever is nearer in proportion.
    """
    if x.high < 0.7071067811865476:
        found = log(Double(2.0 * x.high, 2.0 * x.low, 2.0 * x.error))
        found.subtract_product(Double(1.0), Double(*_LOG_2))
        return found
    s = Double(0.0, 0.0, x.error)
    s.set_sum(x.high, -1.0, x.low)
    divisor = Double(0.0, 0.0, x.error + _LOSS)
    divisor.set_sum(x.high, 1.0, x.low)
    s.divide(divisor)
    w = product_of(s, s)
    tail = 0.0
    for n in range(_ALL_TERMS - 1, _LONG_TERMS - 1, -1):
        tail = tail * w.high + 1.0 / (2.0 * n + 1.0)
    series = Double(tail, 0.0, 2.0**-50)
    minus_w = Double(-w.high, -w.low, w.error)
    for coefficient in _COEFFICIENTS:
        term = Double(coefficient.high, coefficient.low, coefficient.error)
        term.subtract_product(minus_w, series)
        series = term
    found = product_of(s, series)
    return Double(2.0 * found.high, 2.0 * found.low, 2.0 * found.error)


def _coefficient(n: int) -> Double:
    """1 / (2 n + 1), of w^n in the series of ln."""
    found = Double(1.0)
    found.divide(Double(2.0 * n + 1.0))
    return found


_COEFFICIENTS: Final = [_coefficient(n) for n in range(_LONG_TERMS - 1, -1, -1)]
