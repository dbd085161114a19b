"""All kinds of tampering by name, in the order of the table in `docs/verifying.md`."""

from benchmarks.tampering import log_kinds, page_kinds, text_kinds, version_kinds
from benchmarks.tampering.registry import Kinds

KINDS: Kinds = text_kinds.KINDS | version_kinds.KINDS | page_kinds.KINDS | log_kinds.KINDS
