"""A pack is loaded whole or not at all, and whoever keeps it is told every mistake by file and line."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.pack import BY_KECAMATAN, BY_KELURAHAN, SHIPPED, PackError, load, load_pack, read_files

PASURUAN = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the first deployment's pack, to be spoiled."""
    return Path(shutil.copytree(PASURUAN, tmp_path / "pack"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    return [str(problem) for problem in refused.value.problems]


def swap(file: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}: the case tests nothing"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def add(file: str, line: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")

    return spoil


def write(file: str, content: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return spoil


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


AGENCY = "{code},Dinas Uji,,opd,{parent},menguji,{region},,{since},{until},{successor},verify,"
TOPIC = "{code},Uji,Test,Uji,fisik,{agency},{placed},false,{words},Contoh.,{sla},,{alt},{count},,{needs}"


def agency(code: str = "dinas-uji", **columns: str) -> str:
    empty = {"parent": "", "region": "", "since": "", "until": "", "successor": ""}
    return AGENCY.format(code=code, **(empty | columns))


def topic(code: str = "uji", **columns: str) -> str:
    good = {"agency": "pupr", "placed": "true", "words": "kata uji", "sla": "14wd", "alt": "", "count": "", "needs": ""}
    return TOPIC.format(code=code, **(good | columns))


BAD = {
    "a file is missing": (remove("topics.csv"), "topics.csv:0: file is missing"),
    "a file is empty": (write("slang.csv", b""), "slang.csv:0: file is empty"),
    "only a header": (write("slang.csv", b"slang,standard,kind,ambiguous\n"), "slang.csv:0: no row below the header"),
    "another encoding": (
        write("slang.csv", "slang,standard,kind,ambiguous\ncafé,kafe,gaul,false\n".encode("cp1252")),
        "slang.csv:2: not UTF-8",
    ),
    "UTF-16": (write("slang.csv", "slang,standard\n".encode("utf-16")), "slang.csv:1: not UTF-8"),
    "a NUL": (write("slang.csv", b"slang,standard,kind,ambiguous\na\0b,c,gaul,false\n"), "slang.csv:2: contains a NUL"),
    "a missing column": (swap("topics.csv", "keywords", "words"), "topics.csv:1: column keywords is missing"),
    "a column twice": (swap("slang.csv", "kind,", "slang,"), "slang.csv:1: column slang appears twice"),
    "too few fields": (add("slang.csv", "a,b"), "2 fields where the header has 4"),
    "an open quote": (add("slang.csv", '"a,b,gaul,false'), "not CSV"),
    "two agencies with one code": (add("agencies.csv", agency("pupr")), "agencies.csv:132: pupr is already on line 12"),
    "two topics with one code": (add("topics.csv", topic("pju")), "topics.csv:126: pju is already on line 17"),
    "two regions with one code": (add("regions.csv", "35.75,kota,Lagi,35,,,"), "35.75 is already on line 3"),
    "a word of slang twice": (add("slang.csv", "aja,saja,gaul,false"), "aja is already on line"),
    "a code in capitals": (add("agencies.csv", agency("PUPR")), "code: 'PUPR' is no code"),
    "no code": (add("agencies.csv", agency("")), "agencies.csv:132: code is empty"),
    "an unknown parent": (add("agencies.csv", agency(parent="dinas-x")), "dinas-uji: unknown parent dinas-x"),
    "an unknown successor": (add("agencies.csv", agency(successor="dinas-x")), "dinas-uji: unknown successor dinas-x"),
    "a circle of parents": (
        swap("agencies.csv", "Setda,opd,,", "Setda,opd,kec-gadingrejo,"),
        "agencies.csv:2: parent goes in a circle: setda -> kec-gadingrejo -> setda",
    ),
    "its own successor": (
        add("agencies.csv", agency(successor="dinas-uji")),
        "successor goes in a circle: dinas-uji -> dinas-uji",
    ),
    "an agency in no region": (add("agencies.csv", agency(region="35.75.09")), "region 35.75.09 is not in regions.csv"),
    "no date": (add("agencies.csv", agency(since="2026-02-30")), "valid_from: '2026-02-30' is no date"),
    "valid backwards": (
        add("agencies.csv", agency(since="2026-02-01", until="2026-01-01")),
        "valid_until is before valid_from",
    ),
    "an agency called by-kelurahan": (add("agencies.csv", agency("by-kelurahan")), "cannot be an agency"),
    "two offices for one kelurahan": (
        swap("agencies.csv", 'kewilayahan",35.75.01.1002', 'kewilayahan",35.75.01.1001'),
        "kel-gentong: region 35.75.01.1001 is served by kel-karangketug",
    ),
    "a kelurahan without an office": (
        add("regions.csv", "35.75.01.1010,kelurahan,Baru,35.75.01,,,"),
        "regions.csv:137: 35.75.01.1010: no kelurahan agency serves it",
    ),
    "a topic of an unknown agency": (
        add("topics.csv", topic(agency="dinas-x")),
        "topics.csv:126: uji: unknown agency dinas-x",
    ),
    "an unknown alternative": (add("topics.csv", topic(alt="dinas-x")), "unknown alternative agency dinas-x"),
    "a topic of no known class": (add("topics.csv", topic(sla="7wd")), "topics.csv:126: sla_class '7wd' has no rule"),
    "neither true nor false": (add("topics.csv", topic(placed="ya")), "needs_location: 'ya' is neither true nor false"),
    "no number": (add("topics.csv", topic(count="banyak")), "n_surabaya: 'banyak' is no whole number"),
    "a keyword twice": (add("topics.csv", topic(words="uji;Uji")), "keyword 'uji' appears twice"),
    "an empty keyword": (add("topics.csv", topic(words="uji;;coba")), "an empty keyword"),
    "no keyword": (add("topics.csv", topic(words="")), "keywords is empty"),
    "an unknown need": (add("topics.csv", topic(needs="uang")), "topics.csv:126: uji: unknown need uang"),
    "a need twice": (add("topics.csv", topic(needs="date;date")), "topics.csv:126: needs: 'date' appears twice"),
    "no need of a place": (
        swap("needs.csv", "place,place,", "spot,place,"),
        "topics.csv:2: jalan-rusak: unknown need place",
    ),
    "a need of an unknown kind": (swap("needs.csv", "date,date,", "date,day,"), "needs.csv:3: kind: 'day' is none of"),
    "an attribute without a name": (
        swap("needs.csv", "customer-number,attribute,customer_number;pln_id,", "customer-number,attribute,,"),
        "needs.csv:5: attribute: to be filled where the kind is attribute",
    ),
    "a need twice in its file": (add("needs.csv", "date,date,,a,b,"), "needs.csv:7: date is already on line 3"),
    "a flag of an unknown kind": (
        swap("flags.csv", "emergency,quiet,", "emergency,calm,"),
        "flags.csv:3: kind: 'calm'",
    ),
    "a flag without words": (add("flags.csv", "sensitive-faith,words,"), "flags.csv:13: values is empty"),
    "a flag of an unknown topic": (add("flags.csv", "sensitive-faith,topics,x"), "flags.csv:13: unknown topic x"),
    "a denial of another flag": (
        add("flags.csv", "sensitive-faith,denial,no"),
        "flags.csv:13: denial: only for the flag",
    ),
    "a flag twice": (add("flags.csv", "emergency,words,api"), "flags.csv:13: emergency words is already on line 2"),
    "a cue of an unknown topic": (add("cues.csv", "x,hint,kata"), "unknown topic x"),
    "a cue of an unknown kind": (add("cues.csv", "pju,clue,kata"), "kind: 'clue' is none of hint"),
    "a cue without words": (add("cues.csv", "bau-tpa,passing,"), "words is empty"),
    "a cue that is no keyword": (add("cues.csv", "bau-tpa,passing,kata"), "'kata' is no keyword of bau-tpa"),
    "a cue of no topic": (add("cues.csv", ",hint,kata"), "topic: to be filled"),
    "a body outside that is unknown": (
        swap("pack.toml", 'otherwise = "kementerian-panrb"', 'otherwise = "x"'),
        "outside.otherwise: 'x' is unknown",
    ),
    "a circle of successors": (
        add("agencies.csv", agency("satu", successor="dua") + "\n" + agency("dua", successor="satu")),
        "successor goes in a circle: satu -> dua -> satu",
    ),
    "a region with a strange code": (add("regions.csv", "35.7,kota,X,35,,,"), "'35.7' is no region code"),
    "a region under another": (add("regions.csv", "35.76.01,kecamatan,X,35.75,,,"), "is not the code above it"),
    "a region under nothing": (add("regions.csv", "35.76.01,kecamatan,X,35.76,,,"), "unknown parent 35.76"),
    "a point off the earth": (
        add("regions.csv", "35.76,kota,X,35,,112.9,-7.6"),
        "lat: '112.9' is not between -90 and 90",
    ),
    "half a point": (add("regions.csv", "35.76,kota,X,35,,-7.6,"), "lat and lng belong together"),
    "a clock of nothing": (swap("sla_rules.csv", "verifikasi,3,", "verifikasi,0,"), "sla_rules.csv:2: amount: '0'"),
    "an unknown unit": (swap("sla_rules.csv", "3,working_days", "3,weeks"), "unit: 'weeks' is none of"),
    "no polygons": (write("regions.geojson", b"{}"), "regions.geojson:1: no FeatureCollection"),
    "broken JSON": (swap("regions.geojson", "[[[112.", "[[[112.."), "regions.geojson:2: not JSON"),
    "NaN in a polygon": (swap("regions.geojson", "[112.886393,", "[NaN,"), "not JSON: NaN is no number"),
    "a polygon of nowhere": (
        swap("regions.geojson", '"code":"35.75.01.1002"', '"code":"35.75.01.9999"'),
        "regions.geojson:3: code '35.75.01.9999' is not in regions.csv",
    ),
    "a polygon twice": (
        swap("regions.geojson", '"code":"35.75.01.1002"', '"code":"35.75.01.1001"'),
        "35.75.01.1001 has a polygon already",
    ),
    "an open ring": (
        swap("regions.geojson", "[[[112.886393,", "[[[112.886394,"),
        "regions.geojson:2: 35.75.01.1001: a ring that does not end where it began",
    ),
    "swapped coordinates": (
        swap("regions.geojson", "[112.886393,-7.623597]", "[-7.623597,112.886393]"),
        "longitude comes first",
    ),
    "a ring that crosses itself": (
        swap("regions.geojson", "[112.884338,-7.631862]", "[112.95,-7.60]"),
        "35.75.01.1001: a ring that crosses itself",
    ),
    "no polygon but a line": (swap("regions.geojson", '"Polygon"', '"LineString"'), "geometry is 'LineString'"),
    "broken TOML": (swap("pack.toml", 'language = "id"', "language = id"), "pack.toml:5: not TOML"),
    "a missing fact": (swap("pack.toml", 'office = "', '# "'), "office: Field required"),
    "an unknown fact": (swap("pack.toml", "[offices]", '[offices]\nboss = "setda"'), "offices.boss: Unexpected"),
    "no share": (swap("pack.toml", "stated_confidence = 1.0", "stated_confidence = 3"), "routing.stated_confidence"),
    "a desk that is no agency": (
        swap("pack.toml", 'desk = "diskominfotik"', 'desk = "x"'),
        "offices.desk: 'x' is unknown",
    ),
    "an unknown neighbour": (
        swap("pack.toml", '"kab-pasuruan"', '"kab-x"'),
        "surrounding.0.agency: 'kab-x' is unknown",
    ),
    "a city that is no region": (
        swap("pack.toml", 'city = "35.75"', 'city = "35.99"'),
        "place.city: '35.99' is unknown",
    ),
    "a rule that is missing": (swap("pack.toml", '"settle-berkadar"', '"settle-x"'), "'settle-x' is unknown"),
    "no rule for a class": (swap("pack.toml", "aspirasi = ", "# "), "no rule for class aspirasi"),
    "a rule for no class": (swap("pack.toml", "aspirasi = ", "usulan = "), "unknown class usulan"),
    "a form of no topic": (swap("pack.toml", "mal-tidak-patut", "mal-x"), "maladministration.forms.mal-x"),
    "a calendar without a zone": (swap("calendar.toml", 'zone = "Asia/Jakarta"', ""), "calendar.toml:0: zone"),
    "a broken calendar": (swap("calendar.toml", "version =", "version"), "calendar.toml:"),
}


@pytest.mark.parametrize(("spoil", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_pack_is_refused_with_file_and_line(folder: Path, spoil: Callable[[Path], None], told: str) -> None:
    spoil(folder)
    assert any(told in problem for problem in problems(folder)), problems(folder)


def test_every_problem_of_every_file_is_named_at_once(folder: Path) -> None:
    add("agencies.csv", agency(parent="dinas-x", since="besok"))(folder)
    add("topics.csv", topic(agency="dinas-y"))(folder)
    swap("pack.toml", 'desk = "diskominfotik"', 'desk = "dinas-z"')(folder)
    assert problems(folder) == [
        "agencies.csv:132: dinas-uji: unknown parent dinas-x",
        "agencies.csv:132: valid_from: 'besok' is no date such as 2026-08-17",
        "pack.toml:12: offices.desk: 'dinas-z' is unknown",
        "topics.csv:126: uji: unknown agency dinas-y",
    ]


def test_a_record_over_several_lines_does_not_shift_the_lines_behind_it(folder: Path) -> None:
    add("slang.csv", '"satu\ndua",dua,gaul,false\nxyz,y,gaul,ya')(folder)
    last = (PASURUAN / "slang.csv").read_text(encoding="utf-8").count("\n")
    assert problems(folder) == [f"slang.csv:{last + 3}: ambiguous: 'ya' is neither true nor false"]


def test_a_folder_that_does_not_exist_is_one_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}:0: there is no such folder"]


def test_the_same_content_is_the_same_version_anywhere(folder: Path) -> None:
    (folder / ".topics.csv.swp").write_bytes(b"an editor's")
    assert load_pack(folder).version == load_pack(PASURUAN).version


@pytest.mark.parametrize("file", ["topics.csv", "NOTICE.md", "calendar.toml"])
def test_any_change_is_another_version(folder: Path, file: str) -> None:
    (folder / file).write_bytes((folder / file).read_bytes() + b"\n")
    assert load_pack(folder).version != load_pack(PASURUAN).version


def test_a_renamed_file_is_another_version(folder: Path) -> None:
    before = load_pack(folder).version
    (folder / "NOTICE.md").rename(folder / "LICENCES.md")
    assert load_pack(folder).version != before


def test_what_a_city_leaves_as_it_is_shipped_is_part_of_its_pack(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, before = (SHIPPED / "messages.csv").read_bytes(), load_pack(folder).version
    assert read_files(folder)["messages.csv"] == shipped
    other = Path(shutil.copytree(SHIPPED, tmp_path / "shipped"))
    (other / "messages.csv").write_bytes(shipped + b"\n")
    monkeypatch.setattr(load, "SHIPPED", other)
    assert load_pack(folder).version != before


def test_a_file_of_the_city_counts_instead_of_the_shipped_one_of_that_name(folder: Path) -> None:
    shipped = read_files(folder)
    own = folder / "messages" / "id" / "reporter.toml"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"# the city's own words\n")
    assert read_files(folder) == shipped | {"messages/id/reporter.toml": b"# the city's own words\n"}


def test_a_byte_order_mark_of_a_spreadsheet_is_no_problem(folder: Path) -> None:
    write("slang.csv", b"\xef\xbb\xbf" + (folder / "slang.csv").read_bytes())(folder)
    assert load_pack(folder).slang == load_pack(PASURUAN).slang


def test_the_first_deployment_has_an_office_for_each_kelurahan_and_kecamatan() -> None:
    pack = load_pack(PASURUAN)
    areas = [region for region in pack.regions.values() if region.code.startswith("35.75.")]
    assert {region.level for region in areas} == {"kelurahan", "kecamatan"}
    for region in areas:
        office = pack.office(f"by-{region.level}", region.code)
        assert office is not None
        assert office.region_code == region.code


def test_a_kelurahan_lies_in_its_kecamatan_but_not_the_other_way_round() -> None:
    pack = load_pack(PASURUAN)
    kecamatan = pack.office(BY_KECAMATAN, "35.75.01.1001")
    assert kecamatan is not None
    assert kecamatan.code == "kec-gadingrejo"
    assert pack.office(BY_KELURAHAN, "35.75.01") is None
    assert pack.office(BY_KELURAHAN, "35.14.16.2014") is None
    assert pack.office(BY_KELURAHAN, None) is None


SETTLED = [
    ("pengaduan", "14wd", "settle-tidak-berkadar"),
    ("pengaduan", "60wd", "settle-berkadar"),
    ("pengaduan", "5wd", "settle-normatif"),
    ("aspirasi", "14wd", "settle-aspirasi"),
    ("permintaan_informasi", "60wd", "settle-informasi"),
]


@pytest.mark.parametrize(("report_class", "sla_class", "rule_id"), SETTLED)
def test_the_class_of_the_report_decides_the_clock_before_that_of_the_topic(
    report_class: str, sla_class: str, rule_id: str
) -> None:
    assert load_pack(PASURUAN).settlement_rule(report_class, sla_class).rule_id == rule_id


def test_a_successor_acts_once_an_agency_is_gone(folder: Path) -> None:
    add("agencies.csv", agency("dinas-lama", until="2025-12-31", successor="dinas-baru"))(folder)
    add("agencies.csv", agency("dinas-baru", since="2026-01-01"))(folder)
    pack = load_pack(folder)
    acting = {day: pack.acting("dinas-lama", day) for day in (date(2025, 12, 31), date(2026, 1, 1))}
    assert [found.code if found else None for found in acting.values()] == ["dinas-lama", "dinas-baru"]
    assert pack.acting("dinas-baru", date(2025, 12, 31)) is None
    assert pack.acting("dinas-x", date(2026, 1, 1)) is None


def test_an_agency_without_a_successor_leaves_nobody(folder: Path) -> None:
    add("agencies.csv", agency("dinas-lama", until="2025-12-31"))(folder)
    assert load_pack(folder).acting("dinas-lama", date(2026, 1, 1)) is None
