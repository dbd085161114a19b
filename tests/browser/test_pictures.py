"""Pictures in the editor: choosing, dropping and pasting files, inserting, undoing, and error messages."""

import base64
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.conftest import log_in

BAR = "fieldset:not([hidden]) .picture-bar"

# Playwright cannot drop or paste files, so this dispatches the events that a browser would.
DISPATCH = """([kind, name, type, content, text]) => {
  const data = new DataTransfer();
  if (content) {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
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
    return start_site()


@pytest.fixture
def tab(open_browser, site):
    """Return a tab with the form of a page and the cursor between two sentences."""
    tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
    log_in(tab, site)
    tab.goto(f"{site.url}/admin/pages/page/")
    tab.click("#result_list tbody th a")
    # With all scripts.
    tab.wait_for_url("**/change/*")
    tab.get_by_role("tab", name="English").click()
    tab.fill("#id_body_en", "Before. After.")
    tab.evaluate("document.querySelector('#id_body_en').setSelectionRange(8, 8)")
    tab.on("dialog", lambda dialog: dialog.accept())
    return tab


def dispatch(tab, kind: str, content: bytes = b"", *, name: str = "a.png", text: str = "") -> bool:
    """Drop or paste a file or a text; return whether the browser's default action is still allowed."""
    return tab.evaluate(DISPATCH, [kind, name, "image/png", base64.b64encode(content).decode(), text])


def body(tab) -> str:
    return tab.input_value("#id_body_en")


def describe_and_insert(tab, alternative: str) -> None:
    tab.get_by_label("Alternative text").fill(alternative)
    tab.get_by_role("button", name="Upload and insert").click()
    tab.locator("dialog").wait_for(state="detached")


def test_chosen_picture_is_inserted_and_can_be_undone(tab):
    with tab.expect_file_chooser() as chooser:
        button = tab.locator(BAR).get_by_role("button", name="Add pictures…")
        button.focus()
        tab.keyboard.press("Enter")
    chooser.value.set_files({"name": "bar.png", "mimeType": "image/png", "buffer": png()})
    tab.get_by_role("button", name="Upload and insert").click()
    # The alternative text is required, so nothing is sent yet.
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


def test_dropped_decoration_needs_no_alternative_text(tab):
    assert not dispatch(tab, "drop", png("blue"))
    tab.get_by_label("Decoration").check()
    tab.get_by_role("button", name="Upload and insert").click()
    tab.locator("dialog").wait_for(state="detached")
    assert "Before. ![](/media/" in body(tab)


def test_pasted_picture_is_uploaded_and_pasted_text_is_left_to_the_browser(tab):
    assert dispatch(tab, "paste", text="words")
    # Office programs copy text together with a picture of it.
    assert dispatch(tab, "paste", png(), text="words")
    assert dispatch(tab, "drop", text="words")
    assert tab.locator("dialog").count() == 0
    assert not dispatch(tab, "paste", png("green"))
    describe_and_insert(tab, "Green")
    assert "![Green](/media/" in body(tab)


def test_failed_upload_shows_the_reason_and_keeps_the_input(tab, site):
    dispatch(tab, "drop", b"<svg/>", name="a.svg")
    tab.get_by_label("Alternative text").fill("Typed")
    send = tab.get_by_role("button", name="Upload and insert")
    send.click()
    tab.get_by_role("alert").get_by_text("This file cannot be used as a picture").wait_for()
    assert tab.get_by_label("Alternative text").input_value() == "Typed"
    tab.get_by_role("button", name="Leave out").click()
    tab.locator("dialog").wait_for(state="detached")

    dispatch(tab, "drop", png(), name="b.png")
    tab.get_by_label("Alternative text").fill("Typed")
    session = tab.context.cookies()
    tab.context.clear_cookies(name="sessionid")
    send.click()
    tab.get_by_role("alert").get_by_text("You are logged out.").wait_for()
    assert body(tab) == "Before. After."
    # A login in another tab rotates the CSRF token; the upload still succeeds.
    tab.context.add_cookies([cookie for cookie in session if cookie["name"] == "sessionid"])
    tab.context.clear_cookies(name="csrftoken")
    other_tab = tab.context.new_page()
    other_tab.goto(f"{site.url}/admin/pages/page/picture/")
    send.click()
    tab.locator("dialog").wait_for(state="detached")
    assert "![Typed](/media/" in body(tab)


def test_too_large_file_is_not_sent(tab, tmp_path):
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
