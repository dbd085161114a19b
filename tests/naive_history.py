"""A reference model of publishing in plain lists and dicts, independent of the site's code.

Tests compare the site with it. It is deliberately slow and repetitive.
"""

# Each body, and what readers see: bodies with the same value render to the same HTML.
BODIES = {"* a": "list", "- a": "list", "One": "one", "Two": "two", "T\n===": "heading", "# T": "heading"}


class Refused(Exception):
    """The operation must raise an exception, which the message names, and change nothing."""


class NaivePage:
    """One page: its drafts, and everything that was published."""

    def __init__(self, source):
        self.source = source
        self.drafts = {}
        self.versions = []
        self.last_time = None
        # Confirmations of translations, and the times at which the page was withdrawn and brought back.
        self.confirmed = []
        self.events = []

    # --- Queries ------------------------------------------------------------------------------------------------------

    def numbered(self, number):
        return self.versions[number - 1]

    def in_force(self, at):
        numbers = [
            version["number"]
            for version in self.versions
            if version["effective"] <= at and not self.is_cancelled(version, at)
        ]
        return max(numbers, default=None)

    def upcoming(self, at):
        known = [
            version for version in self.versions if version["published"] <= at and not self.is_cancelled(version, at)
        ]
        return [
            version["number"]
            for version in known
            if version["effective"] > at
            and not any(
                later["number"] > version["number"] and later["effective"] <= version["effective"] for later in known
            )
        ]

    @staticmethod
    def is_cancelled(version, at):
        return version["cancelled"] is not None and version["cancelled"] <= at

    def base(self):
        not_cancelled = [version for version in self.versions if version["cancelled"] is None]
        return not_cancelled[-1] if not_cancelled else None

    def modified_at(self, version, language):
        """Return the effective date of the language's last major change among the versions that this one builds on."""
        for number in reversed(version["chain"]):
            earlier = self.numbered(number)
            if earlier["texts"][language]["significance"] == "major":
                return earlier["effective"]
        raise AssertionError("a first text is major")

    def is_withdrawn(self, at):
        states = [state for event_at, state in self.events if event_at <= at]
        return bool(states) and states[-1] == "withdrawn"

    def bases(self, version, language):
        """Return the versions that a text reflects: recorded when it was published, or confirmed for the same text."""
        text = version["texts"][language]
        confirmed = {
            number
            for name, body, number in self.confirmed
            if (name, body) == (language, text["body"]) and number <= version["number"]
        }
        return (confirmed | {text["based_on"]}) - {None}

    def best(self, version, language):
        """Return the best status of a translation, and the version whose source it then reflects."""
        bases = self.bases(version, language)
        if not bases:
            return self.status_if(version, None), None
        worst_first = ["behind", "minor differences", "up to date"]
        rank, number = max((worst_first.index(self.status_if(version, number)), number) for number in bases)
        return worst_first[rank], number

    def status(self, version, language):
        return self.best(version, language)[0]

    def status_if(self, version, based_on):
        if based_on is None:
            return "behind"
        reflected, current = self.numbered(based_on)["texts"][self.source], version["texts"][self.source]
        if reflected["body"] == current["body"]:
            return "up to date"
        if based_on not in version["chain"]:
            # It reflects a version that never came into force.
            return "behind"
        since = [number for number in version["chain"] if number > based_on]
        majors = [self.numbered(number)["texts"][self.source]["significance"] == "major" for number in since]
        return "behind" if any(majors) else "minor differences"

    # --- Operations ---------------------------------------------------------------------------------------------------

    def effective_now(self, now):
        return now if self.last_time is None or now > self.last_time else self.last_time

    def publish(self, chosen, *, now, effective, removed, notes, binding, announcement_action, rewritten=None):
        """`chosen` has for each language the body, the significance, and the basis: "kept", "this" or a number."""
        at = self.effective_now(now)
        effective = at if effective is None or effective < at else effective
        superseded = self.superseded(at, effective)
        if superseded and announcement_action is None:
            raise Refused("SupersedesAnnouncement")
        for version in superseded:
            version["cancelled"] = at
        try:
            self.check(chosen, removed, notes, binding)
        except Refused:
            for version in superseded:
                version["cancelled"] = None
            raise
        before = self.base()
        self.last_time = at
        self.add(chosen, at, effective, removed, notes, binding)
        if announcement_action == "again":
            self.reannounce(superseded, before, at, rewritten=rewritten or {})

    def superseded(self, at, effective):
        return [
            self.numbered(number) for number in self.upcoming(at) if self.numbered(number)["effective"] >= effective
        ]

    def check(self, chosen, removed, notes, binding):
        base = self.base()
        old = base["texts"] if base else {}
        changed = {name for name, choice in chosen.items() if name not in old or old[name]["body"] != choice["body"]}
        if any(chosen[name]["body"] == "" or self.significance_of(old, name, chosen[name]) is None for name in changed):
            raise Refused("ValidationError")
        confirmed = {
            name
            for name, choice in chosen.items()
            if name in old and name != self.source and choice["basis"] not in {"kept", old[name]["based_on"]}
        }
        if not changed and not confirmed and not removed & set(old):
            raise Refused("ValidationError")
        remaining = (set(old) | changed) - removed
        if self.source not in remaining or (binding is not None and binding not in remaining):
            raise Refused("ValidationError")
        major = {name for name in changed if self.significance_of(old, name, chosen[name]) == "major"}
        needs_note = {self.source} if self.source in major else major
        if base and needs_note and not any(notes.get(name) for name in needs_note):
            raise Refused("ValidationError")

    @staticmethod
    def significance_of(old, name, choice):
        if name not in old:
            return "major"
        if BODIES.get(old[name]["body"]) == BODIES.get(choice["body"]):
            return "minor"
        return choice["significance"]

    def add(self, chosen, published, effective, removed, notes, binding):
        base, number = self.base(), len(self.versions) + 1
        old = base["texts"] if base else {}
        texts = {
            name: {**text, "significance": "unchanged", "note": notes.get(name, "")}
            for name, text in old.items()
            if name not in removed
        }
        for name, choice in chosen.items():
            is_changed = name not in old or old[name]["body"] != choice["body"]
            kept = old[name]["based_on"] if name in old else None
            if is_changed and name in old and name != self.source:
                kept = self.best(base, name)[1]
            basis = {"kept": kept, "this": number}.get(choice["basis"], choice["basis"])
            if is_changed:
                texts[name] = {
                    "body": choice["body"],
                    "significance": self.significance_of(old, name, choice),
                    "note": notes.get(name, ""),
                }
            texts[name]["based_on"] = None if name == self.source else basis
        version = {
            "number": number,
            "published": published,
            "effective": effective,
            "cancelled": None,
            "binding": binding,
            "texts": texts,
            "chain": [*(base["chain"] if base else []), number],
        }
        self.versions.append(version)
        return version

    def reannounce(self, superseded, before, at, *, rewritten=None, effective=None):
        renumbered = {}
        for version in superseded:
            base = self.base()
            old, current = before["texts"] if before else {}, base["texts"] if base else {}
            chosen = {}
            for name, text in version["texts"].items():
                body = (rewritten or {}).get(version["number"], {}).get(name, text["body"])
                is_rewritten = body != text["body"]
                is_changed = text["significance"] != "unchanged"
                is_confirmed = not is_changed and text["based_on"] != old[name]["based_on"]
                equals_current = name in current and current[name]["body"] == body
                if is_changed or (is_rewritten and not equals_current) or (is_confirmed and equals_current):
                    basis = "this" if text["based_on"] == version["number"] else text["based_on"]
                    chosen[name] = {
                        "body": body,
                        "significance": text["significance"] if is_changed else "major",
                        "basis": renumbered.get(basis, basis),
                    }
            notes = {name: text["note"] for name, text in version["texts"].items()}
            removed = set(old) - set(version["texts"])
            new = self.add(chosen, at, effective or version["effective"], removed, notes, version["binding"])
            renumbered[version["number"]], before = new["number"], version

    def newest_upcoming(self, number, at):
        base = self.base()
        if base is None or base["number"] != number or base["effective"] <= at:
            raise Refused("NotCancellable")
        return base

    def cancel(self, number, *, now):
        at = self.effective_now(now)
        self.newest_upcoming(number, at)["cancelled"] = self.last_time = at

    def announce_again(self, number, *, now, effective):
        at = self.effective_now(now)
        version = self.newest_upcoming(number, at)
        version["cancelled"] = at
        before = self.base()
        if effective <= at or (before and before["effective"] >= effective):
            version["cancelled"] = None
            raise Refused("ValidationError")
        self.last_time = at
        self.reannounce([version], before, at, effective=effective)

    def withdraw(self, reasons, *, now):
        at = self.effective_now(now)
        if self.in_force(at) is None or self.is_withdrawn(at):
            raise Refused("NotWithdrawable")
        if self.source not in reasons:
            raise Refused("ValidationError")
        self.events.append((at, "withdrawn"))
        self.last_time = at

    def bring_back(self, *, now):
        at = self.effective_now(now)
        if not self.is_withdrawn(at):
            raise Refused("NotWithdrawable")
        self.events.append((at, "back"))
        self.last_time = at

    def confirm(self, number, language, reflects, *, now):
        at, version = self.effective_now(now), self.numbered(number)
        named = self.numbered(reflects) if reflects <= len(self.versions) else None
        if (
            language == self.source
            or language not in version["texts"]
            or named is None
            or named["cancelled"] is not None
            or reflects > number
            or reflects in self.bases(version, language)
        ):
            raise Refused("NotConfirmable")
        self.confirmed.append((language, version["texts"][language]["body"], reflects))
        self.last_time = at

    def correct(self, bodies, *, now, significance, announcement_action, announced, notes):
        at, drafts = self.effective_now(now), dict(self.drafts)
        if self.in_force(at) is None:
            raise Refused("NothingInForce")
        shown = self.numbered(self.in_force(at))["texts"]
        changed = {name: body for name, body in bodies.items() if name in shown and body != shown[name]["body"]}
        rewritten = self.rewritten(announced if announcement_action == "again" else {}, at)
        for name, body in changed.items():
            drafts[name] = body if drafts[name] == shown[name]["body"] else drafts[name]
        for number, texts in sorted(rewritten.items(), reverse=True):
            for name, body in texts.items():
                if drafts[name] == self.numbered(number)["texts"][name]["body"]:
                    drafts[name] = body
        chosen = {name: {"body": body, "significance": significance, "basis": "kept"} for name, body in changed.items()}
        self.publish(
            chosen,
            now=now,
            effective=None,
            removed=set(),
            notes=notes,
            binding=None,
            announcement_action=announcement_action,
            rewritten=rewritten,
        )
        self.drafts = drafts

    def rewritten(self, announced, at):
        if set(announced) - set(self.upcoming(at)):
            raise Refused("PublicationConflict")
        if any(body == "" for bodies in announced.values() for body in bodies.values()):
            raise Refused("ValidationError")
        old = {number: self.numbered(number)["texts"] for number in announced}
        return {
            number: {
                name: body for name, body in bodies.items() if name in old[number] and body != old[number][name]["body"]
            }
            for number, bodies in announced.items()
        }

    def revert(self, number, languages, *, now, effective, significance, **options):
        at = self.effective_now(now)
        shown_number = self.in_force(at)
        shown = self.numbered(shown_number)["texts"] if shown_number else {}
        old = self.numbered(number)["texts"]
        chosen = {
            name: {"body": old[name]["body"], "significance": significance, "basis": old[name]["based_on"]}
            for name in languages & set(old)
        }
        superseded = self.superseded(at, effective if effective and effective > at else at)
        remaining = [version for version in self.versions if version["cancelled"] is None and version not in superseded]
        base = remaining[-1]["texts"] if remaining else {}
        follows = {
            name
            for name in chosen
            if self.drafts[name] == (shown[name]["body"] if name in shown else "")
            and (name not in base or any(base[name][key] != old[name][key] for key in ("body", "based_on")))
        }
        self.publish(chosen, now=now, effective=effective, removed=set(), **options)
        for name in follows:
            self.drafts[name] = chosen[name]["body"]
