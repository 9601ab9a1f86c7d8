/* How many small amounts are chosen, and what they come to. */

"use strict";

const form = document.querySelector(".small-amounts");
const told = document.getElementById("chosen");

function tell() {
  const chosen = [...form.querySelectorAll("input[name=claim]:checked")];
  const ore = chosen.reduce((sum, one) => sum + Number(one.dataset.ore), 0);
  const kroner = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2 });
  told.textContent = told.dataset.words
    .replace("COUNT", String(chosen.length))
    .replace("AMOUNT", kroner.format(ore / 100));
}

if (form && told) {
  form.addEventListener("change", tell);
  tell();
}
