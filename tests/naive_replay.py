"""What a git history means for pages, as plainly as it can be said: dicts and lists, and none of the site's code."""

# Bodies by name, and what a reader sees of each: those with the same right side render to the same HTML.
BODIES = {"list *": "list", "list -": "list", "one": "one", "two": "two", "three": "three"}


class NaivePage:
    """A page: where it stands, its files' bodies by language, and its versions."""

    def __init__(self, name, source):
        self.name, self.source = name, source
        self.files = {}
        self.versions = []
        self.is_withdrawn = False
        self.last = 0

    @property
    def base(self):
        return self.versions[-1][1] if self.versions else {}

    def take(self, date, now):
        """Make of the files what readers get: a version, nothing, or a page that is gone or back."""
        moment = max(min(date, now), self.last)
        if not self.files:
            if self.base and not self.is_withdrawn:
                self.is_withdrawn, self.last = True, moment
            return
        changed = {language for language, body in self.files.items() if self.base.get(language, ("",))[0] != body}
        if changed or set(self.base) - set(self.files):
            self.versions.append((moment, {one: self._text(one, one in changed, moment) for one in self.files}))
            self.last = moment
        if self.is_withdrawn:
            self.is_withdrawn, self.last = False, moment

    def _text(self, language, is_changed, moment):
        """Return a text's body, its significance, the version it reflects, and when readers got it."""
        body, before = self.files[language], self.base.get(language)
        if not is_changed:
            return (body, "unchanged", before[2], before[3])
        reflects = len(self.versions) + 1 if language != self.source and self.source in self.files else None
        if before and BODIES[before[0]] == BODIES[body]:
            return (body, "minor", reflects, before[3])
        return (body, "major", reflects, moment)


class NaiveSite:
    """All pages, and the old names that lead to them."""

    def __init__(self, now):
        self.now = now
        self.pages = []
        self.redirects = {}

    def page(self, name):
        return next((page for page in self.pages if page.name == name), None)

    def commit(self, date, changes):
        """Take in what became of files, by name and language: a body, or None where one went."""
        touched = []
        for (name, language), body in sorted(changes.items()):
            page = self.page(name)
            if body is None:
                page.files.pop(language)
            elif page is None:
                languages = [one for (other, one), new in changes.items() if other == name and new]
                page = NaivePage(name, "en" if "en" in languages else min(languages))
                self.pages.append(page)
                self.redirects.pop(name, None)
                page.files[language] = body
            else:
                page.files[language] = body
            touched.append(page)
        for page in dict.fromkeys(touched):
            page.take(date, self.now)

    def rename(self, date, old, new):
        """Give all files of a page another name that no page has."""
        page = self.page(old)
        page.name = new
        page.last = max(min(date, self.now), page.last)
        self.redirects.pop(new, None)
        self.redirects[old] = page

    def readers_have(self):
        """Return the versions of every page by its name, those that are gone, and where old names lead."""
        versions = {page.name: page.versions for page in self.pages}
        gone = {page.name for page in self.pages if page.is_withdrawn}
        return versions, gone, {old: page.name for old, page in self.redirects.items()}
