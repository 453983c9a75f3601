"""Each path of the door, its answers element by element."""

from uuid import uuid4

from services.intake.identity import read_tracking_code
from tests.integration.open311.client import TEXT, Client, names, tree


async def test_discovery_names_the_endpoint_and_its_formats(client: Client) -> None:
    root = tree(await client.get("discovery.xml"))
    assert (root.tag, names(root)) == ("discovery", ["changeset", "contact", "key_service", "endpoints"])
    (endpoint,) = root.findall("endpoints/endpoint")
    assert names(endpoint) == ["specification", "url", "changeset", "type", "formats"]
    assert endpoint.findtext("specification") == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint.findtext("url") == client.url
    assert [item.text for item in endpoint.findall("formats/format")] == ["text/xml", "application/json"]
    assert (await client.get("discovery.json")).json()["endpoints"][0]["url"] == client.url


async def test_services_are_the_topics_of_the_pack_and_one_for_who_does_not_know(client: Client) -> None:
    root = tree(await client.get("services.xml"))
    assert root.tag == "services"
    for service in root:
        assert service.tag == "service"
        assert names(service) == [
            "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
        ]  # fmt: skip
        assert service.findtext("metadata") == "true"
        assert service.findtext("type") == "realtime"
    codes = [service.findtext("service_code") for service in root]
    assert "pju" in codes
    assert codes[-1] == "lainnya"
    listed = (await client.get("services.json")).json()
    assert [service["service_code"] for service in listed] == codes
    assert listed[0]["metadata"] is True


async def test_every_service_has_a_definition(client: Client) -> None:
    for service in (await client.get("services.json")).json():
        code = service["service_code"]
        root = tree(await client.get(f"services/{code}.xml"))
        assert (root.tag, names(root)) == ("service_definition", ["service_code", "attributes"])
        assert root.findtext("service_code") == code
        attributes = root.findall("attributes/attribute")
        assert [item.findtext("order") for item in attributes] == [str(n) for n in range(1, len(attributes) + 1)]
        for item in attributes:
            assert names(item)[:7] == [
                "variable", "code", "datatype", "required", "datatype_description", "order", "description",
            ]  # fmt: skip
            listed = item.findall("values/value")
            assert bool(listed) == (item.findtext("datatype") == "singlevaluelist")
            assert all(names(value) == ["key", "name"] for value in listed)


async def test_a_report_is_filed_and_read_as_xml(client: Client) -> None:
    answer = await client.post(
        "requests.xml", service_code="pju", description=f"{TEXT} <b>&", lat="-7.6453", long="112.9075",
        email=f"{uuid4().hex}@example.org", account_id="a7",
    )  # fmt: skip
    assert answer.status_code == 200
    root = tree(answer)
    assert root.tag == "service_requests"
    (filed,) = root
    assert (filed.tag, names(filed)) == (
        "request", ["service_request_id", "service_notice", "account_id", "tracking_code"],
    )  # fmt: skip
    name, code = filed.findtext("service_request_id") or "", filed.findtext("tracking_code") or ""
    assert read_tracking_code(code) == code
    assert code in (filed.findtext("service_notice") or "")
    assert filed.findtext("account_id") == "a7"
    await client.shown(name)
    root = tree(await client.get(f"requests/{name}.xml"))
    (request,) = root
    assert (root.tag, request.tag) == ("service_requests", "request")
    assert names(request) == [
        "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
        "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime",
        "address", "address_id", "zipcode", "lat", "long", "media_url",
    ]  # fmt: skip
    assert request.findtext("service_request_id") == name
    assert request.findtext("status") == "open"
    assert request.findtext("service_code") == "pju"
    assert request.findtext("description") == f"{TEXT} <b>&"
    assert (request.findtext("requested_datetime") or "").endswith("+07:00")
    assert float(request.findtext("lat") or 0) == -7.6453
    assert float(request.findtext("long") or 0) == 112.9075
    assert code not in (await client.get(f"requests/{name}.xml")).text


async def test_a_tracking_code_is_a_token_for_its_report(client: Client) -> None:
    filed = await client.file()
    await client.shown(filed["service_request_id"])
    root = tree(await client.get(f"tokens/{filed['tracking_code']}.xml"))
    (request,) = root
    assert (root.tag, names(request)) == ("service_requests", ["service_request_id", "token"])
    assert request.findtext("service_request_id") == filed["service_request_id"]
    assert request.findtext("token") == filed["tracking_code"]
    assert [
        row["service_request_id"] for row in (await client.get(f"requests/{filed['tracking_code']}.json")).json()
    ] == [filed["service_request_id"]]
