"""What is read without an account: everything below `/s/`.

For whoever adds an address there (see `urls.py`, in which every view is guarded):

    guard.guarded(view)                 headers of every answer, the one 404, the limit on misses
    raise Http404                       answers the one 404 from inside a guarded view, and counts a miss
    door.live_link(request, public_id)  the link by which this request reads, or Http404: call it with every request
    reading.opened_page(link, language) the page that the link opens, and its reader; Http404 when it is gone

A view below `/s/` is exempt from Django's check against forged requests: a browser that was told `no-referrer` names no
origin with a form, which the check refuses. In its place stands the link's own cookie, which browsers do not send along
with a form of another site (SameSite=Lax); so a view that changes anything must call `live_link` first.
"""
