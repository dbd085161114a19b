"""When each text of a page was last updated: the same rule as `with_modified_at`, for all versions at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pages.models import Version, VersionText
from pages.models.significance import Significance


def last_updates(
    versions: Iterable[Version], texts: Mapping[int, Iterable[VersionText]], cancelled: Mapping[int, datetime]
) -> dict[int, dict[str, datetime]]:
    """Return when each text was last updated, by the primary key of the version and the language.

    `versions` are those of one page in ascending order. `texts`, with their counted significance, and the times of
    cancellations are by the primary key of the version.
    """
    updates: dict[int, dict[str, datetime]] = {}
    # The versions that the next one builds on.
    chain: list[int] = []
    for version in versions:
        while chain and chain[-1] in cancelled and cancelled[chain[-1]] <= version.published_at:
            chain.pop()
        before = updates[chain[-1]] if chain else {}
        updates[version.pk] = {
            text.language: version.effective_at
            if text.counted_significance == Significance.MAJOR
            else before.get(text.language, version.effective_at)
            for text in texts.get(version.pk, ())
        }
        chain.append(version.pk)
    return updates
