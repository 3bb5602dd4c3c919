"""Where letters are handed over: the folder named by ARREARS_PRINT_URL, checked before use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from arrears.channels.letter.windows import Window, load_windows
from arrears.kernel.errors import BadInput, Misconfigured

SETTING = "ARREARS_PRINT_URL"
_OPTIONS = frozenset({"window", "sink"})


@dataclass(frozen=True, slots=True)
class PrintRoute:
    """A folder from which a print house takes its batches.

    window   its envelopes; None: those that are usual where the lender is
    is_sink  the operator says that nobody prints from it: every page says that it is a specimen
    """

    folder: Path
    window: Window | None = None
    is_sink: bool = False


def read_print_route(url: str, *, is_simulation: bool) -> PrintRoute:
    """The folder written in `url`: folder:///path?window=NAME&sink=yes

    Raises BadInput when it cannot be read, and Misconfigured when a simulation names a folder that is
    not said to be a sink, or a live database one that is.
    """
    parts = urlsplit(url.strip())
    if parts.scheme == "sftp":
        raise _bad("sftp is not spoken here; name a folder that sftp or rclone takes the batches from")
    if parts.scheme != "folder" or parts.netloc or not parts.path.startswith("/"):
        raise _bad("it is not folder:/// and the path of a folder")
    try:
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _bad("what follows the question mark is not name=value") from None
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise _bad(f"it has an option that is not known: {unknown[0]}")
    route = PrintRoute(
        folder=Path(unquote(parts.path)),
        window=_window(options.get("window")),
        is_sink=_is_sink(options.get("sink", "no")),
    )
    return _checked(route, is_simulation=is_simulation)


def _window(name: str | None) -> Window | None:
    windows = load_windows()
    if name is not None and name not in windows:
        raise _bad(f"window is none of {', '.join(windows)}")
    return None if name is None else windows[name]


def _is_sink(text: str) -> bool:
    if text not in ("yes", "no"):
        raise _bad("sink is neither yes nor no")
    return text == "yes"


def _checked(route: PrintRoute, *, is_simulation: bool) -> PrintRoute:
    if is_simulation and not route.is_sink:
        raise Misconfigured(
            "print.not_a_sink",
            f"This database is a simulation, and {SETTING} names a folder that may be printed from.",
            hint="Add sink=yes if nobody prints from it.",
            setting=SETTING,
        )
    if not is_simulation and route.is_sink:
        raise Misconfigured(
            "print.sink",
            f"The database is live, and {SETTING} names a folder that nobody is said to print from.",
            hint="Leave out sink=yes if a print house takes its batches from there.",
            setting=SETTING,
        )
    return route


def _bad(reason: str) -> BadInput:
    return BadInput(
        "setting.print_url",
        f"{SETTING} is not the place where letters are handed over: {reason}.",
        hint="Write folder:///var/spool/arrears/letters",
        setting=SETTING,
    )
