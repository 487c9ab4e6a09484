"""水印 of a Word document: who takes it and when, aslant behind the text of every page."""

from typing import Final
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.oxml import parse_xml

_PICTURE: Final = """\
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
     xmlns:w10="urn:schemas-microsoft-com:office:word"><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
  path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>
<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>
<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/></v:formulas>
<v:path textpathok="t" o:connecttype="custom"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="mark{number}" o:spid="_x0000_s20{number}" type="#_x0000_t136"
  style="position:absolute;margin-left:0;margin-top:0;width:440pt;height:28pt;rotation:315;\
z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;\
mso-position-vertical:center;mso-position-vertical-relative:margin"
  o:allowincell="f" fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".6"/>
<v:textpath style="font-family:&quot;SimSun&quot;;font-size:1pt" string={words}/>
<w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>"""
"""A word-art shape in the header, as Word itself writes a watermark."""


def write_mark(document: Document, words: str) -> None:
    """Put a mark behind every page: into the header of each section, that of odd and even pages."""
    for number, section in enumerate(document.sections, start=50):
        headers = [section.header]
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        for place, header in enumerate(headers):
            header.is_linked_to_previous = False
            holder = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            shape = _PICTURE.format(number=number * 10 + place, words=quoteattr(words))
            holder._p.append(parse_xml(shape))
