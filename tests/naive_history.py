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

    def status(self, version, language):
        based_on = version["texts"][language]["based_on"]
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

    def publish(self, picks, *, now, effective, removed, notes, binding, waiting):
        """`picks` holds for each language its body, the significance asked for, and "kept", "this" or a number."""
        moment = self.moment(now)
        effective = moment if effective is None or effective < moment else effective
        overtaken = self.overtaken(moment, effective)
        if overtaken and waiting is None:
            raise Refused("AnnouncementWaits")
        for version in overtaken:
            version["cancelled"] = moment
        try:
            self.check(picks, removed, notes, binding)
        except Refused:
            for version in overtaken:
                version["cancelled"] = None
            raise
        before = self.base()
        self.last_moment = moment
        self.add(picks, moment, effective, removed, notes, binding)
        if waiting == "again":
            self.announce_again(overtaken, before, moment)

    def overtaken(self, moment, effective):
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
            kept = old[name]["based_on"] if name in old else None
            basis = {"kept": kept, "this": number}.get(pick["basis"], pick["basis"])
            if name not in old or old[name]["body"] != pick["body"]:
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

    def announce_again(self, overtaken, before, moment):
        renumbered = {}
        for version in overtaken:
            old, stands = before["texts"] if before else {}, self.base()["texts"]
            picks = {}
            for name, text in version["texts"].items():
                is_changed = text["significance"] != "unchanged"
                is_confirmed = not is_changed and text["based_on"] != old[name]["based_on"]
                if is_changed or (is_confirmed and name in stands and stands[name]["body"] == text["body"]):
                    basis = "this" if text["based_on"] == version["number"] else text["based_on"]
                    picks[name] = {
                        "body": text["body"],
                        "significance": text["significance"],
                        "basis": renumbered.get(basis, basis),
                    }
            notes = {name: text["note"] for name, text in version["texts"].items()}
            removed = set(old) - set(version["texts"])
            again = self.add(picks, moment, version["effective"], removed, notes, version["binding"])
            renumbered[version["number"]], before = again["number"], version

    def cancel(self, number, *, now):
        moment, base = self.moment(now), self.base()
        if base is None or base["number"] != number or base["effective"] <= moment:
            raise Refused("NotCancellable")
        base["cancelled"] = self.last_moment = moment

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
        overtaken = self.overtaken(moment, effective if effective and effective > moment else moment)
        standing = [one for one in self.versions if one["cancelled"] is None and one not in overtaken]
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
