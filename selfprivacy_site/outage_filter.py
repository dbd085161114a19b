"""A filter of the log of requests: an outage has its own lines (`pages.presentation.outages`), not one per request."""

import logging


class OutageFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503
