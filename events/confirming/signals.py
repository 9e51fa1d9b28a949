"""What other code may listen to."""

from django.dispatch import Signal

# Sent after the commit in which the last value was decided, with `confirmation`: a webhook can be hung on it.
confirmed = Signal()
