"""A good asyncio client for the same work, as someone who knows the libraries would write it.

A cursor feeds a bounded queue with batches of 16 texts; as many workers as each server wants requests in flight take
from it, so that no server waits while another has work; upserts of 100 points overlap with all that.

Reads DATABASE_URL, OLLAMA_BASE_URL (several, separated by commas) and QDRANT_URL.
"""

import asyncio
import os
from datetime import datetime, timezone

import aiohttp
import asyncpg
import orjson
import uvloop
from table import COLLECTION, DIMENSION, MODEL, ROWS

TEXTS_A_REQUEST = 16
REQUESTS_A_SERVER = 2
POINTS_AN_UPSERT = 100
UPSERTS_IN_FLIGHT = 4
JSON = {"Content-Type": "application/json"}


class Client:
    def __init__(self, session, servers, collection):
        self.session = session
        self.servers = servers
        self.collection = collection
        self.batches = asyncio.Queue(maxsize=2 * REQUESTS_A_SERVER * len(servers))
        self.upserts = asyncio.Semaphore(UPSERTS_IN_FLIGHT)
        self.points = []

    async def send(self, method, url, body):
        async with self.session.request(method, url, data=orjson.dumps(body), headers=JSON) as answer:
            text = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{url} answered {answer.status}: {text[:200]!r}")
            return orjson.loads(text)

    async def read(self, connection):
        async with connection.transaction(readonly=True, isolation="repeatable_read"):
            batch = []
            async for row in connection.cursor(ROWS, prefetch=1000):
                batch.append(row)
                if len(batch) == TEXTS_A_REQUEST:
                    await self.batches.put(batch)
                    batch = []
            if batch:
                await self.batches.put(batch)
        for _ in range(REQUESTS_A_SERVER * len(self.servers)):
            await self.batches.put(None)

    async def embed(self, server, upserting):
        while (batch := await self.batches.get()) is not None:
            body = {"model": MODEL, "input": [row["text"] for row in batch]}
            answer = await self.send("POST", f"{server}/api/embed", body)
            self.points.extend(map(point, batch, answer["embeddings"]))
            while len(self.points) >= POINTS_AN_UPSERT:
                full, self.points = self.points[:POINTS_AN_UPSERT], self.points[POINTS_AN_UPSERT:]
                # Waits while enough of them are on their way, so that points do not pile up.
                await self.upserts.acquire()
                upserting.create_task(self.upsert(full))

    async def upsert(self, points):
        try:
            await self.send("PUT", f"{self.collection}/points?wait=true", {"points": points})
        finally:
            self.upserts.release()

    async def run(self, connection):
        await self.send("PUT", self.collection, {"vectors": {"size": DIMENSION, "distance": "Cosine"}})
        async with asyncio.TaskGroup() as upserting:
            async with asyncio.TaskGroup() as working:
                working.create_task(self.read(connection))
                for server in self.servers:
                    for _ in range(REQUESTS_A_SERVER):
                        working.create_task(self.embed(server, upserting))
            if self.points:
                await self.upserts.acquire()
                upserting.create_task(self.upsert(self.points))


def point(row, vector):
    payload = orjson.loads(row["payload"])
    payload["text"] = row["text"]
    payload["sync_timestamp"] = datetime.now(timezone.utc).isoformat()
    return {"id": row["id"], "vector": vector, "payload": payload}


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as session:
        client = Client(
            session,
            os.environ["OLLAMA_BASE_URL"].split(","),
            f"{os.environ['QDRANT_URL']}/collections/{COLLECTION}",
        )
        await client.run(connection)
    await connection.close()


uvloop.run(main())
