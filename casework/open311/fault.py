"""What is wrong with a request, as the standard tells it."""


class Fault(Exception):
    """A status and a description that holds nothing of what was sent.

    400 something is missing or cannot be right, 403 the key, 404 there is no such thing.
    """

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description

    def told(self) -> list[dict[str, object]]:
        """Give the body: a list of errors."""
        return [{"code": self.status, "description": self.description}]
