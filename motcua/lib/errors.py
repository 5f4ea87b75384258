"""The two errors that cross floors. Anything else that is raised is a bug and is let crash."""


class Refused(Exception):  # noqa: N818  nothing broke: the answer is no
    """The user may not, or cannot, do this now. ``message`` is shown to them and says what to do instead.

    ``code`` is a stable machine word (``not_found``, ``stale``, ``invalid``, …); ``data`` goes into problem JSON
    (RFC 9457). ``fields`` maps form field names to messages when the refusal is about what was typed.
    """

    def __init__(self, code: str, message: str, *, fields: dict[str, str] | None = None, **data: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields or {}
        self.data = data


class ConnectorError(Exception):
    """The outside failed. ``permanent`` means that trying again cannot help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
