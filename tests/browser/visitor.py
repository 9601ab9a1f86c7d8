"""Someone before the screen, who signs in, looks, presses keys, and notices what is wrong."""

from axe_playwright_python.sync_playwright import Axe

WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}


class Visitor:
    """*complaints*: what the browser said on the console, or could not fetch."""

    def __init__(self, context, town):
        self.context, self.town = context, town
        self.complaints = []
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path):
        self.page.goto(self.town + path)
        return self.page

    def flaws(self):
        """What axe finds against WCAG 2.2 AA on the page as it is, and what is wider than it."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return [*told, f"{wide} px wider than the screen"] if wide > 1 else told
