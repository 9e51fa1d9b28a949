"""Signed messages to other servers when something happened in the archive, in the format of Standard Webhooks.

What happened is noted in the transaction of the change (`noting`, `signals`), and sent by the same workers that feed
the index (`delivering`). `sending` speaks HTTP, to addresses that `targets` has admitted, with what `signing` signed.
"""
