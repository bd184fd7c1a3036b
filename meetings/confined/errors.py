"""What the child may answer instead of an answer."""


class DeclinedError(Exception):
    """The file is of a kind that is not read, or too much of it. The code is put into words by the portal's side."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
