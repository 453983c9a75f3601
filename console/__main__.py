"""The `tanggap` command: one file per subcommand. Imports the services; nothing imports it."""

import typer

from console import (
    bench,
    calendar,
    contract,
    dead_letters,
    demo,
    desk,
    due,
    erase,
    keys,
    learn,
    mail,
    migrate,
    pack,
    preview,
    publish,
    reconcile,
    route,
    stack,
    topics,
    track,
)

app = typer.Typer(
    name="tanggap",
    help="Event-driven routing of public complaints.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    app()


for command in (
    stack.up,
    stack.down,
    stack.status,
    demo.demo,
    bench.bench,
    publish.publish,
    track.track,
    route.route,
    learn.learn,
    preview.preview,
    due.due,
    migrate.migrate,
    topics.topics,
    contract.contract,
    erase.erase,
    reconcile.reconcile,
):
    app.command()(command)
app.add_typer(calendar.app, name="calendar")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(desk.app, name="desk")
app.add_typer(keys.app, name="keys")
app.add_typer(mail.app, name="mail")
app.add_typer(learn.app, name="model")
app.add_typer(pack.app, name="pack")
app.add_typer(erase.vault, name="vault")

if __name__ == "__main__":
    main()
