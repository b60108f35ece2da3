"""PDF files written by hand: a font whose codes are Unicode, text at places, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

# left, height above the foot, text; letters are 12 points, a page 595 x 842.
Placed = tuple[float, float, str]
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def
1 begincodespacerange <0000> <FFFF> endcodespacerange
256 beginbfrange
%s
endbfrange endcmap CMapName currentdict /CMap defineresource pop end end"""
_RANGES = b"\n".join(b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256))


def pdf(*pages: Sequence[Placed | str], trailer: str = "") -> bytes:
    """A file of these pages; a plain string stands under the one before, at the left margin."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for page in pages:
        objects.append(_stream(_content(page)))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F 900 0 R >> >> >>" % (len(objects))
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
        b" ".join(b"%d 0 R" % kid for kid in kids),
        len(kids),
    )
    numbered = dict(enumerate(objects, 1)) | {
        900: b"<< /Type /Font /Subtype /Type0 /BaseFont /Shili /Encoding /Identity-H "
        b"/DescendantFonts [901 0 R] /ToUnicode 902 0 R >>",
        901: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Shili /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        b"/FontDescriptor 903 0 R >>",
        902: _stream(_TO_UNICODE % _RANGES),
        903: b"<< /Type /FontDescriptor /FontName /Shili /Flags 4 /FontBBox [0 -200 1000 800] "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /ItalicAngle 0 /StemV 80 >>",
    }
    return _file(numbered, trailer.encode())


def _content(page: Sequence[Placed | str]) -> bytes:
    height = 800.0
    shown = []
    for item in page:
        left, height, text = (70.0, height - 20, item) if isinstance(item, str) else item
        code = text.encode("utf-16-be").hex().upper()
        shown.append(f"BT /F 12 Tf 1 0 0 1 {left} {height} Tm <{code}> Tj ET")
    return "\n".join(shown).encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _file(objects: dict[int, bytes], trailer: bytes) -> bytes:
    made = bytearray(b"%PDF-1.4\n")
    table = [b"0 1\n0000000000 65535 f \n"]
    for number, content in objects.items():
        table.append(b"%d 1\n%010d 00000 n \n" % (number, len(made)))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n" + b"".join(table)
    made += b"trailer << /Size 904 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    return bytes(made)
