"""Runs the migrations on the engine that was handed in by appeals.database."""

from typing import Any, Literal

from alembic import context

from appeals.database import METADATA, Instant


def render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column type by its name into a new migration."""
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("from appeals.database import Instant")
        return "Instant()"
    return False


engine: Any = context.config.attributes["engine"]

with engine.connect().execution_options(wangge_write=True) as connection, connection.begin():
    context.configure(
        connection=connection, target_metadata=METADATA, render_as_batch=True, render_item=render
    )
    with context.begin_transaction():
        context.run_migrations()
