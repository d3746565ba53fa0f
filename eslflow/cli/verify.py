"""`eslflow consents verify` and `head`: whether the proof is as it was written.

In: a site, the head of the chain as it was kept elsewhere. Out: what was found, in
words or JSON; exit code 1 when something was changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eslflow.cli.lookups import ledger_of
from eslflow.cli.machine import JSON
from eslflow.errors import visible

if TYPE_CHECKING:
    from eslflow.ledger.chain import Head
    from eslflow.ledger.tree import TreeHead
    from eslflow.ledger.verify import Verdict


class AnyHead(click.ParamType[Any]):
    """What `eslflow consents head` printed: of the chain, or the tree over it."""

    name = "head"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Head | TreeHead:
        """Return it as a place, or a size, and a hash."""
        from eslflow.ledger.chain import head_of
        from eslflow.ledger.tree import tree_head_of

        try:
            return tree_head_of(value) if ":tree:" in value else head_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command("head")
@click.option(
    "--tree",
    is_flag=True,
    help="The head of the tree over the chain: for eslflow proof --check --since.",
)
@JSON
@click.pass_context
def head_command(ctx: click.Context, tree: bool, is_json: bool) -> None:
    """Print the newest hash of the chain and its place, to be kept elsewhere.

    Who changes the ledger later cannot change what you keep: see `verify --since`. With
    --tree, a proof bundle of one call can be checked against it, without the ledger.
    """
    from eslflow.ledger.excerpt import tree_head
    from eslflow.ledger.verify import head

    if tree:
        grown = tree_head(ledger_of(ctx.obj))
        said = {"size": grown.size, "root": grown.root.hex()}
        click.echo(json.dumps(said, indent=2) if is_json else str(grown))
        return
    end = head(ledger_of(ctx.obj))
    found = {"place": end.place, "hash": end.hash.hex()}
    click.echo(json.dumps(found, indent=2) if is_json else str(end))


@click.command("verify")
@click.option("--since", type=AnyHead(), help="What `eslflow consents head` printed.")
@JSON
@click.pass_context
def verify_command(
    ctx: click.Context, since: Head | TreeHead | None, is_json: bool
) -> None:
    """Tell whether all proof is as it was written; if not, which row is the first.

    With --since, also whether it is what it was when that head was printed.
    """
    from eslflow.ledger.chain import Head
    from eslflow.ledger.tree import TreeHead
    from eslflow.ledger.verify import verify

    path = ledger_of(ctx.obj)
    tree = since if isinstance(since, TreeHead) else None
    kept = Head(*since) if since else None
    found = verify(path, None if tree else kept)
    if tree is not None:
        found = _grown(path, found, tree)
    click.echo(_as_json(found) if is_json else _words(found, kept))
    if found.broken:
        ctx.exit(1)


def _grown(path: Path, found: Verdict, tree: TreeHead) -> Verdict:
    """Return what was found, and whether the chain has grown out of a tree."""
    from eslflow.ledger.excerpt import tree_head
    from eslflow.ledger.verify import Broken

    size, what = tree.size, ""
    if found.broken is not None and found.broken.place <= size:
        return found
    if size > found.head.place:
        what = f"is gone: the chain ends at place {found.head.place}"
    elif (now := tree_head(path, size)) != tree:
        what = (
            f"led to {tree}, and leads to {now}: the whole chain was written anew, "
            "after a change there or before"
        )
    return found._replace(broken=Broken(size, "", 0, "", what)) if what else found


def _as_json(found: Verdict) -> str:
    broken = found.broken._asdict() if found.broken else None
    said = {"holds": broken is None, "head": str(found.head), "broken": broken}
    return json.dumps(said, indent=2)


def _words(found: Verdict, since: Head | None) -> str:
    end = found.head
    rows = "row of proof is" if end.place == 1 else "rows of proof are"
    told = [f"{end.place} {rows} as written, up to {end}"]
    if found.broken:
        told = [f"BROKEN: {found.broken}"]
    if since and (found.broken is None or found.broken.place > since.place):
        told.append(f"Nothing up to place {since.place} was changed since.")
    return "\n".join(map(visible, told))
