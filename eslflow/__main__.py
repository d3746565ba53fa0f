"""Lets `python -m eslflow` do what `eslflow` does."""

from eslflow.cli.main import main

if __name__ == "__main__":
    main(prog_name="eslflow")
