"""`python -m arrears`."""

from arrears.cli import main

main()
