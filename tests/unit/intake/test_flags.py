"""What makes a report urgent or sensitive, and what does not."""

import pytest

from services.intake.flags import raise_flags
from shared.words import Words
from tests.unit.intake.pasuruan import PACK

WORDS = Words(PACK)


def flags(text: str, topic: str | None = None) -> tuple[bool, set[str]]:
    given = PACK.topics[topic] if topic else None
    raised = raise_flags(WORDS.read(text), given, given, PACK)
    return raised.emergency, {item.flag for item in raised.because} - {"emergency"}


EMERGENCIES = [
    "Kebakaran di gudang belakang pasar",
    "tolong ono kobongan",
    "Kabel listrik putus menjuntai di gang",
    "pagar masih menyetrum",
    "bau gas menyengat dari dapur tetangga",
    "ada orang pingsan di trotoar",
    "bapak2 terjepit di mobil",
    "Pohon tumbang menimpa rumah",
    "tanggul jebol, orang naik ke atap, tolong perahu",
    "orang membawa celurit mengejar anak-anak",
    "jalan rusak dan kabel putus, bukan kebakaran",
    "Bukan soal lampu. Ada kebakaran!",
    "belum ada petugas, kebakaran makin besar",
    "there is a house on fire",
    "tolong kirim ambulans sekarang, anak-anak lemas semua",
    "istri saya mau melahirkan, tidak ada kendaraan",
    "suami saya mabuk dan bawa pisau",
    "tanggul bocor, lubangnya makin besar",
    "api merembet ke rumah warga",
    "anak saya masih kejang, tolong",
]
QUIET = [
    "Lampu jalan mati",
    "bukan kebakaran, hanya asap sate",
    "tidak ada kebakaran kok",
    "dudu kobongan",
    "belum ada yang pingsan",
    "takut kebakaran karena kabelnya semrawut",
    "kapan ada simulasi kebakaran di sekolah",
    "mohon sosialisasi bencana",
    "damkar aja gak bisa masuk karena parkir",
    "mobil damkar latihan tiap pagi",
    "Aspal retak buaya",
    "saya kena penipuan online",
    "plafon jebol",
    "ibu hamil hampir pingsan waktu antri",
    "mohon diperiksa sebelum ada yang keracunan",
    "di situ pernah tabrakan",
    "satu orang sempat sesak napas kena tawon, sekarang sudah pulang",
    "anak saya habis kejang tapi disuruh antri",
]


@pytest.mark.parametrize("text", EMERGENCIES)
def test_somebody_in_danger_is_an_emergency(text: str) -> None:
    assert flags(text)[0]


@pytest.mark.parametrize("text", QUIET)
def test_what_did_not_happen_or_puts_nobody_in_danger_is_none(text: str) -> None:
    assert not flags(text)[0]


@pytest.mark.parametrize("topic", [topic.code for topic in PACK.topics.values() if topic.emergency])
def test_a_topic_of_emergencies_is_one_whatever_the_text_says(topic: str) -> None:
    assert flags("tolong segera", topic)[0]


SENSITIVE = [
    ("tetangga saya odgj dan dirantai", None, {"sensitive-health"}),
    ("saya mengidap hiv, ditolak puskesmas", None, {"sensitive-health"}),
    ("anak saya dibully di sekolah", None, {"sensitive-children"}),
    ("diancam debt collector pinjol", None, {"sensitive-crime", "sensitive-money"}),
    ("BLT saya belum cair", "bansos", {"sensitive-money"}),
    ("Lampu jalan mati", None, set()),
    ("puskesmas antri lama", None, set()),
    ("rekening air naik", None, set()),
    ("anak-anak main di jalan", None, set()),
]


@pytest.mark.parametrize(("text", "topic", "raised"), SENSITIVE)
def test_health_children_crime_and_money_are_sensitive(text: str, topic: str | None, raised: set[str]) -> None:
    assert flags(text, topic)[1] == raised


def test_what_raised_a_flag_is_told() -> None:
    raised = raise_flags(WORDS.read("ada kobongan"), None, PACK.topics["kriminalitas"], PACK)
    assert {(item.flag, item.words, item.topic) for item in raised.because} >= {
        ("emergency", "kobongan", "kebakaran"),
        ("sensitive-crime", "", "kriminalitas"),
    }
