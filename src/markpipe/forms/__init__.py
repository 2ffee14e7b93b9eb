"""Row 4: the papers that go with a decision.  Nothing here decides or reads a register.

How a form is made::

    forms/layouts/*.py ──scripts/form_templates.py──▶ forms/templates/<表名>.docx      once, committed
    forms/approval.py … ──▶ Filled(name, fields, dated) ──Templates.make──▶ DOCX bytes  every time

A new form takes two things: a `Layout` in a module of `forms.layouts` (rows of `forms.sheet`, with `{{ 字段 }}` in its
cells, `each` and `only_if` around rows that repeat or may be missing) that is listed in `forms.layouts.LAYOUTS`, and a
function that answers a `Filled` with a value for exactly those fields, `管理要求` (how the sheet is kept) and `演示`
(empty on a real site) among them.  Then run `python scripts/form_templates.py` and commit the template.  Fields bear
Chinese names, for they are what a unit reads that puts a template of its own in place of ours (`[forms] templates`).
"""
