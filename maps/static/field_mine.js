// 待上传 and 我的: what has not arrived yet, what this phone can and cannot do, signing out.

import { ask, button, element, moment } from "./field_ask.js";
import { datum, datumChecked, far, here, permission, setDatum, unplaced } from "./field_here.js";
import { canSeal } from "./field_keep.js";
import { pickMap } from "./field_map.js";
import { acknowledge, flush, retry, word } from "./field_outbox.js";
import { held, leave, login, typedName } from "./field_tasks.js";
import { local } from "./field_task.js";
import { nameSheet } from "./field_sheets.js";

const MOVES = {
  receive: "签收", contact: "联系诉求人", arrive: "到场", done: "现场处置完成", "hand-back": "退回", place: "改位置",
  report: "上报", assign: "分派",
};

export function drawOutbox(where, items, redraw) {
  const bar = where.appendChild(element("div", "bar"));
  bar.appendChild(element("h1", "", "待上传"));
  bar.appendChild(button("立即上传", "plain", function () { flush().then(redraw); }));
  const own = items.filter(function (item) { return item.who === login(); });
  const list = where.appendChild(element("ul", "cards"));
  list.id = "outbox";
  own.forEach(function (item) {
    const card = list.appendChild(element("li", "card" + (item.state === "waiting" ? "" : " urgent")));
    card.dataset.state = item.state;
    const task = held.tasks.find(function (one) { return one.appeal_id === item.appeal; });
    const head = card.appendChild(element("span", "head"));
    head.appendChild(element("b", "", MOVES[item.move] || item.move));
    head.appendChild(element("span", "far", moment(local(item.at))));
    if (task) card.appendChild(element("span", "line", [task.class_name, task.address].filter(Boolean).join(" ")));
    card.appendChild(element("span", "line", word(item) + (item.reason ? "：" + item.reason : "") + (item.photos.length ? "（照片 " + item.photos.length + " 张）" : "")));
    if (item.state === "overtaken") card.appendChild(button("知道了", "main", function () { acknowledge(item.id).then(redraw); }));
    if (item.state === "refused") {
      card.appendChild(button("再传一次", "main", function () { retry(item.id).then(redraw); }));
      card.appendChild(button("放弃这一条", "plain wide", function (event) {
        if (event.target.dataset.sure) acknowledge(item.id).then(redraw);
        else {
          event.target.dataset.sure = "yes";
          event.target.textContent = "再点一次即删除，不能恢复";
        }
      }));
    }
  });
  if (!own.length) where.appendChild(element("p", "empty", "全部已上传。"));
  if (items.length > own.length) {
    where.appendChild(element("p", "note", "本机另有 " + (items.length - own.length) + " 条属于其他人员，待其本人登录后上传。"));
  }
}

function fact(where, words, good) {
  return where.appendChild(element("li", good ? "good" : "lack", words));
}

// What this browser gives, and in plain words what is lost where it does not.
function abilities(where) {
  const list = where.appendChild(element("ul", "able"));
  const worker = "serviceWorker" in navigator && window.isSecureContext;
  fact(list, worker ? "离线可打开：断网后关闭、刷新仍能进入。" : "不能离线打开（此环境没有离线组件）：断网后请不要关闭或刷新本页；已办的动作仍存在本机，联网后上传。", worker);
  fact(list, canSeal ? (held.packed ? "本班任务已加密存到本机，退出登录或到期即清除。" : "本班任务尚未存到本机。") : "不能加密（非 https）：任务不留存本机，断网后刷新看不到任务。", canSeal && held.packed);
  const place = fact(list, navigator.geolocation && window.isSecureContext ? "可取位置：只在打开列表、到场、完成、上报时取，不记轨迹。" : "不能取位置（非 https）：请在图上点选。", Boolean(navigator.geolocation && window.isSecureContext));
  permission().then(async function (state) {
    if (state !== "denied") return;
    place.className = "lack";
    place.textContent = await unplaced() + "到场、完成照常可办，只是不带位置。";
  });
}

function checkDatum(where, redraw) {
  const box = where.appendChild(element("section", "form"));
  box.appendChild(element("h2", "", "定位校验"));
  box.appendChild(element("p", "note", datumChecked() ? "已校验：" + (datum(held.shift) === "gcj02" ? "本机定位按偏移坐标换算。" : "本机定位不需换算。") : "首次使用请校验一次：有的工作应用给出的是偏移坐标，会差三五百米。"));
  const sheet = element("div");
  const start = button(datumChecked() ? "重新校验" : "开始校验", "plain wide", async function () {
    sheet.textContent = "正在取得位置…";
    const at = await here(held.shift);
    sheet.textContent = "";
    if (!at) {
      sheet.textContent = await unplaced();
      return;
    }
    sheet.appendChild(element("p", "", "图上圆圈是否就在您所站的地方？（误差约 " + far(Math.max(at.accuracy_m, 10)) + "）"));
    pickMap(sheet, at);
    const row = sheet.appendChild(element("div", "two"));
    row.appendChild(button("是，相符", "main", function () { setDatum(at.sent.datum); redraw(); }));
    row.appendChild(button("否，差几百米", "plain", async function () {
      setDatum(at.sent.datum === "gcj02" ? "wgs84" : "gcj02");
      start.click();
    }));
  });
  box.appendChild(start);
  box.appendChild(sheet);
}

export function drawMine(where, items, redraw) {
  where.appendChild(element("div", "bar")).appendChild(element("h1", "", "我的"));
  const name = held.session && held.session.open ? typedName() || "未填姓名" : held.session ? held.session.name : "";
  where.appendChild(element("p", "words", name));
  if (held.shift) where.appendChild(element("p", "note", "本班数据有效至 " + moment(held.shift.expires_at)));
  if (held.session && held.session.open) {
    const box = where.appendChild(element("div", "form"));
    box.appendChild(button("改姓名", "plain wide", function () { nameSheet(box, redraw); }));
  }
  abilities(where);
  checkDatum(where, redraw);
  if (!held.session || held.session.open) return;
  const waits = items.filter(function (item) { return item.who === login(); }).length;
  const out = where.appendChild(element("div", "form"));
  if (waits) out.appendChild(element("p", "note hot", "还有 " + waits + " 条未上传：退出后留在本机，您再次登录时上传。"));
  out.appendChild(button("退出登录", "plain wide", async function (event) {
    event.target.disabled = true;
    await leave(true);
    try {
      await ask("/api/session", { method: "DELETE" });
      location.assign("/login");
    } catch (error) {
      event.target.textContent = "本机任务已清除；没有网络，联网后请再点一次退出";
      event.target.disabled = false;
    }
  }));
}
