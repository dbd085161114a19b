"""A reference implementation of what importing a git history publishes: dicts and lists, without the site's code."""

# Test bodies by name, each with what a reader sees of it. Those with the same value render to the same HTML.
BODIES = {"list *": "list", "list -": "list", "one": "one", "two": "two", "three": "three"}


class ImportedPage:
    """A page with its name, the bodies of its files by language, and its versions."""

    def __init__(self, name, source_language):
        self.name, self.source_language = name, source_language
        self.bodies = {}
        # Each version is a pair: its timestamp, and its texts by language.
        self.versions = []
        self.is_withdrawn = False
        self.last_timestamp = 0

    @property
    def current_texts(self):
        return self.versions[-1][1] if self.versions else {}

    def publish(self, date, now):
        """Publish the files: a new version, a withdrawal, or the end of one."""
        timestamp = max(min(date, now), self.last_timestamp)
        if not self.bodies:
            if self.current_texts and not self.is_withdrawn:
                self.is_withdrawn, self.last_timestamp = True, timestamp
            return
        current = self.current_texts
        changed = {language for language, body in self.bodies.items() if current.get(language, ("",))[0] != body}
        if changed or set(current) - set(self.bodies):
            texts = {language: self._text(language, language in changed, timestamp) for language in self.bodies}
            self.versions.append((timestamp, texts))
            self.last_timestamp = timestamp
        if self.is_withdrawn:
            self.is_withdrawn, self.last_timestamp = False, timestamp

    def _text(self, language, is_changed, timestamp):
        """Return a text's body, its significance, the version that it is based on, and when it was last modified."""
        body, before = self.bodies[language], self.current_texts.get(language)
        if not is_changed:
            return (body, "unchanged", before[2], before[3])
        is_translation = language != self.source_language and self.source_language in self.bodies
        based_on = len(self.versions) + 1 if is_translation else None
        if before and BODIES[before[0]] == BODIES[body]:
            return (body, "minor", based_on, before[3])
        return (body, "major", based_on, timestamp)


class ImportedSite:
    """All pages, and the redirects from their former names."""

    def __init__(self, now):
        self.now = now
        self.pages = []
        self.redirects = {}

    def page(self, name):
        return next((page for page in self.pages if page.name == name), None)

    def commit(self, date, changes):
        """Import a commit. `changes` maps the name and language of a file to its new body, or to None if deleted."""
        changed = []
        for (name, language), body in sorted(changes.items()):
            page = self.page(name)
            if body is None:
                page.bodies.pop(language)
            else:
                page = page or self._create_page(name, changes)
                page.bodies[language] = body
            changed.append(page)
        for page in dict.fromkeys(changed):
            page.publish(date, self.now)

    def _create_page(self, name, changes):
        languages = [language for (other, language), body in changes.items() if other == name and body]
        page = ImportedPage(name, "en" if "en" in languages else min(languages))
        self.pages.append(page)
        self.redirects.pop(name, None)
        return page

    def rename(self, date, old, new):
        """Import a commit that gives all files of a page a name that no page has."""
        page = self.page(old)
        page.name = new
        page.last_timestamp = max(min(date, self.now), page.last_timestamp)
        self.redirects.pop(new, None)
        self.redirects[old] = page

    def state(self):
        """Return the versions of every page by name, the names of withdrawn pages, and the target of each redirect."""
        versions = {page.name: page.versions for page in self.pages}
        withdrawn = {page.name for page in self.pages if page.is_withdrawn}
        return versions, withdrawn, {old: page.name for old, page in self.redirects.items()}
