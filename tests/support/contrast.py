"""The contrast of two colours, as WCAG 2.1 computes it."""

from __future__ import annotations


def contrast_of(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, `#RRGGBB` each: 1 for the same, 21 at most."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
