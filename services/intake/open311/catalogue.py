"""The services that can be asked for: the pack's topics, and one for who does not know. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from services.intake.open311.refusal import unknown
from shared.pack import Pack
from shared.pack.model import Need, Topic

# Open311 wants a service code always, the contract no topic at all: the router decides from the words, then.
ANY_TOPIC: Final = "lainnya"
_ANY_NAME: Final = "Lainnya atau belum tahu"
# When what this door offers last changed, for clients that keep a copy: GeoReport v2, Service Discovery.
CHANGED: Final = "2026-11-23T00:00:00Z"

# code, datatype, description, values
Question = tuple[str, str, str, Mapping[str, str]]

_CLASSES: Final = {
    "pengaduan": "Pengaduan",
    "aspirasi": "Aspirasi",
    "permintaan_informasi": "Permintaan informasi",
}
_LANGUAGES: Final = {"id": "Bahasa Indonesia", "jv": "Basa Jawa", "mad": "Basa Madura", "en": "English"}
_YES_NO: Final = {"false": "Tidak", "true": "Ya"}

# None is required: what is incomplete is accepted, with what it lacks named.
_WHEN: Final[Question] = ("occurred_on", "datetime", "Kapan terjadi, misalnya 2026-11-23", {})
_NIK: Final[Question] = ("nik", "string", "NIK pelapor; hanya dibuka oleh petugas yang berhak", {})
_TITLE: Final[Question] = ("title", "string", "Judul singkat, paling panjang 200 karakter", {})
_CHOICES: Final[tuple[Question, ...]] = (
    ("class", "singlevaluelist", "Jenis laporan", _CLASSES),
    ("language", "singlevaluelist", "Bahasa jawaban", _LANGUAGES),
    ("anonymous", "singlevaluelist", "Sembunyikan identitas saya dari publik dan instansi", _YES_NO),
    ("confidential", "singlevaluelist", "Hanya saya dan instansi penangan yang boleh melihat laporan ini", _YES_NO),
)


def topic_of(pack: Pack, code: str) -> Topic | None:
    """The topic of a service code; None for the service that has none.

    Raises:
        Refused: 404, the code is unknown.
    """
    topic = pack.topics.get(code)
    if topic is None and code != ANY_TOPIC:
        raise unknown("service_code")
    return topic


def name_of(pack: Pack, code: str | None) -> str:
    """The name of a service; the code where the pack knows it no more."""
    topic = pack.topics.get(code or ANY_TOPIC)
    return topic.name_id if topic else (_ANY_NAME if code in {None, ANY_TOPIC} else str(code))


def services(pack: Pack) -> list[dict[str, Any]]:
    """Every service, in the order of the pack."""
    rows = [
        _service(topic.code, topic.name_id, topic.name_en, ",".join(topic.keywords), topic.group)
        for topic in pack.topics.values()
    ]
    anything = _service(ANY_TOPIC, _ANY_NAME, "Something else, or not sure", "", "")
    return rows if ANY_TOPIC in pack.topics else [*rows, anything]


def _service(code: str, name: str, description: str, keywords: str, group: str) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": name,
        "description": description,
        "metadata": True,
        "type": "realtime",
        "keywords": keywords,
        "group": group,
    }


def definition(pack: Pack, code: str) -> dict[str, Any]:
    """What can be told of a report about this service.

    Raises:
        Refused: 404, the code is unknown.
    """
    topic = topic_of(pack, code)
    needed = [_question(pack.needs[code]) for code in (topic.needs if topic else ()) if code in pack.needs]
    asked = [_attribute(*question) for question in (*filter(None, needed), _TITLE, *_CHOICES)]
    if not any(attribute["code"] == _WHEN[0] for attribute in asked):
        asked.append(_attribute(*_WHEN))
    warned = [_warning(pack.deployment.emergency_number)] if topic is not None and topic.emergency else []
    attributes = [{**attribute, "order": order} for order, attribute in enumerate([*warned, *asked, _REFERENCE], 1)]
    return {"service_code": code, "attributes": attributes}


def _question(need: Need) -> Question | None:
    """How a need is asked for; a place has fields of its own in Open311."""
    if need.kind == "attribute" and need.attribute:
        return need.attribute.partition(";")[0], "string", need.name_id, {}
    return {"date": _WHEN, "identity": _NIK}.get(need.kind)


def _attribute(code: str, datatype: str, description: str, values: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": "",
        "order": 0,
        "description": description,
    }
    listed = [{"key": key, "name": name} for key, name in values.items()]
    return {**row, "values": listed} if listed else row


def _warning(number: str) -> dict[str, Any]:
    """Words that a client shows and asks nothing about: GeoReport v2, `variable` false."""
    return {**_attribute("darurat", "string", emergency_words(number), {}), "variable": False}


def emergency_words(number: str) -> str:
    """What somebody in danger should do instead."""
    return f"Keadaan darurat: hubungi {number} sekarang juga."


# FixMyStreet fills this one in by itself with its own id, and sends it again when it tries again.
_REFERENCE: Final[Mapping[str, Any]] = {
    **_attribute("fixmystreet_id", "string", "Nomor laporan di aplikasi pengirim", {}),
    "automated": "server_set",
}


def discovery(pack: Pack, url: str) -> dict[str, Any]:
    """Where this door is and who keeps it; `url` ends in `/open311/v2`."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": url,
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": CHANGED,
        "contact": pack.deployment.office,
        "key_service": f"api_key: {pack.deployment.office}",
        "endpoints": [endpoint],
    }
