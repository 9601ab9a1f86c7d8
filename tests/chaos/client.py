"""A client that asks again until it is answered, and remembers what it was promised."""

import asyncio

import httpx

_PAUSE = 0.2
_LONGEST = 90  # seconds; the house is never away so long


class Client:
    """*broken* are the answers that say the house has a bug."""

    def __init__(self, port, random):
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False, timeout=10
        )
        self.random, self.asked_again, self.broken = random, 0, []

    async def ask(self, method, path, user, body=None, key=None):
        """The first answer that is neither silence nor a plea to ask again later."""
        headers = {"Authorization": f"Bearer token-{user}"}
        if key:
            headers["Idempotency-Key"] = key
        async with asyncio.timeout(_LONGEST):
            while True:
                try:
                    answer = await self.http.request(method, path, json=body, headers=headers)
                except httpx.TransportError:
                    answer = None
                if answer is not None and not self._asks_for_patience(answer):
                    return answer
                self.asked_again += 1
                await asyncio.sleep(_PAUSE * (1 + self.random.random()))

    def _asks_for_patience(self, answer):
        if answer.status_code == 503:
            return True
        if answer.status_code >= 500:
            self.broken.append(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
            return True
        return answer.status_code == 409 and answer.json()["code"] == "overtaken"
