"""How `tanggap track` tells an instant."""

from console.track import _moment


def test_what_is_due_at_the_end_of_a_day_is_due_on_that_day() -> None:
    assert _moment("2027-01-29T00:00:00+07:00") == "Thu 28 Jan 2027 24:00 +0700"
    assert _moment("2027-01-29T00:00:01+07:00") == "Fri 29 Jan 2027 00:00 +0700"
    assert _moment(None) == ""
