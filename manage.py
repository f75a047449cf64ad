#!/usr/bin/env python3
"""Run S3Label's commands: `manage.py help` lists them."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit(
            "Django is not installed here. Run script/setup first, then .venv/bin/python manage.py"
        )

    from s3label_site.environment import BadSetting

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as problem:
        sys.exit(f"S3Label cannot start: {problem}")


if __name__ == "__main__":
    main()
