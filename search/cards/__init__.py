"""What the API says of a public record, stored when the record is published.

A store of cards is one more index that the outbox feeds: see `search.feeding`. It holds what anybody may read, and
nothing else; other readers are answered from the tables.
"""
