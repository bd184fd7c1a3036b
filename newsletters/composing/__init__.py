"""From what an editor wrote to what leaves: text first, then HTML, of the same blocks."""

from newsletters.composing.composing import Composed, compose, compose_with_parts

__all__ = ["Composed", "compose", "compose_with_parts"]
