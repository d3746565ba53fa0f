"""The option of commands that programs call, too.

In: nothing. Out: `--json`, as `is_json`. Imports nothing slow.
"""

from __future__ import annotations

import click

JSON = click.option("--json", "is_json", is_flag=True, help="For programs: JSON.")
JSON_UTC = click.option(
    "--json", "is_json", is_flag=True, help="For programs: JSON, UTC."
)
"""Where times are told: people read those of their own zone."""
