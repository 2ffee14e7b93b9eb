"""Which file system a path lies on, from the kernel's mount table.

SQLite's locks and its shared memory work between processes of one host; over a network a register would break
without a word.  9p and virtiofs are not in the list: virtual machines and sandboxes have them as their own root.
"""

from __future__ import annotations

import re
from pathlib import Path

MOUNT_TABLE = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "davfs"),
        *("ceph", "glusterfs", "lustre", "beegfs", "gpfs", "orangefs", "ocfs2", "gfs2"),
        *("fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs"),
        *("fuse.gvfsd-fuse", "fuse.kio-fuse", "fuse.juicefs", "fuse.seaweedfs", "fuse.moosefs"),
    }
)
_ESCAPE = re.compile(r"\\([0-7]{3})")


def filesystem_of(path: Path, table: str) -> str:
    """The type of the file system that holds an absolute, resolved path; empty where the table does not say."""
    best, found = -1, ""
    for line in table.splitlines():
        before, separator, after = line.partition(" - ")
        columns = before.split()
        if not separator or len(columns) < 5 or not after.split():
            continue
        point = Path(_ESCAPE.sub(lambda match: chr(int(match[1], 8)), columns[4]))
        # of two mounts on one point the later one hides the earlier
        if (point == path or point in path.parents) and len(point.parts) >= best:
            best, found = len(point.parts), after.split()[0]
    return found


def read_mount_table(table: Path = MOUNT_TABLE) -> str:
    """The mount table; empty on systems without one."""
    try:
        return table.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
