"""A cache that is bounded by the memory its values take."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import ClassVar, Generic, TypeVar

Value = TypeVar("Value")


class SizedCache(Generic[Value]):
    """Values by everything they depend on, up to a sum of sizes in bytes. Those not used for longest are dropped first.

    A value larger than `max_size` is not kept. `measure` returns the size of a value.
    """

    caches: ClassVar[list["SizedCache"]] = []

    def __init__(self, max_size: int, measure: Callable[[Value], int]):
        self.max_size, self.size = max_size, 0
        self._measure, self._lock = measure, Lock()
        self._entries: OrderedDict[Hashable, tuple[int, Value]] = OrderedDict()
        self.caches.append(self)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key. It is made without the lock, which readers of other values would wait for."""
        with self._lock:
            if entry := self._entries.get(key):
                self._entries.move_to_end(key)
                return entry[1]
        value = make()
        self._put(key, value, self._measure(value))
        return value

    def known(self, key: Hashable) -> Value | None:
        """Return the value of a key if it is in the cache."""
        entry = self._entries.get(key)
        return entry[1] if entry else None

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.size = 0

    @classmethod
    def clear_all(cls) -> None:
        """Forget everything that this process keeps."""
        for cache in cls.caches:
            cache.clear()

    def _put(self, key: Hashable, value: Value, size: int) -> None:
        if size > self.max_size:
            return
        with self._lock:
            self.size += size - self._entries.pop(key, (0, None))[0]
            self._entries[key] = size, value
            while self.size > self.max_size:
                self.size -= self._entries.popitem(last=False)[1][0]
