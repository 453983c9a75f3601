"""How intake judged a report, in lines for people."""

from console.judgement import lines

REPORT = "3d0a1f0e-0000-5000-8000-000000000001"


def test_each_thing_found_out_is_a_line_with_what_it_was_found_by() -> None:
    judged = {
        "location": {"jurisdiction": "inside", "region_code": "35.75.01.1001"},
        "missing": ["date", "contact"],
        "notes": {
            "place": "point+address",
            "subject": {"topic": "kebakaran", "by": "text"},
            "flags": [
                {"flag": "emergency", "words": "kebakaran", "topic": "kebakaran"},
                {"flag": "health", "words": "rumah sakit"},
                {"flag": "emergency", "topic": "kebakaran"},
            ],
            "left_out": [{"field": "reply_to[0].address", "code": "invalid-phone"}],
            "old": True,
            "duplicate": {"of": REPORT, "because": "words"},
        },
    }
    assert list(lines(judged)) == [
        "place: inside, 35.75.01.1001, by point+address",
        "topic: kebakaran, as the text speaks of it",
        'emergency: by "kebakaran", a keyword of kebakaran',
        'health: by "rumah sakit"',
        "emergency: by the topic kebakaran",
        "missing: date, contact",
        "left out: reply_to[0].address, invalid-phone",
        "old: the event is over two years past",
        f"perhaps the matter of {REPORT}: words",
    ]


def test_of_a_report_that_says_nothing_only_the_place_is_told() -> None:
    judged = {"location": {"jurisdiction": "unknown"}, "missing": [], "notes": {"place": "none"}}
    assert list(lines(judged)) == ["place: unknown, no region, by none"]
