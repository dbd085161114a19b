"""Pictures in the editor: chosen, dropped and pasted; described, inserted at the cursor, undone; refused in words."""

import base64
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.conftest import log_in

pytestmark = pytest.mark.xdist_group("editing")
BAR = "fieldset:not([hidden]) .picture-bar"

# A browser's own gestures with files cannot be made from outside: the page is told of them as the browser would.
GIVE = """([kind, name, type, content, text]) => {
  const data = new DataTransfer();
  if (content) {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  if (text) data.setData("text/plain", text);
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...options, clipboardData: data })
    : new DragEvent(kind, { ...options, dataTransfer: data });
  const editor = document.querySelector("#id_body_en");
  return editor.dispatchEvent(event);
}"""


def png(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (60, 30), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def site(start_site):
    """Return a site with the starter content."""
    return start_site()


@pytest.fixture
def tab(open_browser, site):
    """Return a tab with the form of a page, logged in."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/")
    tab.click("#result_list tbody th a")
    tab.get_by_role("tab", name="English").click()
    tab.fill("#id_body_en", "Before. After.")
    tab.evaluate("document.querySelector('#id_body_en').setSelectionRange(8, 8)")
    tab.on("dialog", lambda dialog: dialog.accept())
    return tab


def give(tab, kind: str, content: bytes = b"", *, name: str = "a.png", text: str = "") -> bool:
    """Drop or paste a file or a text; return whether the browser may go on with it itself."""
    return tab.evaluate(GIVE, [kind, name, "image/png", base64.b64encode(content).decode(), text])


def body(tab) -> str:
    return tab.input_value("#id_body_en")


def describe_and_insert(tab, words: str) -> None:
    tab.get_by_label("Alternative text").fill(words)
    tab.get_by_role("button", name="Upload and insert").click()
    tab.locator("dialog").wait_for(state="detached")


def test_a_chosen_picture_is_described_inserted_shown_and_undone(tab):
    with tab.expect_file_chooser() as chooser:
        button = tab.locator(BAR).get_by_role("button", name="Add pictures…")
        button.focus()
        tab.keyboard.press("Enter")
    chooser.value.set_files({"name": "bar.png", "mimeType": "image/png", "buffer": png()})
    tab.get_by_role("button", name="Upload and insert").click()
    # Nothing is sent while nobody has said what it shows.
    assert tab.locator("dialog").is_visible()
    describe_and_insert(tab, "A [red] bar")
    start, _, rest = body(tab).partition("![A \\[red\\] bar](/media/")
    assert (start, rest[64:]) == ("Before. ", ")After.")
    picture = tab.get_by_role("img", name="A [red] bar")
    picture.wait_for()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 60
    assert "Inserted into the text: bar.png." in tab.inner_text(BAR)
    assert tab.evaluate("document.activeElement.id") == "id_body_en"
    tab.keyboard.press("Control+z")
    assert body(tab) == "Before. After."


def test_several_are_dropped_and_decoration_needs_no_words(tab):
    assert not give(tab, "drop", png("blue"))
    tab.get_by_label("Decoration").check()
    tab.get_by_role("button", name="Upload and insert").click()
    tab.locator("dialog").wait_for(state="detached")
    assert "Before. ![](/media/" in body(tab)


def test_a_pasted_picture_is_taken_and_pasted_text_is_left_to_the_browser(tab):
    assert give(tab, "paste", text="words")
    # Office programs put a picture of the text beside it.
    assert give(tab, "paste", png(), text="words")
    assert give(tab, "drop", text="words")
    assert tab.locator("dialog").count() == 0
    assert not give(tab, "paste", png("green"))
    describe_and_insert(tab, "Green")
    assert "![Green](/media/" in body(tab)


def test_what_is_refused_says_why_and_loses_nothing(tab, site):
    give(tab, "drop", b"<svg/>", name="a.svg")
    tab.get_by_label("Alternative text").fill("Typed")
    send = tab.get_by_role("button", name="Upload and insert")
    send.click()
    tab.get_by_role("alert").get_by_text("This is not a picture that can be taken").wait_for()
    assert tab.get_by_label("Alternative text").input_value() == "Typed"
    tab.get_by_role("button", name="Leave out").click()
    tab.locator("dialog").wait_for(state="detached")

    give(tab, "drop", png(), name="b.png")
    tab.get_by_label("Alternative text").fill("Typed")
    session = tab.context.cookies()
    tab.context.clear_cookies(name="sessionid")
    send.click()
    tab.get_by_role("alert").get_by_text("You are logged out.").wait_for()
    assert body(tab) == "Before. After."
    # After a login in another tab it goes on, though the token of the form has changed.
    tab.context.add_cookies([cookie for cookie in session if cookie["name"] == "sessionid"])
    tab.context.clear_cookies(name="csrftoken")
    other = tab.context.new_page()
    other.goto(f"{site.url}/admin/pages/page/picture/")
    send.click()
    tab.locator("dialog").wait_for(state="detached")
    assert "![Typed](/media/" in body(tab)


def test_a_large_file_is_not_even_sent(tab, tmp_path):
    sent, large = [], tmp_path / "large.png"
    large.write_bytes(b"\0" * (30 * 1024 * 1024))
    tab.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tab.set_input_files(f"{BAR} input[type=file]", large)
    tab.get_by_label("Alternative text").fill("Typed")
    tab.get_by_role("button", name="Upload and insert").click()
    tab.get_by_role("alert").get_by_text("The file has 30.0 MB").wait_for()
    assert not [url for url in sent if "/picture/" in url]
    tab.keyboard.press("Escape")
    tab.locator("dialog").wait_for(state="detached")
    assert body(tab) == "Before. After."
