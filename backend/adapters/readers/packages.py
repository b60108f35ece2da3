"""Office files are ZIP packages: opened with bounds on parts, sizes and ratio, nothing of them executed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from defusedxml.ElementTree import fromstring

from backend.adapters.readers.answers import Answer, RefusedError

MOST_PARTS = 5000
LARGEST_PART = 64 * 1024 * 1024
LARGEST_WHOLE = 200 * 1024 * 1024
# Text in XML packs 10 to 30 times; a bomb packs a thousand times.
HIGHEST_RATIO = 200

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def open_package(data: bytes) -> zipfile.ZipFile:
    """The package, once its directory is found to be whole and within bounds."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise RefusedError("cut_file", "文件不完整或已损坏，请重新获取原文件。") from error
    parts = package.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise RefusedError("password_protected", "文件有密码保护，请去掉密码后再上传。")
    whole = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > 1024 * 1024 and part.file_size > HIGHEST_RATIO * part.compress_size for part in parts
    )
    if len(parts) > MOST_PARTS or whole > LARGEST_WHOLE or swollen:
        raise RefusedError("zip_bomb", "文件解压后异常巨大，不予读取。")
    return package


def read_part(package: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a part; None when the package has none of this name."""
    try:
        info = package.getinfo(name)
        if info.file_size > LARGEST_PART:
            raise RefusedError("zip_bomb", "文件解压后异常巨大，不予读取。")
        return package.read(info)
    except KeyError:
        return None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise RefusedError("cut_file", "文件不完整或已损坏，请重新获取原文件。") from error


def remark_dangers(package: zipfile.ZipFile, answer: Answer) -> None:
    """Remark macros, embedded files and links to outside: none is run, opened or followed."""
    names = package.namelist()
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        answer.remark("macros", "文件含有宏，未执行、未读取")
    if any("/embeddings/" in name.lower() for name in names):
        answer.remark("embedded_files", "文件内嵌有其他文件，其内容未读取")
    outside = {
        kind
        for name in names
        if name.endswith(".rels") and name.count("/") < 4
        for kind in _outside(read_part(package, name) or b"")
    }
    if outside:
        answer.remark("external_links", f"文件引用了外部内容（{'、'.join(sorted(outside))}），未打开")


def _outside(relations: bytes) -> list[str]:
    """Kinds of relation that would fetch something from outside by themselves; a plain hyperlink does not."""
    kinds = []
    for relation in fromstring(relations).iter(_RELATIONSHIP):
        kind = re.sub(r"[^A-Za-z]", "", relation.get("Type", "").rsplit("/", 1)[-1])[:30]
        if relation.get("TargetMode") == "External" and kind != "hyperlink":
            kinds.append(kind or "?")
    return kinds
