import httpx2 as httpx
from service import Service


async def test_a_read_reaches_the_service_and_its_answer_comes_back(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/contacts?limit=5", headers=signed_in)
    assert (answer.status_code, answer.json()["items"], answer.headers["etag"]) == (200, [], '"1.0"')
    assert [(seen.method, seen.path) for seen in upstream.seen] == [("GET", "/api/v1/contacts?limit=5")]
