"""The life of an alert after it was found: who verified, signed, told, received and ended it."""
