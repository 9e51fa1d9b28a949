import json, pytest
from tests import factories as f
from huunghi.events.models import *
pytestmark = pytest.mark.django_db

def test_smoke(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        p = f.make_partner("KH-8")
        e = f.make_event("Hội nghị giao lưu", translations={"km": "កិច្ចប្រជុំ"}, rows={"partner_sides":[EventPartnerSide(partner=p)], "venues":[Venue(name="Hội trường", place=f.make_place("VN-44"))],
            "photos":[EventPhoto(image=f.make_image(), caption="Ảnh")], "figures":[Figure(quantity=2063, unit=f.make_measure())]}, body=[("text","<p>Xin <b>chào</b></p>")], summary="Tóm tắt")
        f.make_partner_page(p, "Cần Đan", translations={"km":"កណ្តាល"})
    for url in ["/api/v1/events/", "/api/v1/events/?lang=km", f"/api/v1/events/{e.translation_key}/?lang=km", "/api/v1/partners/", "/api/v1/partners/KH-8/", "/api/v1/archive/?q=giao+luu", "/api/v1/archive/suggest/?q=Ho", "/api/v1/calendar.ics", f"/api/v1/events/{e.translation_key}.ics?lang=km", "/api/v1/docs","/api/v1/openapi.json", "/api/v1/", "/api/v1/events", "/api/v1/xx/", "/api/v1/events/?foo=1&limit=1000", "/api/v1/events/?limit=1000", "/api/v1/events/?from=2020&to=2019"]:
        r = client.get(url)
        print("==", url, r.status_code, r["Content-Type"], r.content.decode()[:3000])
    r=client.post("/api/v1/events/"); print(r.status_code, r.content, r.headers)
    r=client.head("/api/v1/events/"); print(r.status_code, r.content, r.headers)
