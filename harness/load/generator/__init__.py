"""One conversation: opened, held, judged, measured."""
