"""From a notebook and its parameters to a report."""

import sys

# What nbformat imports of jsonschema compiles a grammar of addresses for a second, which no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
