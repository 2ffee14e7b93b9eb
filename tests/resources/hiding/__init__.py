"""Builders of files that hide a phrase: one function for each id of the leak catalogue.

`tests/integration/conftest.py` puts the folder above on the import path.  The phrase is invented.
"""

PHRASE = "云杉九号工程"
PUBLIC = "关于做好年度安全检查工作的通知"
