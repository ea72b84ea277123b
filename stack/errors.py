"""What can go wrong with the stack, said in one sentence a person can act on."""


class StackError(RuntimeError):
    """The stack cannot do what was asked; the message is meant for the person at the terminal."""
