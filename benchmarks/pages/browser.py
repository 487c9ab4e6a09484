"""A browser for benchmarks, and how long a page takes until it is of use."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from appeals.errors import Unavailable

FLAGS: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}

# When what is waited for first stood on the page and the frame with it was painted.
_WATCH: Final = """(() => {
  const found = () => { try { return FOUND; } catch (error) { return false; } };
  window.useful = new Promise(done => {
    // An observer costs the page less than asking at every frame.
    const observer = new MutationObserver(() => {
      if (!found()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0));
    });
    observer.observe(document, { childList: true, subtree: true, attributeFilter: ['aria-busy'] });
  });
})()"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser.

    Raises
    ------
    Unavailable
        Chromium or playwright is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Unavailable(
            "playwright is not installed: it is among the dev dependencies"
        ) from error
    path = shutil.which("chromium")
    if path is None:
        raise Unavailable("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=90_000)
        yield browser
        browser.close()


def slow_down(page: Any, times: int) -> Any:
    """Slow the page's processor; give the session by which its network is listened to."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    session.send("Network.enable")
    return session


def useful_ms(page: Any, address: str, found: str) -> float:
    """Give the milliseconds from asking for a page to the frame in which it is of use.

    Parameters
    ----------
    page
        Of playwright, new.
    address
        Of the page.
    found
        A JavaScript expression that is true once it is.
    """
    page.add_init_script(_WATCH.replace("FOUND", found))
    page.goto(address, wait_until="commit")
    return float(page.evaluate("window.useful"))
