// A task's screen in a browser: only what an answer asks for is open, plans are reckoned while
// the slider moves, and half a minute is counted down. All of it works without, too.
"use strict";

const form = document.getElementById("answer");

function showWhatIsAsked() {
  for (const choice of form.querySelectorAll(".choice")) {
    const asks = choice.querySelector(".choice-asks");
    if (asks) asks.hidden = !choice.querySelector("input[name=outcome]").checked;
  }
}

if (form) {
  showWhatIsAsked();
  form.addEventListener("change", (event) => {
    if (event.target.name === "outcome") showWhatIsAsked();
  });

  // Months or an amount: what is set last counts. The slider is another hand on the months.
  const slider = document.getElementById("months-slider");
  if (slider) {
    const months = document.getElementById("months"), monthly = document.getElementById("monthly");
    const reckon = () => document.body.dispatchEvent(new Event("reckon"));
    let waiting;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(reckon, 120); };
    slider.addEventListener("input", () => { months.value = slider.value; monthly.value = ""; soon(); });
    months.addEventListener("input", () => { slider.value = months.value || 1; if (months.value) monthly.value = ""; soon(); });
    monthly.addEventListener("input", () => { if (monthly.value) months.value = ""; soon(); });
    for (const other of form.querySelectorAll("#first-due, #low-income, #yearly-income, #has-children, #income, #rent, #other-costs, input[name=claims]"))
      other.addEventListener("change", soon);
  }

  // Whoever begins shall write at once; without a script the page is read again.
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
}

// Half a minute to think again.
const answered = document.querySelector(".answered[data-seconds]");
if (answered) {
  const undo = answered.querySelector(".undo"), left = answered.querySelector(".undo-left");
  const until = performance.now() + Number(answered.dataset.seconds) * 1000;
  const count = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds <= 0) { undo.remove(); clearInterval(ticking); return; }
    left.textContent = `(${seconds})`;
  };
  const ticking = setInterval(count, 1000);
  count();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || event.ctrlKey || event.metaKey || event.altKey || !undo.isConnected) return;
    if (event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    undo.requestSubmit();
  });
}

// Who else has the task on the screen; told anew only when it has changed, for those who listen.
const presence = document.getElementById("presence");
if (presence) {
  let last = "";
  const lookAround = async () => {
    if (document.hidden) return;
    const answer = await csrfFetch(`/tasks/${presence.dataset.task}/presence`, { method: "POST" }).catch(() => null);
    const piece = answer?.ok && !answer.redirected ? await answer.text() : "";
    const names = new DOMParser().parseFromString(piece, "text/html").body.textContent.trim();
    if (names !== last) presence.textContent = last = names;
  };
  lookAround();
  setInterval(lookAround, 20_000);
  document.addEventListener("visibilitychange", lookAround);
}
