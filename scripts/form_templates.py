"""Build the templates of all forms: `python scripts/form_templates.py [FOLDER]`.

The same layouts give the same bytes, so the templates are committed and a test builds them again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from markpipe.forms.layouts import LAYOUTS, template
from markpipe.forms.template import SHIPPED


def main() -> None:
    """Write every template into the folder named on the command line, by default where the program reads them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    folder.mkdir(parents=True, exist_ok=True)
    for title, layout in LAYOUTS.items():
        (folder / f"{title}.docx").write_bytes(template(layout))
    for stale in sorted({path.stem for path in folder.glob("*.docx")} - LAYOUTS.keys()):
        (folder / f"{stale}.docx").unlink()


if __name__ == "__main__":
    main()
