"""Builders of files that hide a phrase: one function for each id of the leak catalogue, for any phrase.

`tests/integration/conftest.py` puts the folder above on the import path.  The phrases are invented.
"""

PHRASE = "云杉九号工程"
PHRASES = ("渡水桥", PHRASE, "梧桐坡水文观测站工地")
"""Three lengths; each has a character that a radical's code point looks like."""
PUBLIC = "关于做好年度安全检查工作的通知"
