"""What other code may listen to."""

from django.dispatch import Signal

# Sent after the commit in which the last value was decided, with `confirmation`: a webhook can be hung on it.
confirmed = Signal()

# Sent within the transaction in which a partner's answer is stored, with `confirmation`; it may come again, corrected.
answered = Signal()
