"""Starts the command line for `python -m eslflow`.

In: the arguments. Out: an exit code. Must not do anything of its own.
"""

from eslflow.cli.main import main

if __name__ == "__main__":
    main(prog_name="eslflow")
