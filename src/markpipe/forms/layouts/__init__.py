"""The layouts of the templates that come with the program, as values; `scripts/form_templates.py` makes the files.

No official template was found for any of these forms, so the layout is ours; the fields are the record that the law
asks for.  Used to build templates and to
try a unit's own: a form is made from its template, never from its layout.
"""

from __future__ import annotations

from collections.abc import Mapping

from markpipe.forms.layouts import approval, changes, copies, reports, rosters, yearly
from markpipe.forms.layouts.layout import Layout, template

LAYOUTS: Mapping[str, Layout] = {
    layout.title: layout
    for layout in (
        *approval.LAYOUTS,
        *reports.LAYOUTS,
        *changes.LAYOUTS,
        *rosters.LAYOUTS,
        *yearly.LAYOUTS,
        *copies.LAYOUTS,
    )
}

__all__ = ["LAYOUTS", "Layout", "template"]
