"""Appeals, their versions and what is sealed."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column(
            "appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("current", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_appeals_source_source_id")),
    )
    op.create_table(
        "calendar",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name=op.f("pk_calendar")),
    )
    op.create_table(
        "classes",
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("class_code", name=op.f("pk_classes")),
    )
    op.create_table(
        "crosswalk",
        sa.Column("old_code", sa.Text(), nullable=False),
        sa.Column("new_code", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old_code", name=op.f("pk_crosswalk")),
    )
    op.create_table(
        "imports",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_imports")),
    )
    op.create_table(
        "versions",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("received_precision", sa.Text(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("direct", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("caller_hash", sa.Text(), nullable=True),
        sa.Column("repeat", sa.Boolean(), nullable=True),
        sa.Column("transferred", sa.Text(), nullable=True),
        sa.Column("contacted", sa.Text(), nullable=True),
        sa.Column("solved", sa.Text(), nullable=True),
        sa.Column("satisfied", sa.Text(), nullable=True),
        sa.Column("excluded", sa.Boolean(), nullable=True),
        sa.Column("exclusion_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.appeal_id"], name=op.f("fk_versions_appeal_id")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_versions")),
        sa.UniqueConstraint("appeal_id", "version", name=op.f("uq_versions_appeal_id_version")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_versions_appeal_id"), ["appeal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_versions_local_day"), ["local_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_versions_received_at"), ["received_at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["serial"], ["versions.serial"], name=op.f("fk_audit_serial")),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit")),
    )
    op.create_table(
        "sealed",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cipher", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["versions.serial"], name=op.f("fk_sealed_serial")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_sealed")),
    )


def downgrade() -> None:
    op.drop_table("sealed")
    op.drop_table("audit")
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_versions_received_at"))
        batch_op.drop_index(batch_op.f("ix_versions_local_day"))
        batch_op.drop_index(batch_op.f("ix_versions_appeal_id"))

    op.drop_table("versions")
    op.drop_table("imports")
    op.drop_table("crosswalk")
    op.drop_table("classes")
    op.drop_table("calendar")
    op.drop_table("appeals")
