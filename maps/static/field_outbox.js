// What was done and has not reached the server: kept in the order in which it was done, sent again under
// the same key until the server has answered, never dropped by itself.
//
// The written rule (docs/field.md): the first at the server counts. A 409 with a state says that somebody
// else was first: the item is shown as 未生效, with who and when, until its owner has read it. Any other
// refusal marks the item with its reason. A lost network or an error of the server keeps it.

import { ask, newId, Refused, moment } from "./field_ask.js";
import { completeItem, contentsOf, dropItem, listItems, markItem, putItem } from "./field_keep.js";

const TELLING = { waiting: "待上传", overtaken: "未生效", refused: "未接受" };

let login = null;
let flushing = null;
let again = false;
let onChange = function () {};
let onTaken = function () {};
let onEnded = function () {};
let order = 0;

export function begin(who, changed, taken, ended) {
  login = who;
  onChange = changed;
  onTaken = taken;
  onEnded = ended;
}

export function word(item) { return TELLING[item.state]; }

export function items() { return listItems(); }

// Mine alone: on a phone that is handed on, nobody sends under another's name.
export async function mine() {
  return (await listItems()).filter(function (item) { return item.who === login; });
}

// The sooner of two actions comes first, also within one millisecond and when a clock was set back.
function nextOrder(waiting) {
  order = waiting.reduce(function (most, item) { return Math.max(most, item.order + 1); }, Math.max(order + 1, Date.now() * 1000));
  return order;
}

const HOLD_MS = 10000;

// Kept at once; where a position is still coming, the item is held back until it is there, or for ten
// seconds: a phone that is killed meanwhile sends it without.
export async function add(address, appeal, move, said, photos, coming) {
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); // or it is the first to go when a phone is full
  const item = {
    id: newId(), order: nextOrder(await listItems()), who: login, address: address, appeal: appeal, move: move,
    at: new Date().toISOString(), said: JSON.stringify(said), photos: photos || [], state: "waiting", reason: "",
    hold: coming ? Date.now() + HOLD_MS : 0,
  };
  await putItem(item);
  await onChange();
  if (!coming) flush();
  else coming.then(function (position) {
    return completeItem(item.id, JSON.stringify(Object.assign({}, said, { position: position })));
  }).then(flush, flush);
}

function body(contents) {
  if (!contents.photos.length) return { headers: { "Content-Type": "application/json" }, body: contents.said };
  const form = new FormData();
  form.append("said", contents.said);
  contents.photos.forEach(function (photo) { form.append("photo", photo, "photo.jpg"); });
  return { headers: {}, body: form };
}

const SLOWEST = 5; // bytes in a millisecond, of a network that still is one

async function send(item, contents) {
  const made = body(contents);
  const bytes = contents.photos.reduce(function (sum, photo) { return sum + photo.size; }, 0);
  return ask(item.address, {
    method: "POST",
    // Another tab may have signed in somebody else meanwhile: the server then takes nothing.
    headers: Object.assign({ "Idempotency-Key": item.id, "Wangge-Login": encodeURIComponent(item.who), Accept: "application/json" }, made.headers),
    body: made.body,
  }, 30000 + bytes / SLOWEST);
}

const LATER = [401, 408, 425, 429];

// Whether the next items may be tried; of a case on which the server itself failed, those of other cases.
async function settle(item, error, failing) {
  if (!(error instanceof Refused)) return false;
  if (error.status === 401) onEnded();
  if (error.status === 500) {
    failing.push(item.appeal || item.id);
    await markItem(item.id, "waiting", "服务器这次没有办成，会自动再传");
    return true;
  }
  if (error.status > 500 || LATER.indexOf(error.status) >= 0) return false;
  const found = error.problem;
  if (error.status === 409 && found.state_word) {
    const first = (found.who || "他人") + " 已于 " + moment(found.at) + " " + (found.move_word || "办理");
    await markItem(item.id, "overtaken", first + "，当前" + found.state_word);
  } else {
    await markItem(item.id, "refused", reason(error));
  }
  return true;
}

const FIELDS = {
  photo: "须有照片", reason: "请选择原因", words: "请写明情况", reached: "请选择联系结果", position: "位置无效",
  class_code: "请选择类别", lon: "位置无效", lat: "位置无效", unit: "请选择单位", who: "请填写经办人",
};

export function reason(error) {
  const found = error.problem;
  if (error.status === 403) return "没有此项权限，或不在您的网格";
  if (error.status === 404) return "没有这件诉求，或已不在您的网格";
  if (error.status === 409) return "与当前状态不符，请刷新后再办";
  if (error.status === 413) return "照片过大，服务器不收：请减少照片后重办，并告知系统管理员";
  // "field: reason in English"
  const field = found.errors && found.errors.length ? found.errors[0].field : String(found.detail || "").split(":")[0];
  return FIELDS[field.trim()] || "内容未被接受（" + error.status + "）";
}

async function once() {
  const waiting = (await mine()).filter(function (item) { return item.state === "waiting"; });
  const failing = [];
  for (const item of waiting) {
    if (failing.indexOf(item.appeal || item.id) >= 0) continue;
    const held = item.hold - Date.now();
    if (held > 0 && held <= HOLD_MS) {
      setTimeout(flush, held + 50); // what was done later waits behind it
      return;
    }
    let contents;
    try {
      contents = await contentsOf(item);
    } catch (error) {
      await markItem(item.id, "refused", "本机数据已无法读取");
      continue;
    }
    try {
      const answer = await send(item, contents);
      await dropItem(item.id);
      await onTaken(item, answer);
    } catch (error) {
      if (!(await settle(item, error, failing))) return;
    }
    await onChange();
  }
}

// One at a time in a page; two pages that send the same item send the same key.
export function flush() {
  if (!login && login !== "") return Promise.resolve();
  if (flushing) {
    again = true;
    return flushing;
  }
  flushing = once().catch(function () { /* nothing is lost: the next flush tries again */ }).then(function () {
    flushing = null;
    if (!again) return onChange();
    again = false;
    return flush();
  });
  return flushing;
}

// Its owner has read why an item did not count.
export async function acknowledge(id) {
  await dropItem(id);
  await onChange();
}

// What was refused is tried once more, under the same key.
export async function retry(id) {
  await markItem(id, "waiting", "");
  await onChange();
  return flush();
}
