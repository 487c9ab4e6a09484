// One task: what it is, what comes next, and the other moves.

import { button, copy, element, moment, tell } from "./field_ask.js";
import { far, here } from "./field_here.js";
import { add, word } from "./field_outbox.js";
import { placeSheet, reachedSheet, reasonSheet, resultSheet, assignSheet, nameSheet } from "./field_sheets.js";
import { away, detail, held, left, login, needsName, overlaid, signed } from "./field_tasks.js";

const NAMES = {
  receive: "签收", contact: "联系诉求人", arrive: "到场", done: "现场处置完成", "hand-back": "退回", assign: "分派",
};
const SENDS_PLACE = ["arrive", "done"];

// What one does next: to receive, to reach the caller, to go there, to have it done.
export function nextMove(task, items) {
  const lawful = function (move) { return task.moves.indexOf(move) >= 0; };
  const waits = function (move) {
    return items.some(function (item) { return item.appeal === task.appeal_id && item.move === move && item.state === "waiting"; });
  };
  if (lawful("receive")) return "receive";
  if (lawful("contact") && !task.contacted_at && !waits("contact")) return "contact";
  if (!lawful("done")) return null;
  return lawful("arrive") && task.state !== "on_site" && !waits("arrive") ? "arrive" : "done";
}

function line(where, name, words, className) {
  if (!words) return null;
  const row = where.appendChild(element("div", "fact" + (className ? " " + className : "")));
  row.appendChild(element("span", "", name));
  row.appendChild(element("span", "", words));
  return row;
}

function facts(where, task) {
  const box = where.appendChild(element("section", "facts"));
  line(box, "地点", [task.community, task.address].filter(Boolean).join(" ") || "未落点");
  line(box, "距离", far(away(task)));
  line(box, "编号", task.number);
  line(box, "受理", moment(task.received_at));
  if (!task.contacted_at && task.respond_by) line(box, "联系时限", moment(task.respond_by) + "，" + left(task.respond_by), task.late ? "hot" : "");
  if (task.handle_by) line(box, "办理时限", moment(task.handle_by) + "，" + left(task.handle_by), task.late ? "hot" : "");
  line(box, "经办", task.mine ? "我" : task.holder_name || task.holder);
  if (task.text || task.summary) where.appendChild(element("p", "words", task.text || task.summary));
}

function steps(where, task, items) {
  const waiting = items.filter(function (item) { return item.appeal === task.appeal_id; });
  if (!waiting.length && !(task.steps || []).length) return;
  const list = where.appendChild(element("ol", "steps"));
  list.setAttribute("aria-label", "办理经过");
  (task.steps || []).forEach(function (step) {
    const row = list.appendChild(element("li"));
    row.appendChild(element("b", "", step.move_word));
    const words = [moment(step.at), step.who === login() ? "我" : step.who, step.words].filter(Boolean).join(" · ");
    row.appendChild(document.createTextNode(" " + words));
  });
  waiting.forEach(function (item) {
    const row = list.appendChild(element("li", item.state === "waiting" ? "wait" : "hot"));
    row.appendChild(element("b", "", NAMES[item.move] || "改位置"));
    row.appendChild(document.createTextNode(" " + moment(local(item.at)) + " · " + word(item) + (item.reason ? "：" + item.reason : "")));
  });
}

// What the phone noted by its own clock, by that of the server and written as it writes.
export function local(iso) {
  const at = new Date(Date.parse(iso) + held.ahead_ms);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString();
}

function near(where, task) {
  const found = task.near || [];
  if (!found.length) return;
  const box = where.appendChild(element("details", "near"));
  box.appendChild(element("summary", "", "附近同类 " + found.length + " 件，可能重复"));
  const list = box.appendChild(element("ul"));
  found.forEach(function (one) {
    list.appendChild(element("li", "", [far(one.distance_m), one.class_name, one.state_word, moment(one.received_at), one.number].filter(Boolean).join(" · ")));
  });
}

function links(where, task) {
  const row = where.appendChild(element("div", "links"));
  (task.navigation || []).forEach(function (one) {
    const link = row.appendChild(element("a", "plain", "导航 " + one.name));
    link.href = one.url;
    link.rel = "noreferrer";
  });
  if (task.group_text) {
    row.appendChild(button("复制到工作群", "plain", async function (event) {
      event.target.textContent = (await copy(task.group_text)) ? "已复制，可粘贴到工作群" : "未能复制";
    }));
  }
  if (typeof task.lon === "number") {
    row.appendChild(button("复制地点", "plain", async function (event) {
      const words = [task.community, task.address, task.lon.toFixed(6) + "," + task.lat.toFixed(6)].filter(Boolean).join(" ");
      event.target.textContent = (await copy(words)) ? "已复制" : "未能复制";
    }));
  }
}

async function queue(task, move, said, photos) {
  const coming = SENDS_PLACE.indexOf(move) < 0 ? null
    : here(held.shift).then(function (place) { return place ? place.sent : null; });
  await add("/api/appeals/" + task.appeal_id + "/" + move, task.appeal_id, move, signed(Object.assign({
    seen: task.seen, client_at: new Date().toISOString(), position: null, words: "",
  }, said)), photos, coming);
}

const UNSHOWN = { 401: "登录已过期，请重新登录", 403: "没有此项权限", 404: "没有留存号码", 409: "已显示过一次，请先记录联系结果" };

function dialer(task, where) {
  const row = where.appendChild(element("div", "row"));
  if (task.dial) {
    row.appendChild(element("a", "main", "拨打诉求人电话")).href = task.dial;
  } else {
    row.appendChild(button("显示诉求人号码（记入审计）", "plain", async function (event) {
      event.target.disabled = true;
      try {
        const found = await tell("/api/field/tasks/" + task.appeal_id + "/phone", signed({}));
        const link = element("a", "main", found.phone);
        link.href = "tel:" + found.phone.replace(/[^\d+]/g, "");
        event.target.replaceWith(link);
      } catch (error) {
        event.target.textContent = UNSHOWN[error.status] || (error.status ? "服务器暂时不可用，请稍后再试" : "没有网络，号码不留存本机");
      }
    }));
  }
}

// What the phone has stands at once; what the server says more, or otherwise, is put in its place when it
// is there, unless something is being filled in.
export async function drawTask(where, id, items, redraw) {
  const known = held.details[id] || held.tasks.find(function (one) { return String(one.appeal_id) === id; });
  if (known) fill(where, known, items, redraw);
  if (known && known.steps && !(held.fresh && navigator.onLine)) return;
  const before = JSON.stringify(known);
  let task = known;
  let lacking = "这一件没有读到：请稍后再试，或联网后再看。";
  try {
    task = await detail(id);
  } catch (error) { // what is known stands
    lacking = "没有这件诉求，或已不在您的网格。";
  }
  if (!task) header(where).parentNode.appendChild(element("p", "empty", lacking));
  else if (JSON.stringify(task) !== before && !where.querySelector(".sheet > *")) fill(where, task, items, redraw);
}

function header(where) {
  const top = where.appendChild(element("div", "bar"));
  top.appendChild(element("a", "plain back", "‹ 任务")).href = "#tasks";
  return top;
}

function fill(where, said, items, redraw) {
  where.textContent = "";
  const top = header(where);
  const body = where.appendChild(element("div"));
  const task = overlaid(said, items);
  const act = element("div", "act");
  const head = top.appendChild(element("h1", "", task.class_name || "诉求"));
  head.appendChild(element("small", "tag", task.state_word));
  facts(body, task);
  const sheet = element("div", "sheet");
  // While a sheet is open it has the thumb's room to itself.
  new MutationObserver(function () { act.classList.toggle("opened", sheet.hasChildNodes()); }).observe(sheet, { childList: true });
  if (task.border && task.moves.length) {
    body.appendChild(button("边界待确认：请确认归属", "plain wide", function () {
      placeSheet(sheet, task, redraw, true);
    }));
  }
  links(body, task);
  near(body, task);
  steps(body, task, items);
  where.classList.add("one");
  where.appendChild(act);
  act.appendChild(sheet);
  act.appendChild(button("取消", "plain wide cancel", function () { sheet.textContent = ""; }));
  moves(act, sheet, task, items, redraw);
}

function moves(act, sheet, task, items, redraw) {
  const row = act.appendChild(element("div", "moves"));
  const next = nextMove(task, items);
  const start = async function (move) {
    if (!held.shift) await held.coming; // its words come a moment after the tasks
    if (!held.shift) return;
    const go = function () {
      sheet.textContent = "";
      open(sheet, task, move, redraw);
    };
    if (needsName()) nameSheet(sheet, go);
    else go();
  };
  if (next) row.appendChild(button(NAMES[next], "main", function () { start(next); })).dataset.move = next;
  const others = task.moves.filter(function (move) { return NAMES[move] && move !== next; });
  if (!others.length && !task.own) return;
  const more = row.appendChild(button("其他", "plain", function () {
    sheet.textContent = "";
    others.forEach(function (move) {
      sheet.appendChild(button(NAMES[move], "plain wide", function () { start(move); })).dataset.move = move;
    });
    sheet.appendChild(button("改位置", "plain wide", function () { placeSheet(sheet, task, redraw, false); }));
    more.setAttribute("aria-expanded", "true");
  }));
  more.setAttribute("aria-expanded", "false");
}

function open(sheet, task, move, redraw) {
  const send = function (said, photos) {
    return queue(task, move, said, photos).then(redraw);
  };
  if (move === "receive" || move === "arrive") {
    sheet.appendChild(element("p", "note", "正在保存…"));
    send({});
  } else if (move === "contact") {
    dialer(task, sheet);
    reachedSheet(sheet, send);
  } else if (move === "done") resultSheet(sheet, task, send);
  else if (move === "hand-back") reasonSheet(sheet, send);
  else if (move === "assign") assignSheet(sheet, task, send);
  const first = sheet.querySelector("a, button, textarea, select, input");
  if (first) first.focus();
}
