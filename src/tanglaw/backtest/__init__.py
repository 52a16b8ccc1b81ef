"""Where closed reports would have stood in the queue of their day, on an agency's own outcomes (docs/judgements.md)."""
