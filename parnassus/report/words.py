"""Numbers as people read them: three significant digits, with units; a dash where nothing was measured."""

ABSENT = "\u2013"  # a dash
MINUS = "\u2212"  # as wide as a plus


def number(value: float | None) -> str:
    """0.0831, 12.4, 1,240; very small ones as 2.1e-07."""
    if value is None:
        return ABSENT
    if value == 0 or abs(value) >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1e-3 else f"{value:#.3g}".rstrip(".")


def share(value: float) -> str:
    """A value in [0, 1] or a difference of two such: three decimals, with a proper minus sign."""
    return f"{value:.3f}".replace("-", MINUS)


def signed(value: float) -> str:
    return share(value) if value < 0 else f"+{share(value)}"


def percent(value: float) -> str:
    return f"{number(100 * value)}%"


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{number(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
