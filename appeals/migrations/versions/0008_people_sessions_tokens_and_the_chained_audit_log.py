"""People, sessions, failed attempts, tokens; the audit log becomes a chain."""

import sqlalchemy as sa
from alembic import op

from appeals.audit.chain import START, entry_hash
from appeals.database import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _chain_audit()
    op.create_table(
        "people",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=True),
        sa.Column("factor_step", sa.BigInteger(), nullable=False),
        sa.Column("last_address", sa.Text(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["people.login"], name=op.f("fk_sessions_login")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_login"), "sessions", ["login"])
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )


def _chain_audit() -> None:
    """Carry the rows that were written before into the chain, in their order."""
    connection = op.get_bind()
    old = sa.table(
        "audit",
        sa.column("audit_id", BIG),
        sa.column("at", Instant()),
        *(sa.column(name, sa.Text()) for name in ("actor", "action", "reason")),
        sa.column("serial", BIG),
    )
    rows = connection.execute(sa.select(old).order_by(old.c.audit_id)).all()
    op.drop_table("audit")
    new = op.create_table(
        "audit",
        sa.Column("serial", BIG, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("actor", "act", "subject", "detail", "previous", "hash")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_audit")),
    )
    previous = START
    for serial, row in enumerate(rows, start=1):
        subject = "" if row.serial is None else f"version {row.serial}"
        entry = {"serial": serial, "at": row.at, "actor": row.actor, "act": row.action}
        entry |= {"subject": subject, "detail": row.reason, "previous": previous}
        previous = entry_hash(**entry)
        connection.execute(sa.insert(new), entry | {"hash": previous})


def downgrade() -> None:
    for name in ("tokens", "attempts", "sessions", "people", "audit"):
        op.drop_table(name)
    op.create_table(
        "audit",
        sa.Column("audit_id", BIG, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("serial", BIG, nullable=True),
        sa.ForeignKeyConstraint(["serial"], ["versions.serial"], name=op.f("fk_audit_serial")),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit")),
    )
