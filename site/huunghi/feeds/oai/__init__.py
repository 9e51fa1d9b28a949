"""A data provider of the Open Archives Initiative (OAI-PMH 2.0): the public events, for catalogues and libraries.

`arguments` reads a request, `records` knows which events there are and when they changed, `formats` writes them,
`responses` answers the six verbs.
"""
