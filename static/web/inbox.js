// The inbox in a browser: keys, many rows at once, and news that never moves what is under the hand.
"use strict";
(() => {
  const table = document.getElementById("inbox-table");
  const rows = table ? [...table.tBodies[0].rows] : [];
  const form = document.getElementById("inbox-form");
  const boxes = rows.map((row) => row.querySelector("input[name=task]"));

  // --- Keys: the row with the focus on its link is where the reader is.
  const dialog = document.getElementById("keys");
  const useKeys = document.getElementById("use-keys");
  useKeys.checked = localStorage.getItem("keys") !== "off";
  useKeys.addEventListener("change", () => localStorage.setItem("keys", useKeys.checked ? "on" : "off"));
  const showKeys = document.getElementById("show-keys");
  showKeys.classList.remove("d-none");
  showKeys.addEventListener("click", () => dialog.showModal());
  document.getElementById("close-keys").addEventListener("click", () => dialog.close());

  const here = () => rows.findIndex((row) => row.classList.contains("is-here"));
  const stand = (number) => {
    if (!rows.length) return;
    const next = Math.min(Math.max(number, 0), rows.length - 1);
    rows.forEach((row, at) => row.classList.toggle("is-here", at === next));
    rows[next].querySelector(".inbox-open").focus();
    rows[next].scrollIntoView({ block: "nearest" });
  };
  rows.forEach((row, at) => row.addEventListener("focusin", () => {
    rows.forEach((other, number) => other.classList.toggle("is-here", number === at));
  }));
  const press = (act) => rows[here()]?.querySelector(`[data-act=${act}]`)?.click();
  const keys = {
    j: () => stand(here() + 1),
    k: () => stand(here() - 1),
    x: () => { const box = boxes[here()]; if (box) { box.checked = !box.checked; tellChosen(); } },
    c: () => press("claim"),
    r: () => press("release"),
    n: () => document.getElementById("next-form").requestSubmit(),
    "/": () => document.getElementById("inbox-text").focus(),
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!useKeys.checked && event.key !== "?") return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // --- Many rows at once.
  const chosen = () => boxes.filter((box) => box.checked);
  const counter = document.querySelector(".inbox-chosen");
  const plain = counter?.textContent;
  const tellChosen = () => {
    const number = chosen().length;
    counter.textContent = number ? counter.dataset.text.replace("#", number) : plain;
  };
  boxes.forEach((box) => box.addEventListener("change", tellChosen));
  const all = document.getElementById("choose-all");
  if (all) {
    all.parentElement.classList.remove("d-none");
    all.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
      tellChosen();
    });
  }
  // In small portions, so that one sees how far it is; what was refused is told by the last answer.
  const PORTION = 20;
  const send = async (name, act, tasks) => {
    const body = new FormData(form);
    body.delete("task");
    tasks.forEach((task) => body.append("task", task));
    body.set(name, act);
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  form?.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const tasks = chosen().map((box) => box.value);
    if (button?.name !== "act" || tasks.length <= PORTION || event.defaultPrevented) return;
    event.preventDefault();
    const progress = document.getElementById("bulk-progress");
    progress.classList.remove("d-none");
    progress.max = tasks.length;
    const refused = [];
    try {
      for (let at = 0; at < tasks.length; at += PORTION) {
        const result = await send("act", button.value, tasks.slice(at, at + PORTION));
        refused.push(...result.rows.filter((row) => !row.is_done).map((row) => row.task_id));
        progress.value = at + PORTION;
      }
    } catch { /* The server's own page says what is wrong. */ }
    if (refused.length) {
      // Asked once more in the plain way, they are refused once more, each with its sentence.
      boxes.forEach((box) => { box.checked = refused.includes(Number(box.value)); });
      const again = document.createElement("input");
      again.type = "hidden"; again.name = "act"; again.value = button.value;
      form.append(again);
      form.submit();
    } else {
      location.reload();
    }
  });

  // --- Narrowing at once when something is chosen.
  document.addEventListener("change", (event) => {
    const filters = event.target.closest("#inbox-filters");
    if (filters) filters.requestSubmit();
  });

  // --- News.
  const news = document.getElementById("inbox-news");
  const fresh = new Set();
  const say = (number) => (number === 1 ? news.dataset.one : news.dataset.many.replace("#", number));
  const tell = () => {
    news.textContent = `${say(fresh.size)} – `;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = news.dataset.show;
    news.append(link);
  };
  const mark = (task, text, isGone) => {
    const row = rows.find((one) => Number(one.dataset.task) === task);
    if (!row) return;
    row.classList.toggle("is-gone", isGone);
    const badge = row.querySelector(".badge-news") ?? document.createElement("span");
    badge.className = "badge badge-info badge-news";
    badge.textContent = text;
    row.querySelector(".inbox-marks").append(badge);
    if (isGone) row.querySelectorAll("button, input").forEach((one) => { one.disabled = true; });
  };
  const recount = () => {
    if (document.activeElement?.closest("#inbox-filters, #inbox-tabs")) return;
    const counting = document.getElementById("inbox-counting");
    if (counting) htmx.trigger(counting, "recount");
  };
  let counting;
  const source = new EventSource("/inbox/events");
  source.addEventListener("tasks", (event) => {
    const told = JSON.parse(event.data);
    (told.opened ?? []).forEach((task) => fresh.add(task));
    (told.closed ?? []).forEach((task) => { fresh.delete(task); mark(task, news.dataset.gone, true); });
    (told.changed ?? []).forEach((task) => mark(task, news.dataset.changed, false));
    if (fresh.size) tell();
    clearTimeout(counting);
    counting = setTimeout(recount, 3000);
  });
  window.addEventListener("pagehide", () => source.close());
})();
