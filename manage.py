#!/usr/bin/env python
"""Command line of the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_portal.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django が見つかりません。まず make setup を実行してください。(Django is missing: run make setup)"
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
