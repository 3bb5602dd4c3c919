"""`python -m bench [NAME ...]`: run the benchmarks of these files, or all of them.

A benchmark is a file of this folder with a function `main()`, which prints a table.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    known = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    for name in sys.argv[1:] or known:
        if name not in known:
            sys.exit(f"No benchmark is called {name}. Known: {', '.join(known)}.")
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
