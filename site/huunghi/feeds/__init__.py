"""What machines read: feeds, site maps, metadata for harvesters and search engines, cards for other sites.

All of it is for everybody, whoever asks: only what the anonymous reader may read at this moment.
"""
