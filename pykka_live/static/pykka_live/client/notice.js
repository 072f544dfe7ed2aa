// The small notice that says that a page is no longer live, and offers to load it again.

const STYLE =
  ".pykka-live-notice{position:fixed;inset:auto 1rem 1rem auto;z-index:999999;" +
  "display:flex;gap:1rem;padding:1rem;color:#fff;background:#222}";

let notice = null;

/** Shows the notice, once. The texts may be there in the page's language. */
export function showNotice({ liveNotice = "This page is no longer live.", liveReload = "Reload" }) {
  if (notice?.isConnected) return;
  if (!notice) addStyle();
  const button = document.createElement("button");
  button.textContent = liveReload;
  button.onclick = () => location.reload();
  notice = document.createElement("div");
  notice.className = "pykka-live-notice";
  notice.role = "alert";
  notice.append(button);
  document.body.append(notice);
  notice.prepend(liveNotice);   // a change inside an alert is what screen readers announce
}

// A constructed style sheet needs no permission of a Content Security Policy.
function addStyle() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets.push(sheet);
}
