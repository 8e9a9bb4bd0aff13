"""Charts (图表) as SVG: drawn here, without script or style, readable in print and by a screen reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH = 720
_ROW, _LABEL, _GAP = 26, 200, 12
_BAR, _TEXT, _LINE = "#1f5fa8", "#333333", "#c9d3df"
_FONT = "sans-serif"
Row = tuple[str, int]


def bars(rows: Sequence[Row], title: str, *, most: int = 15, rest: str = "…") -> str:
    """Return a chart of horizontal bars, one for each (label, number); what is beyond `most` is one bar, named `rest`."""
    shown = list(rows[:most])
    if len(rows) > most:
        shown.append((rest, sum(value for _label, value in rows[most:])))
    top = max((value for _label, value in shown), default=0) or 1
    room = WIDTH - _LABEL - 90
    parts = []
    for at, (label, value) in enumerate(shown):
        y = at * _ROW
        width = max(1.0, value / top * room) if value else 0
        parts.append(
            f"<title>{escape(label)}: {value}</title>"
            f'<text x="{_LABEL - _GAP}" y="{y + 17}" text-anchor="end">{escape(_cut(label))}</text>'
            f'<rect x="{_LABEL}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}" fill="{_BAR}"/>'
            f'<text x="{_LABEL + width + 6:.1f}" y="{y + 17}">{value}</text>'
        )
    groups = "".join(f"<g>{part}</g>" for part in parts)
    return _svg(groups, max(1, len(shown)) * _ROW + 4, title)


def columns(rows: Sequence[Row], title: str) -> str:
    """Return a chart of upright columns in the given order, such as years; at most 40 of them keep their labels legible."""
    shown = list(rows)[-40:]
    top = max((value for _label, value in shown), default=0) or 1
    height, foot = 200, 34
    step = (WIDTH - 20) / max(1, len(shown))
    parts = [f'<line x1="10" y1="{height}" x2="{WIDTH - 10}" y2="{height}" stroke="{_LINE}"/>']
    for at, (label, value) in enumerate(shown):
        tall = value / top * (height - 30)
        x = 10 + at * step
        middle = x + step / 2
        wide = max(2.0, min(step * 0.7, 48))
        parts.append(
            f"<g><title>{escape(label)}: {value}</title>"
            f'<rect x="{middle - wide / 2:.1f}" y="{height - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{_BAR}"/>'
            f'<text x="{middle:.1f}" y="{height - tall - 5:.1f}" text-anchor="middle">{value}</text>'
            f'<text x="{middle:.1f}" y="{height + 18}" text-anchor="middle">{escape(_cut(label, 12))}</text></g>'
        )
    return _svg("".join(parts), height + foot, title)


def share(done: int, total: int, title: str) -> str:
    """Return one bar that shows which part of the whole is done."""
    part = done / total if total else 0.0
    inner = (
        f'<rect x="0" y="4" width="{WIDTH - 80}" height="18" fill="{_LINE}"/>'
        f'<rect x="0" y="4" width="{part * (WIDTH - 80):.1f}" height="18" fill="{_BAR}"/>'
        f'<text x="{WIDTH - 72}" y="18">{_percent(part)}</text>'
    )
    return _svg(inner, 26, title)


def _percent(part: float) -> str:
    """Return the part in per cent; what is not all is never shown as 100%."""
    shown = min(part * 100, 99.9) if part < 1 else 100.0
    return f"{shown:.1f}%"


def _svg(inner: str, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}"'
        f' font-family="{_FONT}" font-size="13" fill="{_TEXT}">{inner}</svg>'
    )


def _cut(label: str, most: int = 26) -> str:
    """Return the label as long as its place allows; a Han character takes two places."""
    taken = 0
    for at, character in enumerate(label):
        taken += 2 if character > "\u2e80" else 1
        if taken > most:
            return label[: max(1, at - 1)] + "…"
    return label
