"""Keeping pictures, each once, by the digest of its bytes."""

from datetime import datetime

from pages.models import Picture
from pages.text import source


def keep_picture(content: bytes, extension: str, *, now: datetime) -> str:
    """Keep a picture's bytes as they are, and return their digest. The caller answers for what is in them."""
    digest = source.digest(content)
    Picture.objects.get_or_create(
        digest=digest, defaults={"extension": extension, "content": content, "created_at": now}
    )
    return digest
