"""An alert as a message of the Common Alerting Protocol (OASIS CAP 1.2), and the feed of them."""
