"""A champion and a challenger in one strategy: a share of the borrowers climbs the challenger.

The share is drawn from the borrower and the salt alone, so all loans of one borrower are in the
same arm, on every day and on every machine, and nobody leaves the challenger when its share grows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from arrears.kernel.planning.strategy import Ladder, Segment, Share, Strategy

CHALLENGER_MARK = ":"
"""Parts the challenger's name from those of its ladders and steps; no file can use it in a name."""


def with_challenger(champion: Strategy, challenger: Strategy, share: Share) -> Strategy:
    """One strategy in which the borrowers of `share` climb the challenger, all others the champion.

    In the challenger's arm its own segments decide, and who fits none climbs its first ladder.
    Who is not in it is dealt with exactly as under the champion alone, whose bound of calls and limits
    of reachability hold for both. The names of the challenger's ladders and the ids of its steps begin with
    `CHALLENGER_NAME:`, whether they collide or not, so that every count by step tells the arms apart.
    """
    assert 0 < share.basis_points < 10_000, (share.basis_points, "a share is a part")
    assert all(segment.share is None for segment in challenger.segments), (challenger.name, "is a mix")
    ladders = tuple(_marked(ladder, challenger.name) for ladder in challenger.ladders)
    arm = tuple(
        replace(segment, ladder=_mark(challenger.name, segment.ladder), share=share)
        for segment in challenger.segments
    )
    return Strategy(
        name=champion.name,
        version=_version(champion, challenger, share),
        ladders=(*champion.ladders, *ladders),
        segments=(*arm, Segment(ladders[0].name, share=share), *champion.segments),
        calls_per_day=champion.calls_per_day,
        about=champion.about,
        reachability=champion.reachability,
    )


def _marked(ladder: Ladder, name: str) -> Ladder:
    steps = tuple(replace(step, id=_mark(name, step.id)) for step in ladder.steps)
    return replace(ladder, name=_mark(name, ladder.name), steps=steps)


def _mark(name: str, of: str) -> str:
    return f"{name}{CHALLENGER_MARK}{of}"


def _version(champion: Strategy, challenger: Strategy, share: Share) -> str:
    """The digest of everything that the mix is made of."""
    parts = [champion.version, challenger.version, share.basis_points, share.salt]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
