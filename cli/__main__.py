"""``python -m cli`` is ``rettidig``."""

from cli.main import main

main()
