"""The command line: the only place that prints, exits or asks for today's date.

Each command group is a module of its own, imported when it is called; nothing here holds a rule of the law.
"""
