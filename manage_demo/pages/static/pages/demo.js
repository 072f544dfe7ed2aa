// Shows what the live client reports: errors come as `live:error` events, with a code and a message.
"use strict";

const incidents = document.querySelector("[data-incidents]");
const KEPT = 5;
const SHOWN = 8000; // ms, for those that cover the page

function report(code, message, name) {
  const item = document.createElement("li");
  const title = document.createElement("b");
  const text = document.createElement("span");
  title.textContent = name ? `${name}: ${code}` : code;
  text.textContent = message;
  item.append(title, text);
  incidents.prepend(item);
  while (incidents.children.length > KEPT) incidents.lastElementChild.remove();
  if (incidents.matches(".toasts")) setTimeout(() => item.remove(), SHOWN);
}

if (incidents) {
  document.addEventListener("live:error", ({ detail }) => report(detail.code, detail.message, detail.name));
  document.addEventListener("live:stopped", ({ detail }) => report(detail.code ?? "stopped", detail.message ?? ""));
}
