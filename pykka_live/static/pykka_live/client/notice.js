// The small notice that says that a page is no longer live, and offers to load it again.

const STYLE = `
  .pykka-live-notice {
    position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483647; max-width: calc(100vw - 4rem);
    display: flex; gap: 1rem; align-items: center; padding: 0.75rem 1rem;
    font: 1rem system-ui; color: #fff; background: #1f2430; border-radius: 0.5rem;
  }
  .pykka-live-notice button { padding: 0.5rem 1rem; font: inherit; }
`;

let notice = null;

/** Shows the notice, once. `texts` may hold `stopped` and `reload` in the page's language. */
export function showNotice({ stopped = "This page is no longer live.", reload = "Reload" } = {}) {
  if (notice?.isConnected) return;
  styleNotice();
  notice = document.createElement("div");
  notice.className = "pykka-live-notice";
  notice.setAttribute("role", "alert");
  const text = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = reload;
  button.addEventListener("click", () => location.reload());
  notice.append(text, button);
  document.body.append(notice);
  text.textContent = stopped;   // a change inside an alert is what screen readers announce
}

// A constructed style sheet needs no permission of a Content Security Policy.
function styleNotice() {
  if (notice) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
