"""The old script's algorithm: the whole table at once, one text a request, one request after another, then 100 points.

Reads DATABASE_URL, OLLAMA_BASE_URL (of several servers it only ever used the first) and QDRANT_URL.
"""

import asyncio
import json
import os
from datetime import datetime, timezone

import asyncpg
import httpx
from table import COLLECTION, DIMENSION, MODEL, ROWS

POINTS_AN_UPSERT = 100


async def main():
    ollama = os.environ["OLLAMA_BASE_URL"].split(",")[0]
    collection = f"{os.environ['QDRANT_URL']}/collections/{COLLECTION}"
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    rows = await connection.fetch(ROWS)
    await connection.close()
    async with httpx.AsyncClient(timeout=60) as client:

        async def upsert(points):
            answer = await client.put(f"{collection}/points?wait=true", json={"points": points})
            answer.raise_for_status()

        made = await client.put(collection, json={"vectors": {"size": DIMENSION, "distance": "Cosine"}})
        made.raise_for_status()
        points = []
        for row in rows:
            answer = await client.post(f"{ollama}/api/embed", json={"model": MODEL, "input": row["text"]})
            answer.raise_for_status()
            payload = json.loads(row["payload"])
            payload["text"] = row["text"]
            payload["sync_timestamp"] = datetime.now(timezone.utc).isoformat()
            points.append({"id": row["id"], "vector": answer.json()["embeddings"][0], "payload": payload})
            if len(points) == POINTS_AN_UPSERT:
                await upsert(points)
                points = []
        if points:
            await upsert(points)


asyncio.run(main())
