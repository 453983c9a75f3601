"""Contract section 2: the topics, who writes and reads them, and how long they are kept."""

import re

import pytest

from shared import kinds, topics

# name: (written by, read by, may hold identity, days kept), as the contract's table says.
CONTRACT = {
    "reports.submitted": ({"channels", "intake"}, {"intake"}, True, 7),
    "reports.accepted": ({"intake"}, {"router", "anyone"}, False, 365),
    "reports.rejected": ({"intake"}, {"channels"}, False, 30),
    "reports.routed": ({"router"}, {"agencies", "notifier"}, False, 365),
    "reports.status": ({"router"}, {"notifier", "intake", "anyone"}, False, 365),
    "reports.deadlines": ({"router"}, {"notifier", "operations"}, False, 365),
    "agencies.updates": ({"agencies"}, {"router"}, False, 30),
    "reporters.replies": ({"channels"}, {"router"}, True, 7),
    "notifications.requested": ({"notifier"}, {"channels"}, False, 7),
    "notifications.outcomes": ({"notifier", "channels"}, {"notifier", "anyone"}, False, 365),
    "intake.dead-letters": ({"intake"}, {"operators"}, True, 90),
    "router.dead-letters": ({"router"}, {"operators"}, True, 90),
    "notifier.dead-letters": ({"notifier"}, {"operators"}, True, 90),
}
BY_NAME = {topic.name: topic for topic in topics.ALL}


def test_there_are_exactly_the_topics_of_the_contract() -> None:
    assert sorted(topic.name for topic in topics.ALL) == sorted(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_a_topic_is_written_and_read_by_those_the_contract_names(name: str) -> None:
    written_by, read_by, _, _ = CONTRACT[name]
    assert set(BY_NAME[name].written_by) == written_by
    assert set(BY_NAME[name].read_by) >= read_by


@pytest.mark.parametrize("name", CONTRACT)
def test_a_topic_is_kept_as_long_as_the_contract_says(name: str) -> None:
    _, _, _, days = CONTRACT[name]
    assert BY_NAME[name].retention_days == days
    assert BY_NAME[name].config()["retention.ms"] == str(days * 24 * 60 * 60 * 1000)


@pytest.mark.parametrize("name", CONTRACT)
def test_identity_is_only_in_the_topics_marked_for_it(name: str) -> None:
    _, _, identity, _ = CONTRACT[name]
    assert BY_NAME[name].identity is identity


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_a_topic_has_twelve_partitions_unless_the_deployment_says_otherwise(topic: topics.Topic) -> None:
    assert topic.partitions == 12


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_old_messages_leave_by_time_alone(topic: topics.Topic) -> None:
    assert topic.config()["cleanup.policy"] == "delete"
    assert "retention.bytes" not in topic.config()


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_a_value_of_two_megabytes_fits_so_that_it_can_be_refused_with_a_reason(topic: topics.Topic) -> None:
    assert int(topic.config()["max.message.bytes"]) > 2 * 1024 * 1024


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_only_what_outsiders_alone_start_is_stamped_by_the_broker(topic: topics.Topic) -> None:
    starts_a_clock = topic.name in {"reports.submitted", "agencies.updates", "reporters.replies"}
    assert topic.config()["message.timestamp.type"] == ("LogAppendTime" if starts_a_clock else "CreateTime")


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_a_topic_name_is_one_that_kafka_takes_and_metrics_do_not_confuse(topic: topics.Topic) -> None:
    # A dot and an underscore are the same in Kafka's metric names.
    assert re.fullmatch(r"[a-z]+\.[a-z-]+", topic.name)
    assert topic.summary


def test_a_service_has_its_own_dead_letters() -> None:
    assert topics.dead_letters("intake") in topics.ALL
    assert topics.dead_letters("intake") != topics.dead_letters("router")


def test_every_topic_but_the_dead_letters_carries_a_kind_of_event() -> None:
    carrying = {kind.topic for kind in kinds.ALL}
    assert carrying == set(topics.ALL) - {topics.dead_letters(service) for service in topics.SERVICES}
