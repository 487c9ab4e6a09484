"""Runs the migrations on the engine that was handed in by appeals.database."""

from typing import Any

from alembic import context

from appeals.database import METADATA

engine: Any = context.config.attributes["engine"]

with engine.connect().execution_options(wangge_write=True) as connection, connection.begin():
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
