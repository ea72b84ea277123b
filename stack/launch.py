"""Become another program that dies with its parent. Standard library only, run as a script by `stack.processes`.

    python -I -S launch.py PARENT_PID UID GID SIGNAL -- PROGRAM [ARGUMENT ...]

UID and GID are numbers, or `-` to keep the current ones. SIGNAL is the number the kernel sends to PROGRAM when the
parent ends, however it ends (Linux only; elsewhere only an orderly stop ends the children).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drop privileges, tie this process to its parent, and execute the program."""
    parent, uid, gid, signal_number = arguments[:4]
    program = arguments[5:]
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    # After setuid: the kernel forgets the death signal when credentials change.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the parent process has ended")
    os.umask(0o077)
    os.execvp(program[0], program)  # noqa: S606  # nosec B606


if __name__ == "__main__":
    main(sys.argv[1:])
