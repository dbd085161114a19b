"""Check a site's history from outside: python3 check_history.py https://policies.example.org [HEAD noted earlier]"""

import hashlib
import json
import sys
import urllib.request

SITE, NOTED = sys.argv[1].rstrip("/"), sys.argv[2:]
troubles, hashes, recorded = [], [""], {"publish": {}, "cancel": {}}


def expect(holds, trouble):
    if not holds:
        troubles.append(trouble)


def get(address):
    try:
        return urllib.request.urlopen(f"{SITE}/{address.removeprefix('/')}", timeout=60).read()
    except OSError as error:
        sys.exit(f"{address}: {error}")


def digest(content):
    return hashlib.sha256(content).hexdigest() if content else None


def what_the_log_must_say_of(version):
    texts = {}
    for language, text in version["texts"].items():
        pictures = dict(sorted(text["pictures"].items(), key=lambda item: item[0].encode("utf-16-be")))  # RFC 8785
        names = json.dumps(pictures, ensure_ascii=False, separators=(",", ":")) if pictures else ""
        texts[language] = {name: text[name] for name in ("significance", "based_on", "modified_at")}
        texts[language] |= {"note": digest(text["change_note"].encode()), "pictures": digest(names.encode())}
        texts[language]["text"] = text["digest"]
    names = ("number", "published_at", "effective_at", "binding_language")
    return {"texts": texts, **{name: version[name] for name in names}}


sheet = {"next": "/publication-log.json"}
while sheet["next"]:
    sheet = json.loads(get(sheet["next"]))
    for number, record in enumerate(sheet["records"], len(hashes)):
        said, follows = json.loads(record["canonical"]), {"record": number, "previous": hashes[-1]}
        hashes.append(digest(record["canonical"].encode()))
        expect(hashes[-1] == record["hash"], f"record {number}: its hash is not that of its content")
        expect(follows.items() <= said.items(), f"record {number}: it does not follow the record before")
        key = (said["page"], (said["version"] or {}).get("number"))
        recorded.setdefault(said["kind"], {})[key] = said["version"] if said["kind"] == "publish" else said["at"]
expect((len(hashes) - 1, hashes[-1]) == (sheet["count"], sheet["head"]), "the log does not end at its head")
expect(set(NOTED) <= set(hashes), "the head that was noted is not in the log: it was cut or rewritten")
for page in sheet["pages"]:
    for version in json.loads(get(page["history"]))["versions"]:
        key, shown = (page["uuid"], version["number"]), what_the_log_must_say_of(version)
        expect(recorded["publish"].pop(key, None) == shown, f"{version['url']}: the log says otherwise")
        expect(recorded["cancel"].pop(key, None) == version["cancelled_at"], f"{version['url']}: cancelled or not?")
        for text in filter(lambda text: text["source_url"], version["texts"].values()):
            expect(digest(get(text["source_url"])) == text["digest"], f"{text['source_url']}: not what was published")
expect(not recorded["publish"], f"the log names versions that are not shown: {list(recorded['publish'])}")
sys.exit("\n".join(troubles) or print(f"All holds: {sheet['count']} records, head {sheet['head'] or 'none'}."))
