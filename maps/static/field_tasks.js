// The tasks on the phone: as the server has them, with what waits in the outbox laid over them.

import { ask, Refused } from "./field_ask.js";
import { distance, lastHere } from "./field_here.js";
import { canSeal, dropPack, getPack, putPack } from "./field_keep.js";

const CURSOR = "wangge-field-cursor";
const NAME = "wangge-field-name";

export const held = {
  session: null, shift: null, tasks: [], more: false, details: {}, fresh: false, packed: false, ahead_ms: 0, coming: null,
  trouble: "", // why the server's last word is not here: "net", "server" (it fails), "ended" (signed out), "denied"
};

// The server's clock: that of a phone may be wrong by hours.
export function now() { return Date.now() + held.ahead_ms; }

// Who acts: whoever signed in; where nobody has to, the name typed on this phone.
export function login() {
  return held.session && !held.session.open ? held.session.login : "";
}

export function typedName() { return localStorage.getItem(NAME) || ""; }

export function typeName(name) { localStorage.setItem(NAME, name.trim()); }

export function needsName() {
  return Boolean(held.session && held.session.open && !typedName());
}

export function signed(said) {
  return held.session && held.session.open ? Object.assign({ who: typedName() }, said) : said;
}

let packing = Promise.resolve(); // one after the other: what is being written is gone with the pack
let out = false; // somebody signed out here: this page packs no more

// Takes the pack off the phone; for good where somebody signs out, whether the server hears of it or not.
export async function leave(forGood) {
  out = out || Boolean(forGood);
  packing = packing.then(dropPack).catch(function () { /* a store that does not open gives nothing away either */ });
  await packing;
  held.packed = false;
  localStorage.removeItem(CURSOR);
}

export function over(shift) { return Boolean(shift) && Date.parse(shift.expires_at) <= now(); }

// What the server wrote into the page: the first list is drawn without asking for it.
export function given() {
  const written = document.getElementById("first");
  if (!written) return false;
  const first = JSON.parse(written.textContent);
  written.remove();
  arrived(first.session, first.tasks);
  return true;
}

function arrived(session, tasks) {
  if (held.session && held.session.login !== session.login) held.details = {};
  Object.assign(held, { session: session, tasks: tasks.items, more: tasks.more, fresh: true, trouble: "", ahead_ms: Date.parse(tasks.now) - Date.now() });
}

// What a shift before has packed, if it still holds; what has come from the server since is newer.
export async function unpack() {
  const pack = await getPack();
  if (!pack) return false;
  if (!held.fresh) held.ahead_ms = pack.ahead_ms;
  if (over(pack.shift)) {
    await leave();
    return false;
  }
  if (!held.fresh) Object.assign(held, { session: pack.session, tasks: pack.tasks });
  if (pack.session.login !== held.session.login) return false;
  Object.assign(held, { shift: held.shift || pack.shift, details: Object.assign(pack.details, held.details), packed: true });
  return true;
}

function pack() {
  packing = packing.then(async function () {
    if (out) return;
    try {
      held.packed = await putPack({ session: held.session, shift: held.shift, tasks: held.tasks, details: held.details, ahead_ms: held.ahead_ms });
    } catch (error) {
      held.packed = false; // a full or forbidden store: the page says that nothing is kept
    }
  });
  return packing;
}

// Everything anew from the server; false where it was not reached. `soon` is called when the tasks are
// there: classes and grids may come later.
export function refresh(soon) {
  held.coming = anew(soon);
  return held.coming;
}

async function anew(soon) {
  const since = localStorage.getItem(CURSOR);
  const asking = [
    ask("/api/session"),
    ask("/api/field/tasks?limit=200" + (since ? "&since=" + encodeURIComponent(since) : "")),
    ask("/api/field/shift"),
  ];
  try {
    const found = await Promise.all(asking.slice(0, 2));
    arrived(found[0], found[1]);
    localStorage.setItem(CURSOR, found[1].cursor);
    if (soon) soon();
    held.shift = await asking[2];
  } catch (error) {
    asking[2].catch(function () { /* told by the first that failed */ });
    held.trouble = !(error instanceof Refused) ? "net" : { 401: "ended", 403: "denied" }[error.status] || "server";
    if (held.trouble === "ended") await leave();
    return false;
  }
  return true;
}

// The details of what is in one's hands, for the time without a network; then the whole is sealed.
export async function packAhead() {
  if (!canSeal) return;
  await pack();
  const missing = held.tasks.filter(function (task) {
    const known = held.details[task.appeal_id];
    return task.own && (!known || known.stale || known.seen !== task.seen);
  }).slice(0, 60);
  for (const task of missing) {
    try {
      held.details[task.appeal_id] = await ask("/api/field/tasks/" + task.appeal_id);
    } catch (error) {
      if (!(error instanceof Refused)) return;
    }
  }
  const there = new Set(held.tasks.map(function (task) { return String(task.appeal_id); }));
  Object.keys(held.details).forEach(function (id) { if (!there.has(id)) delete held.details[id]; });
  if (missing.length) await pack();
}

export async function detail(id) {
  try {
    const found = await ask("/api/field/tasks/" + id);
    take(found);
    return found;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) throw error;
    if (error instanceof Refused && error.status === 401) held.trouble = "ended";
    return held.details[id] || held.tasks.find(function (task) { return String(task.appeal_id) === String(id); });
  }
}

// The server's last word on a task, whole or what a move has changed of it.
export function take(task, move) {
  if (!task || !task.appeal_id) return;
  const whole = task.summary !== undefined;
  if (move === "contact" && task.at) task = Object.assign({ contacted_at: task.at }, task);
  if (task.holder !== undefined && !whole) task = Object.assign({ mine: task.holder === login() }, task);
  const known = held.details[task.appeal_id];
  if (whole) held.details[task.appeal_id] = task;
  else if (known) held.details[task.appeal_id] = Object.assign({}, known, task, { stale: true });
  const at = held.tasks.findIndex(function (one) { return one.appeal_id === task.appeal_id; });
  if (at >= 0) held.tasks[at] = Object.assign({}, held.tasks[at], task, { new: false });
  pack();
}

const AFTER = {
  receive: ["已签收", ["contact", "arrive", "done", "hand-back"]],
  arrive: ["已到场", ["contact", "done", "hand-back"]],
  done: ["现场处置完成", []],
  "hand-back": ["已退回", []],
};

// A task as it will stand when what waits has arrived.
export function overlaid(task, items) {
  const mine = items.filter(function (item) { return item.appeal === task.appeal_id && item.state === "waiting"; });
  return mine.reduce(function (now, item) {
    const after = AFTER[item.move];
    if (item.move === "contact") return Object.assign({}, now, { waits: mine.length, contacted_at: now.contacted_at || item.at });
    if (!after) return Object.assign({}, now, { waits: mine.length });
    return Object.assign({}, now, { waits: mine.length, state_word: after[0], moves: after[1], mine: true });
  }, task);
}

export function away(task) {
  const at = lastHere();
  if (at && typeof task.lon === "number") return distance(at, task);
  return typeof task.distance_m === "number" ? task.distance_m : null;
}

// Own first; nearest first where the phone's position is known, else what is due first.
export function ordered(tasks) {
  const due = function (task) { return task.respond_by || task.handle_by || "9"; };
  return tasks.slice().sort(function (a, b) {
    if (a.own !== b.own) return a.own ? -1 : 1;
    const x = away(a);
    const y = away(b);
    if (x !== null && y !== null && x !== y) return x - y;
    if ((x === null) !== (y === null)) return x === null ? 1 : -1;
    return due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : 0;
  });
}

// How long there is until a limit, on the server's clock.
export function left(iso) {
  if (!iso) return "";
  const minutes = Math.round((Date.parse(iso) - now()) / 60000);
  const size = Math.abs(minutes);
  const words = size < 60 ? size + " 分钟" : size < 2880 ? Math.floor(size / 60) + " 小时" : Math.floor(size / 1440) + " 天";
  return minutes < 0 ? "超期 " + words : "剩 " + words;
}
