"""How long a test waits for what comes at once on a machine that has nothing else to do."""

PATIENCE_S = 60.0
PATIENCE_MS = 1_000 * PATIENCE_S
