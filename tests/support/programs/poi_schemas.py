"""
Compiles the schema classes that Apache POI needs for xlsx: `python poi_schemas.py TARGET.jar`.

Debian's package of POI comes without them. POI 4 was made for the first edition of ECMA-376, in
which the simple types that are shared today stood in the schemas that use them; they are moved
there before XmlBeans compiles them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

SCHEMAS = Path(__file__).resolve().parent.parent / "xsd"
XMLBEANS = Path("/usr/share/java/xmlbeans.jar")
_SHARED = "shared-commonSimpleTypes.xsd"
_FIRST_EDITION = ("sml.xsd", "vml-main.xsd", "vml-officeDrawing.xsd", "vml-spreadsheetDrawing.xsd")
_WORD = re.compile(r'<xsd:import namespace="[^"]*wordprocessingml[^>]*>|<xsd:element ref="w:[^>]*>')
"""What the frames of notes may hold in documents, for which the whole schema of Word is needed."""

_TYPE = re.compile(r'(?s)<xsd:simpleType name="(ST_\w+)".*?</xsd:simpleType>')

_PACKAGES = """
<xb:config xmlns:xb="http://xml.apache.org/xmlbeans/2004/02/xbean/config">
<xb:namespace uri="urn:schemas-microsoft-com:vml">
<xb:package>com.microsoft.schemas.vml</xb:package></xb:namespace>
<xb:namespace uri="urn:schemas-microsoft-com:office:office">
<xb:package>com.microsoft.schemas.office.office</xb:package></xb:namespace>
<xb:namespace uri="urn:schemas-microsoft-com:office:excel">
<xb:package>com.microsoft.schemas.office.excel</xb:package></xb:namespace>
</xb:config>
"""
"""Where POI looks for the frames of notes."""


def as_first_edition(schema: str, shared: str) -> str:
    """Return a schema with the shared simple types in it that it uses."""
    definitions = {match[1]: match[0] for match in _TYPE.finditer(shared)}
    needed = set(re.findall(r'"s:(ST_\w+)"', schema))
    while True:
        texts = " ".join(definitions[name] for name in needed)
        more = set(re.findall(r'"(ST_\w+)"', texts)) & definitions.keys() - needed
        if not more:
            break
        needed |= more
    own = {match[1] for match in _TYPE.finditer(schema)}
    moved = "\n".join(definitions[name] for name in sorted(needed - own))
    plain = re.sub(r'"s:(ST_\w+)"', r'"\1"', schema)
    return plain.replace("</xsd:schema>", f"{moved}\n</xsd:schema>")


def compile_schemas(target: Path) -> None:
    """Compile the classes into an archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        packages = Path(folder) / "packages.xsdconfig"
        packages.write_text(_PACKAGES.strip(), encoding="utf-8")
        files = [str(packages)]
        for schema in sorted(SCHEMAS.rglob("*.xsd")):
            if schema.name.startswith("opc-"):
                continue
            text = schema.read_text(encoding="utf-8")
            if schema.name in _FIRST_EDITION:
                text = as_first_edition(text, (SCHEMAS / _SHARED).read_text(encoding="utf-8"))
                text = _WORD.sub("", text)
            copy = Path(folder) / schema.name
            copy.write_text(text, encoding="utf-8")
            files.append(str(copy))
        compiler = "org.apache.xmlbeans.impl.tool.SchemaCompiler"
        options = ("-quiet", "-noupa", "-nopvr", "-mx", "1g", "-out", str(target))
        command = ["java", "-Xmx1g", "-cp", str(XMLBEANS), compiler, *options, *files]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    compile_schemas(Path(sys.argv[1]))
