"""`python -m tests.cases`: ask every case and write `docs/cases.md`."""

from __future__ import annotations

from pathlib import Path

from tests.cases.documents import document


def main() -> None:
    path = Path(__file__).parents[2] / "docs" / "cases.md"
    path.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
