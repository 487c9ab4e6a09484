// Asking the server, and elements of the page.

// A script or a style that is not there from the beginning.
export function load(tag, attributes) {
  return new Promise(function (done, failed) {
    const made = Object.assign(document.createElement(tag), attributes);
    made.addEventListener("load", done);
    made.addEventListener("error", failed);
    document.head.appendChild(made);
  });
}

export function element(tag, className, words) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words !== undefined && words !== null) made.textContent = words;
  return made;
}

export function button(words, className, act) {
  const made = element("button", className, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

export class Refused extends Error {
  constructor(status, problem) {
    super(String(status));
    this.status = status;
    this.problem = problem || {};
  }
}

const PATIENCE_MS = 30000;

// JSON of an address; Refused where the server says no, another error where it is not reached. A network
// that has died without a word would hold the asker for ever: it is given up after a while.
export async function ask(address, options, patience) {
  const stop = new AbortController();
  const timer = setTimeout(function () { stop.abort(); }, patience || PATIENCE_MS);
  try {
    const answer = await fetch(address, Object.assign({ headers: { Accept: "application/json" }, cache: "no-store", signal: stop.signal }, options));
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
    let problem = null;
    try { problem = await answer.json(); } catch (error) { /* not from us */ }
    throw new Refused(answer.status, problem);
  } finally {
    clearTimeout(timer);
  }
}

export function tell(address, value) {
  return ask(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(value),
  });
}

// A random version 4 identifier, also on plain http, where crypto.randomUUID is not.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join("");
  return hex.slice(0, 8) + "-" + hex.slice(8, 12) + "-" + hex.slice(12, 16) + "-" + hex.slice(16, 20) + "-" + hex.slice(20);
}

// 11月1日 08:30 on the jurisdiction's clock: the server wrote the digits with their own offset.
export function moment(iso) {
  const found = /^\d{4}-(\d{2})-(\d{2})[T ](\d{2}:\d{2})/.exec(iso || "");
  return found ? Number(found[1]) + "月" + Number(found[2]) + "日 " + found[3] : "";
}

// Words into the clipboard; true where it worked. The old way serves webviews and plain http.
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch (error) {
    const box = document.body.appendChild(element("textarea", "away"));
    box.value = words;
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
