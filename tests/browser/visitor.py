"""Someone before the screen, who signs in, looks, presses keys, and notices what is wrong."""

from axe_playwright_python.sync_playwright import Axe

WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],  # of all else axe need not describe each element
}
# Marks all that can be seen and pressed; of a group of radio buttons one is enough.
FIND = """() => {
  const seen = (one) => one.checkVisibility({checkVisibilityCSS: true}) && !one.disabled;
  const groups = new Set();
  let number = 0;
  for (const one of document.querySelectorAll(
      "a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!seen(one) || one.type === "hidden" || one.tabIndex < 0) continue;
    if (one.type === "radio") {
      const group = one.form ? [...document.forms].indexOf(one.form) + one.name : one.name;
      if (groups.has(group)) continue;
      groups.add(group);
    }
    one.dataset.found = number++;
  }
  document.body.focus();
  return number;
}"""
HERE = """() => {
  const one = document.activeElement, name = one.name;
  const marked = one.type === "radio" && one.dataset.found === undefined
    ? [...(one.form || document).querySelectorAll("input[type=radio]")].find(
        (other) => other.name === name && other.dataset.found !== undefined) : one;
  return marked && marked.dataset.found !== undefined ? Number(marked.dataset.found) : null;
}"""
PARTS = 4  # a field for a day is stopped at for day, month, year and calendar
NAME = "(n) => document.querySelector(`[data-found='${n}']`).outerHTML.slice(0, 120)"


class Visitor:
    """*complaints*: what the browser said on the console, or could not fetch."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.complaints = []
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, role):
        """At the town's own provider, which asks nobody for a password."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.locator(f"a[href*='hint=visitor-{role}']").click()
        self.page.wait_for_selector(".portal-user")

    def open(self, path):
        """And say why, where a page asks: a citizen has called."""
        self.page.goto(self.address + path)
        if "/purpose?" in self.page.url:
            self.page.locator("button[value=enquiry]").click()
            self.page.wait_for_url(lambda address: "/purpose" not in address)
        return self.page

    def flaws(self):
        """What axe finds against WCAG 2.2 AA on the page as it is, and what is wider than it."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return [*told, f"{wide} px wider than the screen"] if wide > 1 else told

    def unreached(self):
        """What can be pressed with a mouse, but not come to with the tabulator key."""
        number = self.page.evaluate(FIND)
        reached = set()
        for _ in range(number + PARTS * self.page.locator("input[type=date]").count() + 5):
            self.page.keyboard.press("Tab")
            reached.add(self.page.evaluate(HERE))
            if len(reached - {None}) == number:
                break
        return [self.page.evaluate(NAME, one) for one in sorted(set(range(number)) - reached)]
