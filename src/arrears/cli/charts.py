"""Pictures of reports, as SVG: drawn here, with nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from arrears.kernel.errors import BadInput

_FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Noto Sans, Arial, sans-serif"
_LATE = ("#fde0a6", "#fbb55c", "#f28a3c", "#dc5a2a", "#b52d25", "#85181f", "#560c15", "#2e0509")
_KINDS = ("#31688e", "#f28a3c", "#6ccd5a", "#b52d25", "#7a5195", "#8c8c8c", "#d4a017")
_HEADER = {"labelFontSize": 13, "labelAnchor": "start"}
_WIDTH, _HEIGHT = 760, 380


def draw_stack(
    path: Path, *, title: str, points: Sequence[tuple[date, str, int]], parts: Sequence[str], axis: str
) -> None:
    """Write a picture of `points` (day, part, amount): the parts stacked, the first one lowest and
    lightest. Raises BadInput if the file cannot be written."""
    import altair

    rows = [
        {"day": day.isoformat(), "part": part, "amount": amount, "order": parts.index(part)}
        for day, part, amount in points
    ]
    colours = altair.Scale(domain=list(parts), range=_shades(len(parts)))
    chart = (
        altair.Chart({"values": rows}, title=title, width=_WIDTH, height=_HEIGHT)
        .mark_bar()
        .encode(
            x=altair.X("day:O", title=None, axis=altair.Axis(labelAngle=-45, labelOverlap="greedy")),
            y=altair.Y("amount:Q", title=axis, axis=altair.Axis(format=",~d")),
            color=altair.Color("part:N", title=None, scale=colours, sort=list(parts)),
            order=altair.Order("order:Q"),
        )
        .configure(font=_FONTS)
        .configure_title(anchor="start", fontSize=15)
        .configure_view(stroke=None)
    )
    _write(path, chart.to_json())


def draw_stacks_beside(
    path: Path,
    *,
    title: str,
    panels: Mapping[str, Sequence[tuple[date, str, int]]],
    first: date,
    last: date,
    axis: str,
) -> None:
    """Write a picture of one panel per name, on one scale: points (day, part, amount) from the first day
    to the last, the parts stacked. Raises BadInput if the file cannot be written."""
    import altair

    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    parts = list(dict.fromkeys(part for points in panels.values() for _, part, _ in sorted(points)))
    rows = [
        {"panel": name, "day": day.isoformat(), "part": part, "amount": amount, "order": parts.index(part)}
        for name, points in panels.items()
        for day, part, amount in points
    ]
    labels = altair.Axis(labelAngle=-45, labelOverlap="greedy")
    colours = altair.Scale(domain=parts, range=[_KINDS[n % len(_KINDS)] for n in range(len(parts))])
    chart = (
        altair.Chart({"values": rows}, title=title, width=_WIDTH // 2, height=_HEIGHT * 3 // 4)
        .mark_bar()
        .encode(
            x=altair.X("day:O", title=None, axis=labels, scale=altair.Scale(domain=days)),
            y=altair.Y("amount:Q", title=axis, axis=altair.Axis(format=",~d", tickMinStep=1)),
            color=altair.Color("part:N", title=None, scale=colours, sort=parts),
            order=altair.Order("order:Q"),
            column=altair.Column("panel:N", title=None, sort=list(panels), header=_HEADER),
        )
        .configure(font=_FONTS)
        .configure_title(anchor="start", fontSize=15)
        .configure_view(stroke=None)
    )
    _write(path, chart.to_json())


def _shades(count: int) -> list[str]:
    """Darker and darker, the last one the darkest; every step is another lightness for any eye."""
    if count <= 1:
        return [_LATE[4]] * count
    return [_LATE[round(n * (len(_LATE) - 1) / (count - 1))] for n in range(count)]


def _write(path: Path, chart: str) -> None:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    try:
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            "report.picture_unwritable",
            f"{path}: the picture cannot be written: {error.strerror}.",
            hint="Give --svg a path in a folder you may write to.",
        ) from None
