"""Moments as services state them → ISO 8601: two clocks of a site, seconds or milliseconds since 1970.

Pure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_LONGEST_OFFSET = timedelta(hours=14)
_MILLISECONDS = 100_000_000_000  # as seconds, the year 5138


def with_offset(local: object, utc: object) -> object:
    """Return a site's local time with the offset that its time in UTC tells, or as it is."""
    try:
        here, there = datetime.fromisoformat(str(local)), datetime.fromisoformat(str(utc))
        offset = here - there
        if here.tzinfo or there.tzinfo or abs(offset) > _LONGEST_OFFSET:
            return local
        return here.replace(tzinfo=timezone(offset)).isoformat()
    except (ValueError, TypeError, OverflowError):
        return local


def since_1970(value: object) -> object:
    """Return the moment that a number of seconds or milliseconds stands for; whatever isn't one as it is.

    Midnight in UTC stands for a day: services count those so.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        moment = datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if is_day else moment.isoformat(timespec="seconds")
