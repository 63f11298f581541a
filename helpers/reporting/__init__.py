"""From a notebook and its parameters to a report."""

import sys

# What nbformat imports of jsonschema: a grammar of addresses, for a second, and of spans of time.
for name in ("isoduration", "rfc3987_syntax"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]
