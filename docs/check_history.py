"""Check a site's history from outside: python3 check_history.py https://policies.example.org [HEAD noted earlier]"""

import hashlib
import json
import sys
import urllib.request

SITE, NOTED = sys.argv[1].rstrip("/"), sys.argv[2:]
checks, hashes, recorded, shown = [], [""], {}, {}


def get(address):
    try:
        return urllib.request.urlopen(f"{SITE}/{address.removeprefix('/')}", timeout=60).read()
    except OSError as error:
        sys.exit(f"{address}: {error}")


def digest(content):
    if isinstance(content, dict):  # words by name, in the canonical form of RFC 8785
        ordered = dict(sorted(content.items(), key=lambda item: item[0].encode("utf-16-be")))
        content = content and json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest() if content else None


sheet = {"next": "/publication-log.json"}
while sheet["next"]:
    sheet = json.loads(get(sheet["next"]))
    histories = {page["uuid"]: page["history"] for page in sheet["pages"]}
    for number, record in enumerate(sheet["records"], len(hashes)):
        said, follows = json.loads(record["canonical"]), {"record": number, "previous": hashes[-1]}
        hashes.append(digest(record["canonical"].encode()))
        checks.append((hashes[-1] == record["hash"], f"record {number}: its hash is not that of its content"))
        checks.append((follows.items() <= said.items(), f"record {number}: it does not follow the record before"))
        at, version, text = said["at"], said["version"], " ".join(said.get("confirmed", {}).values())
        page = histories.get(said["page"], said["page"])
        if carried := (version or {}).pop("carries", None):  # texts that stand as they did in an earlier version
            before = recorded.get((page, f"publish {carried['from']}"), {"texts": {}})["texts"]
            stands = {"significance": "unchanged", "note": None}
            version["texts"] |= {name: before.get(name, {}) | stands for name in carried["texts"]}
        told = {"publish": version, "cancel": at, "withdraw": [at, said["reason"]], "confirm": text}
        event = f"{said['kind']} {version['number'] if version else ''} {text}".replace("bring back", "withdraw")
        recorded[page, event.strip()] = told.get(said["kind"])
checks.append(((len(hashes) - 1, hashes[-1]) == (sheet["count"], sheet["head"]), "the log does not end at its head"))
checks.append((set(NOTED) <= set(hashes), "the head that was noted is not in the log: it was cut or rewritten"))
for page in histories.values():
    history, names = json.loads(get(page)), ("number", "published_at", "effective_at", "binding_language")
    since, reasons = history["page"]["withdrawn_at"], history["page"]["withdrawn_reasons"]
    shown[page, "withdraw"] = [since, digest(reasons)] if since else None
    for version in history["versions"]:
        number, entry = version["number"], {name: version[name] for name in names} | {"texts": {}}
        shown[page, f"publish {number}"], shown[page, f"cancel {number}"] = entry, version["cancelled_at"]
        for language, text in version["texts"].items():
            said = {name: text[name] for name in ("significance", "based_on", "modified_at")} | {"text": text["digest"]}
            said |= {"note": digest(text["change_note"].encode()), "pictures": digest(text["pictures"])}
            entry["texts"][language], told = said, f"{language} {text['digest']}"
            shown |= {(page, f"confirm {reflected} {told}"): told for reflected in text["confirmed_to_reflect"]}
            if address := text["source_url"]:
                checks.append((digest(get(address)) == text["digest"], f"{address}: not what was published"))
for page, event in recorded | shown:
    same = recorded.get((page, event)) == shown.get((page, event))
    checks.append((same, f"{page}: the log says otherwise of this: {event}"))
troubles = "\n".join(trouble for holds, trouble in checks if not holds)
sys.exit(troubles or print(f"All holds: {sheet['count']} records, head {sheet['head'] or 'none'}."))
