"""The rows of the table that `make bench` prints: figures with their goals."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Goal:
    """A limit for a figure, in the figure's unit."""

    limit: float
    is_minimum: bool = False

    def is_met_by(self, figure: float) -> bool:
        return figure >= self.limit if self.is_minimum else figure <= self.limit

    def __str__(self):
        return f"{'≥' if self.is_minimum else '≤'} {self.limit:g}"


def at_least(limit: float) -> Goal:
    return Goal(limit, is_minimum=True)


def at_most(limit: float) -> Goal:
    return Goal(limit)


@dataclass(frozen=True)
class TableRow:
    """A figure; `unit` is "×" for a ratio. A row without a figure says in its remark why."""

    what: str
    figure: float | None
    unit: str = ""
    goal: Goal | None = None
    remark: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, None if there is no goal or no figure."""
        return None if self.goal is None or self.figure is None else self.goal.is_met_by(self.figure)

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        figure = "not measured" if self.figure is None else f"{format_number(self.figure)} {self.unit}".strip()
        goal = f"{self.goal} {self.unit}".strip() if self.goal else ""
        return self.what, figure, goal, {None: "", True: "yes", False: "no"}[self.is_met], self.remark

    @property
    def values(self) -> dict[str, object]:
        return {**asdict(self), "goal": str(self.goal) if self.goal else None, "is_met": self.is_met}

    def __str__(self):
        what, figure, goal, is_met, remark = self.cells
        return f"{figure:>16}  {goal:>12}  {is_met:<3}  {what}" + (f" ({remark})" if remark else "")


def format_number(number: float) -> str:
    """Return a number with three significant digits, or without decimals from 100 on."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def markdown_table(rows: Iterable[TableRow]) -> str:
    lines = ["| What | Figure | Goal | Met | |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row.cells)} |" for row in rows)])


def write_json(rows: Iterable[TableRow], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([row.values for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
