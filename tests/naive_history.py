"""A reference model of publishing in plain lists and dicts, independent of the site's code.

Tests compare the site with it. It is deliberately slow and repetitive.
"""

from datetime import timedelta

TOLERANCE = timedelta(seconds=5)
# Each body, and what readers see: bodies with the same value render to the same HTML.
BODIES = {"* a": "list", "- a": "list", "One": "one", "Two": "two", "T\n===": "heading", "# T": "heading"}


class Refused(Exception):
    """The site must raise the exception that the message names, and change nothing."""


class NaivePage:
    """One page: its drafts, and everything that was published."""

    def __init__(self, source, clock):
        # `clock["last"]`: what the clock showed at the last record of any page. `last_time`: this page's last event.
        self.source, self.clock = source, clock
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
        known = [version for version in self.versions if version["cancelled"] is None]
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
            for confirmed_language, body, number in self.confirmed
            if (confirmed_language, body) == (language, text["body"]) and number <= version["number"]
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

    def effective_now(self, now, undone=None):
        if undone is not None and undone > now + TOLERANCE:
            return now
        if "last" in self.clock and self.clock["last"] > now + TOLERANCE:
            raise Refused("ClockBehind")
        if self.last_time is None or self.last_time > now + TOLERANCE:
            return now
        return max(now, self.last_time)

    def record(self, at, now):
        self.last_time, self.clock["last"] = at, now

    def publish(self, chosen, *, now, effective, removed, notes, binding, announcement_action, rewritten=None):
        """`chosen` has for each language the body, the significance, and the basis: "same", "this" or a number."""
        at = self.effective_now(now)
        effective = at if effective is None or effective < at else effective
        superseded = self.superseded(at, effective)
        if superseded and announcement_action is None:
            raise Refused("SupersedesAnnouncement")
        for version in superseded:
            version["cancelled"] = at
        chosen = self.without_known_claims(chosen)
        try:
            self.check(chosen, removed, notes, binding)
        except Refused:
            for version in superseded:
                version["cancelled"] = None
            raise
        before = self.base()
        self.record(at, now)
        new = self.add(chosen, at, effective, removed, notes, binding)
        if announcement_action == "again":
            minor = {language for language, text in new["texts"].items() if text["significance"] == "minor"}
            self.reannounce(superseded, before, at, rewritten=rewritten or {}, minor=minor, without=removed)

    def without_known_claims(self, chosen):
        """Leave out that a translation matches a source text that stays, if it is known already."""
        base = self.base()
        old = base["texts"] if base else {}
        changed = {
            language
            for language, choice in chosen.items()
            if language not in old or old[language]["body"] != choice["body"]
        }
        if not old or self.source in changed:
            return chosen
        return {
            language: choice
            for language, choice in chosen.items()
            if language in changed
            or language == self.source
            or choice["basis"] != "this"
            or self.best(base, language)[0] != "up to date"
        }

    def superseded(self, at, effective):
        return [
            self.numbered(number) for number in self.upcoming(at) if self.numbered(number)["effective"] >= effective
        ]

    def check(self, chosen, removed, notes, binding):
        base = self.base()
        old = base["texts"] if base else {}
        changed = {
            language
            for language, choice in chosen.items()
            if language not in old or old[language]["body"] != choice["body"]
        }
        if any(
            chosen[language]["body"] == "" or self.significance_of(old, language, chosen[language]) is None
            for language in changed
        ):
            raise Refused("ValidationError")
        confirmed = {
            language
            for language, choice in chosen.items()
            if language in old
            and language != self.source
            and choice["basis"] not in {"same", old[language]["based_on"]}
        }
        if not changed and not confirmed and not removed & set(old):
            raise Refused("ValidationError")
        remaining = (set(old) | changed) - removed
        if self.source not in remaining or (binding is not None and binding not in remaining):
            raise Refused("ValidationError")
        major = {language for language in changed if self.significance_of(old, language, chosen[language]) == "major"}
        needs_note = {self.source} if self.source in major else major
        if base and needs_note and not any(notes.get(language) for language in needs_note):
            raise Refused("ValidationError")

    @staticmethod
    def significance_of(old, language, choice):
        if language not in old:
            return "major"
        if BODIES.get(old[language]["body"]) == BODIES.get(choice["body"]):
            return "minor"
        return choice["significance"]

    def add(self, chosen, published, effective, removed, notes, binding):
        base, number = self.base(), len(self.versions) + 1
        old = base["texts"] if base else {}
        texts = {
            language: {**text, "significance": "unchanged", "note": notes.get(language, "")}
            for language, text in old.items()
            if language not in removed
        }
        for language, choice in chosen.items():
            is_changed = language not in old or old[language]["body"] != choice["body"]
            same = old[language]["based_on"] if language in old else None
            if is_changed and language in old and language != self.source:
                same = self.best(base, language)[1]
            if is_changed and self.significance_of(old, language, choice) == "major":
                same = None
            basis = {"same": same, "this": number}.get(choice["basis"], choice["basis"])
            if is_changed:
                texts[language] = {
                    "body": choice["body"],
                    "significance": self.significance_of(old, language, choice),
                    "note": notes.get(language, ""),
                }
            texts[language]["based_on"] = None if language == self.source else basis
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

    def claimed_basis(self, version, before, renumbered, rewritten):
        """What a translation matches that was said to match the source of a version that is announced again."""
        source, base = version["texts"][self.source], self.base()
        is_own = source["significance"] != "unchanged"
        body = rewritten.get(self.source, (source if is_own else base["texts"][self.source])["body"])
        if body == source["body"]:
            return "this"
        return version["number"] if is_own else renumbered.get(before["number"], before["number"])

    def reannounce(self, superseded, first_base, at, *, rewritten=None, minor=(), without=(), effective=None):
        renumbered, befores = {}, [first_base, *superseded]
        for before, version in zip(befores, superseded, strict=False):
            base, own = self.base(), (rewritten or {}).get(version["number"], {})
            claimed = self.claimed_basis(version, before, renumbered, own)
            old, current = before["texts"] if before else {}, base["texts"] if base else {}
            chosen = {}
            texts = {language: text for language, text in version["texts"].items() if language not in without}
            for language, text in texts.items():
                body = own.get(language, text["body"])
                is_rewritten = body != text["body"]
                is_changed = text["significance"] != "unchanged"
                is_confirmed = not is_changed and text["based_on"] != old[language]["based_on"]
                equals_current = language in current and current[language]["body"] == body
                if is_changed or (is_rewritten and not equals_current) or (is_confirmed and equals_current):
                    basis = claimed if text["based_on"] == version["number"] else text["based_on"]
                    chosen[language] = {
                        "body": body,
                        "significance": text["significance"] if is_changed else "major",
                        "basis": None if is_rewritten and language not in minor else renumbered.get(basis, basis),
                    }
            notes = {language: text["note"] for language, text in texts.items()}
            removed = set(old) - set(texts)
            # It did nothing but change languages that are removed now.
            if without and not chosen and not removed & set(current):
                continue
            binding = version["binding"] if version["binding"] in texts else None
            new = self.add(chosen, at, effective or version["effective"], removed, notes, binding)
            renumbered[version["number"]] = new["number"] if claimed == "this" else claimed

    def newest_upcoming(self, number, at):
        base = self.base()
        if base is None or base["number"] != number or base["effective"] <= at:
            raise Refused("NotCancellable")
        return base

    def cancel(self, number, *, now):
        at = self.effective_now(now, undone=self.numbered(number)["published"])
        self.newest_upcoming(number, at)["cancelled"] = at
        self.record(at, now)

    def announce_again(self, number, *, now, effective):
        at = self.effective_now(now)
        version = self.newest_upcoming(number, at)
        version["cancelled"] = at
        before = self.base()
        if effective <= at or (before and before["effective"] >= effective):
            version["cancelled"] = None
            raise Refused("ValidationError")
        self.record(at, now)
        self.reannounce([version], before, at, effective=effective)

    def withdraw(self, reasons, *, now):
        at = self.effective_now(now)
        if self.in_force(at) is None or self.is_withdrawn(at):
            raise Refused("NotWithdrawable")
        if self.source not in reasons:
            raise Refused("ValidationError")
        self.events.append((at, "withdrawn"))
        self.record(at, now)

    def bring_back(self, *, now):
        last_at, last_state = self.events[-1] if self.events else (None, "back")
        if last_state == "back" and not self.is_withdrawn(now):
            raise Refused("NotWithdrawable")
        at = self.effective_now(now, undone=last_at if last_state == "withdrawn" else None)
        self.events.append((at, "back"))
        self.record(at, now)

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
        self.record(at, now)

    def correct(self, bodies, *, now, significance, announcement_action, announced, notes):
        at, drafts = self.effective_now(now), dict(self.drafts)
        if self.in_force(at) is None:
            raise Refused("NothingInForce")
        shown = self.numbered(self.in_force(at))["texts"]
        changed = {
            language: body for language, body in bodies.items() if language in shown and body != shown[language]["body"]
        }
        rewritten = self.rewritten(announced if announcement_action == "again" else {}, at)
        for language, body in changed.items():
            drafts[language] = body if drafts[language] == shown[language]["body"] else drafts[language]
        for number, texts in sorted(rewritten.items(), reverse=True):
            for language, body in texts.items():
                if drafts[language] == self.numbered(number)["texts"][language]["body"]:
                    drafts[language] = body
        chosen = {
            language: {"body": body, "significance": significance, "basis": "same"}
            for language, body in changed.items()
        }
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
                language: body
                for language, body in bodies.items()
                if language in old[number] and body != old[number][language]["body"]
            }
            for number, bodies in announced.items()
        }

    def revert(self, number, languages, *, now, effective, significance, **options):
        at = self.effective_now(now)
        shown_number = self.in_force(at)
        shown = self.numbered(shown_number)["texts"] if shown_number else {}
        old = self.numbered(number)["texts"]
        chosen = {
            language: {"body": old[language]["body"], "significance": significance, "basis": old[language]["based_on"]}
            for language in languages & set(old)
        }
        superseded = self.superseded(at, effective if effective and effective > at else at)
        remaining = [version for version in self.versions if version["cancelled"] is None and version not in superseded]
        base = remaining[-1]["texts"] if remaining else {}
        replaced_drafts = {
            language
            for language in chosen
            if self.drafts[language] == (shown[language]["body"] if language in shown else "")
            and (language not in base or any(base[language][key] != old[language][key] for key in ("body", "based_on")))
        }
        self.publish(chosen, now=now, effective=effective, removed=set(), **options)
        for language in replaced_drafts:
            self.drafts[language] = chosen[language]["body"]
