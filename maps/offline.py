"""A folium map as one HTML file that asks no server for anything.

folium's pages load their scripts and styles from public networks. Here each of them is either put
into the file from our own installation or left out on purpose; one that is neither is an error, so
that a new plug-in cannot bring a foreign address back in silence.
"""

import base64
import html
import json
import re
from importlib.resources import files
from typing import Final

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from jinja2 import Template

from appeals.errors import Unavailable

_VENDOR: Final = files("maps") / "static" / "vendor"

# File name at the end of folium's address -> our file.
_INLINED: Final = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
}

# Nothing on our pages uses them: no pop-up of folium's own, no icon font, no Bootstrap.
_LEFT_OUT: Final = frozenset(
    {
        "jquery-3.7.1.min.js",
        "bootstrap.bundle.min.js",
        "bootstrap.min.css",
        "bootstrap-glyphicons.css",
        "leaflet.awesome-markers.js",
        "leaflet.awesome-markers.css",
        "leaflet.awesome.rotate.min.css",
        "all.min.css",
    }
)

# The browser itself refuses any request that an oversight might leave.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)

_FOREIGN: Final = re.compile(
    r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""", re.IGNORECASE
)
_URL: Final = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


class Raw(Element):
    """Text for the page as it stands: scripts may hold braces that a template would read."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def one_file(page: folium.Map, *, title: str, style: str = "") -> str:
    """Render a map to one HTML text without outside addresses.

    Parameters
    ----------
    page
        The finished map; it is rendered here for the first and only time.
    title
        Of the window.
    style
        Our own style sheet; it stands last, so that it holds against folium's.

    Returns
    -------
    str
        The whole page, ``lang="zh-CN"``.

    Raises
    ------
    ValueError
        The map wants a script, style or picture that we have no copy of.
    Unavailable
        The browser files are not installed.
    """
    figure = figure_of(page)
    figure.render()  # plug-ins name their files only while they render
    links = figure.header._children
    for name, link in list(links.items()):
        if isinstance(link, (JavascriptLink, CssLink)):
            text = _inlined(link.url, is_script=isinstance(link, JavascriptLink))
            if text is None:
                del links[name]
            else:
                links[name] = Raw(text)
    figure.header.add_child(Raw(f"<style>{style}</style>"), name="own_style")
    # Rendering the children again would bring the links back: only the frame is rendered now.
    text = str(figure._template.render(this=figure, kwargs={}))
    head = (
        f'<head><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<title>{html.escape(title)}</title><link rel="icon" href="data:,">'
    )
    text = text.replace("<html>", '<html lang="zh-CN">', 1).replace("<head>", head, 1)
    text = re.sub(r'<meta name="viewport"[^>]*>', _VIEWPORT, text, count=1)
    _refuse_foreign(text)
    return text


# folium forbids zooming the page; a reader with weak eyes needs it.
_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def figure_of(page: folium.Map) -> Figure:
    """Give the frame of a map: its head, body and scripts."""
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise ValueError("the map was put into another frame than its own")
    return figure


def vendor_text(name: str) -> str:
    """Read one of the browser files that came with the installation.

    Raises
    ------
    Unavailable
        It is not there; the message says what puts it there.
    """
    try:
        return (_VENDOR / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Unavailable(
            f"browser file {name} is not installed: run make (or maps/web/install.py)"
        ) from error


def own_text(name: str) -> str:
    """Read one of our own scripts or styles from ``maps/static``."""
    return (files("maps") / "static" / name).read_text(encoding="utf-8")


def script(text: str) -> str:
    """Wrap a script so that nothing inside can end it."""
    safe = text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return f"<script>{_without_source_map(safe)}</script>"


def json_script(name: str, value: object) -> str:
    """Give data to scripts as ``<script type="application/json" id=…>``."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{html.escape(name)}">{text}</script>'


def _inlined(url: str, *, is_script: bool) -> str | None:
    name = url.split("?")[0].rsplit("/", 1)[-1]
    if name in _LEFT_OUT:
        return None
    if name not in _INLINED:
        raise ValueError(f"the map wants {name}, of which we have no copy")
    text = vendor_text(_INLINED[name])
    return script(text) if is_script else f"<style>{_style(text, _INLINED[name])}</style>"


def _style(text: str, name: str) -> str:
    folder = name.rsplit("/", 1)[0]

    def as_data(match: re.Match[str]) -> str:
        target = match.group(1)
        if target.startswith(("data:", "#")):
            return match.group(0)
        picture = _VENDOR / folder / target
        if not target.endswith(".png") or not picture.is_file():
            raise ValueError(f"{name} wants {target}, of which we have no copy")
        return f"url(data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()})"

    return _URL.sub(as_data, _without_source_map(text))


def _without_source_map(text: str) -> str:
    return re.sub(r"(//|/\*)[#@] ?sourceMappingURL=\S+( ?\*/)?", "", text)


def _refuse_foreign(text: str) -> None:
    shell = re.sub(r"<script[^>]*>.*?</script>", "", text, flags=re.DOTALL)
    found = _FOREIGN.search(shell)
    if found is not None:
        raise ValueError(f"an outside address is left in the page: {found.group(0)}")
