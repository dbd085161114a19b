"""The rules of publishing once more, as plainly as they can be said: lists and dicts, and none of the site's code.

What the site answers is held against this. It is slow and repeats itself on purpose.
"""

# Each body, and what a reader sees of it: those with the same right side render to the same HTML.
BODIES = {"* a": "list", "- a": "list", "One": "one", "Two": "two", "T\n===": "heading", "# T": "heading"}


class Refused(Exception):
    """The verb must raise, and change nothing; the message names what."""


class NaivePage:
    """One page: what editors have written, and everything that was published."""

    def __init__(self, source):
        self.source = source
        self.working = {}
        self.versions = []
        self.last_moment = None
        # What was said of a text since it was published, and the moments at which the page went and came.
        self.confirmed = []
        self.events = []

    # --- Questions ----------------------------------------------------------------------------------------------------

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
                other["number"] > version["number"] and other["effective"] <= version["effective"] for other in known
            )
        ]

    @staticmethod
    def is_cancelled(version, at):
        return version["cancelled"] is not None and version["cancelled"] <= at

    def base(self):
        standing = [version for version in self.versions if version["cancelled"] is None]
        return standing[-1] if standing else None

    def modified_at(self, version, language):
        """Go back through what the version was built on, to the last major change of the language."""
        for number in reversed(version["chain"]):
            earlier = self.numbered(number)
            if earlier["texts"][language]["significance"] == "major":
                return earlier["effective"]
        raise AssertionError("a first text is major")

    def is_withdrawn(self, at):
        states = [state for moment, state in self.events if moment <= at]
        return bool(states) and states[-1] == "withdrawn"

    def said_to_reflect(self, version, language):
        """The versions that a text is said to reflect: when it was published, or of the same text since."""
        text = version["texts"][language]
        said = {
            number
            for name, body, number in self.confirmed
            if (name, body) == (language, text["body"]) and number <= version["number"]
        }
        return (said | {text["based_on"]}) - {None}

    def best(self, version, language):
        """The best that is said of a translation, and of which version's source it then says the same."""
        said = self.said_to_reflect(version, language)
        if not said:
            return self.status_if(version, None), None
        worst_first = ["outdated", "minor differences", "current"]
        found = [(worst_first.index(self.status_if(version, number)), number) for number in said]
        rank, number = max(found)
        return worst_first[rank], number

    def status(self, version, language):
        return self.best(version, language)[0]

    def status_if(self, version, based_on):
        if based_on is None:
            return "outdated"
        said_then, says_now = (one["texts"][self.source] for one in (self.numbered(based_on), version))
        if said_then["body"] == says_now["body"]:
            return "current"
        if based_on not in version["chain"]:
            # It reflects what never came into force.
            return "outdated"
        since = [number for number in version["chain"] if number > based_on]
        majors = [self.numbered(number)["texts"][self.source]["significance"] == "major" for number in since]
        return "outdated" if any(majors) else "minor differences"

    # --- Verbs --------------------------------------------------------------------------------------------------------

    def moment(self, now):
        return now if self.last_moment is None or now > self.last_moment else self.last_moment

    def publish(self, picks, *, now, effective, removed, notes, binding, announcement_action, rewritten=None):
        """`picks` holds for each language its body, the significance asked for, and "kept", "this" or a number."""
        moment = self.moment(now)
        effective = moment if effective is None or effective < moment else effective
        superseded = self.superseded(moment, effective)
        if superseded and announcement_action is None:
            raise Refused("SupersedesAnnouncement")
        for version in superseded:
            version["cancelled"] = moment
        try:
            self.check(picks, removed, notes, binding)
        except Refused:
            for version in superseded:
                version["cancelled"] = None
            raise
        before = self.base()
        self.last_moment = moment
        self.add(picks, moment, effective, removed, notes, binding)
        if announcement_action == "again":
            self.reannounce(superseded, before, moment, rewritten=rewritten or {})

    def superseded(self, moment, effective):
        return [
            self.numbered(number) for number in self.upcoming(moment) if self.numbered(number)["effective"] >= effective
        ]

    def check(self, picks, removed, notes, binding):
        base = self.base()
        old = base["texts"] if base else {}
        changed = {name for name, pick in picks.items() if name not in old or old[name]["body"] != pick["body"]}
        if any(picks[name]["body"] == "" or self.weight(old, name, picks[name]) is None for name in changed):
            raise Refused("ValidationError")
        confirmed = {
            name
            for name, pick in picks.items()
            if name in old and name != self.source and pick["basis"] not in {"kept", old[name]["based_on"]}
        }
        if not changed and not confirmed and not removed & set(old):
            raise Refused("ValidationError")
        left = (set(old) | changed) - removed
        if self.source not in left or (binding is not None and binding not in left):
            raise Refused("ValidationError")
        major = {name for name in changed if self.weight(old, name, picks[name]) == "major"}
        asked = {self.source} if self.source in major else major
        if base and asked and not any(notes.get(name) for name in asked):
            raise Refused("ValidationError")

    @staticmethod
    def weight(old, name, pick):
        if name not in old:
            return "major"
        if BODIES.get(old[name]["body"]) == BODIES.get(pick["body"]):
            return "minor"
        return pick["significance"]

    def add(self, picks, published, effective, removed, notes, binding):
        base, number = self.base(), len(self.versions) + 1
        old = base["texts"] if base else {}
        texts = {
            name: {**text, "significance": "unchanged", "note": notes.get(name, "")}
            for name, text in old.items()
            if name not in removed
        }
        for name, pick in picks.items():
            is_changed = name not in old or old[name]["body"] != pick["body"]
            kept = old[name]["based_on"] if name in old else None
            if is_changed and name in old and name != self.source:
                kept = self.best(base, name)[1]
            basis = {"kept": kept, "this": number}.get(pick["basis"], pick["basis"])
            if is_changed:
                texts[name] = {
                    "body": pick["body"],
                    "significance": self.weight(old, name, pick),
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

    def reannounce(self, superseded, before, moment, *, rewritten=None, effective=None):
        renumbered = {}
        for version in superseded:
            base = self.base()
            old, stands = before["texts"] if before else {}, base["texts"] if base else {}
            picks = {}
            for name, text in version["texts"].items():
                body = (rewritten or {}).get(version["number"], {}).get(name, text["body"])
                is_rewritten = body != text["body"]
                is_changed = text["significance"] != "unchanged"
                is_confirmed = not is_changed and text["based_on"] != old[name]["based_on"]
                says_what_stands = name in stands and stands[name]["body"] == body
                if is_changed or (is_rewritten and not says_what_stands) or (is_confirmed and says_what_stands):
                    basis = "this" if text["based_on"] == version["number"] else text["based_on"]
                    picks[name] = {
                        "body": body,
                        "significance": text["significance"] if is_changed else "major",
                        "basis": renumbered.get(basis, basis),
                    }
            notes = {name: text["note"] for name, text in version["texts"].items()}
            removed = set(old) - set(version["texts"])
            again = self.add(picks, moment, effective or version["effective"], removed, notes, version["binding"])
            renumbered[version["number"]], before = again["number"], version

    def newest_waiting(self, number, moment):
        base = self.base()
        if base is None or base["number"] != number or base["effective"] <= moment:
            raise Refused("NotCancellable")
        return base

    def cancel(self, number, *, now):
        moment = self.moment(now)
        self.newest_waiting(number, moment)["cancelled"] = self.last_moment = moment

    def announce_again(self, number, *, now, effective):
        moment = self.moment(now)
        version = self.newest_waiting(number, moment)
        version["cancelled"] = moment
        before = self.base()
        if effective <= moment or (before and before["effective"] >= effective):
            version["cancelled"] = None
            raise Refused("ValidationError")
        self.last_moment = moment
        self.reannounce([version], before, moment, effective=effective)

    def withdraw(self, reasons, *, now):
        moment = self.moment(now)
        if self.in_force(moment) is None or self.is_withdrawn(moment):
            raise Refused("NotWithdrawable")
        if self.source not in reasons:
            raise Refused("ValidationError")
        self.events.append((moment, "withdrawn"))
        self.last_moment = moment

    def bring_back(self, *, now):
        moment = self.moment(now)
        if not self.is_withdrawn(moment):
            raise Refused("NotWithdrawable")
        self.events.append((moment, "back"))
        self.last_moment = moment

    def confirm(self, number, language, reflects, *, now):
        moment, version = self.moment(now), self.numbered(number)
        named = self.numbered(reflects) if reflects <= len(self.versions) else None
        if (
            language == self.source
            or language not in version["texts"]
            or named is None
            or named["cancelled"] is not None
            or reflects > number
            or reflects in self.said_to_reflect(version, language)
        ):
            raise Refused("NotConfirmable")
        self.confirmed.append((language, version["texts"][language]["body"], reflects))
        self.last_moment = moment

    def correct(self, bodies, *, now, significance, announcement_action, announced, notes):
        """Return the working copy as it is afterwards."""
        moment, working = self.moment(now), dict(self.working)
        if self.in_force(moment) is None:
            raise Refused("NothingInForce")
        shown = self.numbered(self.in_force(moment))["texts"]
        changed = {name: body for name, body in bodies.items() if name in shown and body != shown[name]["body"]}
        rewritten = self.rewritten(announced if announcement_action == "again" else {}, moment)
        for name, body in changed.items():
            working[name] = body if working[name] == shown[name]["body"] else working[name]
        for number, texts in sorted(rewritten.items(), reverse=True):
            for name, body in texts.items():
                if working[name] == self.numbered(number)["texts"][name]["body"]:
                    working[name] = body
        picks = {name: {"body": body, "significance": significance, "basis": "kept"} for name, body in changed.items()}
        self.publish(
            picks,
            now=now,
            effective=None,
            removed=set(),
            notes=notes,
            binding=None,
            announcement_action=announcement_action,
            rewritten=rewritten,
        )
        self.working = working

    def rewritten(self, announced, moment):
        if set(announced) - set(self.upcoming(moment)):
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
        """Return the languages whose working copy follows."""
        moment = self.moment(now)
        shown_number = self.in_force(moment)
        shown = self.numbered(shown_number)["texts"] if shown_number else {}
        old = self.numbered(number)["texts"]
        picks = {
            name: {"body": old[name]["body"], "significance": significance, "basis": old[name]["based_on"]}
            for name in languages & set(old)
        }
        superseded = self.superseded(moment, effective if effective and effective > moment else moment)
        standing = [one for one in self.versions if one["cancelled"] is None and one not in superseded]
        base = standing[-1]["texts"] if standing else {}
        follows = {
            name
            for name in picks
            if self.working[name] == (shown[name]["body"] if name in shown else "")
            and (name not in base or any(base[name][key] != old[name][key] for key in ("body", "based_on")))
        }
        self.publish(picks, now=now, effective=effective, removed=set(), **options)
        for name in follows:
            self.working[name] = picks[name]["body"]
