"""Watch state, signals and alerts in and out of the database."""

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Instant

# Exactly one watcher detects: whoever holds the lease, and writes with its fencing number.
LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

# How far the watch has come; the state is a cache of the counts and can be rebuilt from them.
WATCH = sa.Table(
    "watch",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("serial", sa.BigInteger, nullable=False),  # newest version that has been seen
    sa.Column("tick", Instant),  # end of the newest closed tick
    sa.Column("state_version", sa.Integer, nullable=False),
    sa.Column("state", sa.LargeBinary),
)

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("signal_id", BIG_ID, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False, index=True),
    sa.Column("tick", Instant, nullable=False),  # end of the tick that raised it
    sa.Column("kind", sa.Text, nullable=False),  # surge, first, sensitive
    sa.Column("area_kind", sa.Text, nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("window_h", sa.Integer, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False),  # 件
    sa.Column("callers", sa.Integer, nullable=False),  # 人
    sa.Column("expected", sa.Float),
    sa.Column("score", sa.Float, nullable=False),  # -log10 of the calibrated p
    sa.Column("reason", sa.Text, nullable=False),  # one Chinese sentence
    sa.Column("detail", sa.Text, nullable=False),  # JSON: numbers to draw and re-run it
)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("alert_id", BIG_ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),  # red, orange, yellow, blue
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("area_kind", sa.Text, nullable=False),  # the smallest unit with most of the excess
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),  # end of the tick that opened it
    sa.Column("newest_at", Instant, nullable=False),  # receipt of its newest appeal
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("callers", sa.Integer, nullable=False),
    sa.Column("expected", sa.Float),
    sa.Column("historical", sa.Boolean, nullable=False),  # shown, never delivered
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),  # JSON: the other keys, the streets it touches
)

ALERT_APPEALS = sa.Table(
    "alert_appeals",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), primary_key=True),
)

# What the live page follows; positions are given by the one watcher when it publishes.
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # raised, updated, ended
    sa.Column("at", Instant, nullable=False),
)
