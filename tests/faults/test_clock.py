"""The clocks of machines are wrong, or set right in the middle of everything."""

from collections import Counter

from tests.faults.difficult_mail_server import DifficultMailServer
from tests.faults.enquiries import assert_all_mailed, enquiry
from tests.faults.site import Site


def test_clocks_that_are_a_day_off_lose_no_enquiry_and_repeat_no_mail(
    site: Site, mail_server: DifficultMailServer
) -> None:
    patience = {"EMAIL_TIMEOUT": "20"}  # a mail that takes long goes out again
    fast, slow = patience | {"CLOCK_IS_OFF_BY": "30"}, patience | {"CLOCK_IS_OFF_BY": "-30"}
    with site.web(**fast) as one, site.web(**slow) as other:
        written = enquiry()
        confirmed = [web.post(content) for web in (one, other) for content in (written, enquiry())]
        assert len({answer.reference for answer in confirmed}) == 3
        for web, answer in zip((one, one, other, other), confirmed, strict=True):
            assert web.ask("GET", answer.location).status == 200
        assert one.ask("GET", "/").status == other.ask("GET", "/").status == 200
    with site.worker(**slow), site.worker(**fast):
        site.pass_time()
        assert_all_mailed(site, mail_server, confirmed)
    assert {*Counter(mail_server.ids()).values()} == {1}
