// 上报: something seen on the way, an event (事件) or a part of the city (部件).

import { button, element, tell } from "./field_ask.js";
import { far, here, rough, unplaced } from "./field_here.js";
import { pickMap } from "./field_map.js";
import { add } from "./field_outbox.js";
import { chooser, labelled, nameSheet, photos } from "./field_sheets.js";
import { held, needsName, signed } from "./field_tasks.js";

const PAUSE_MS = 600;

// A tree of classes as one list: branches name their leaves.
function classList() {
  const all = held.shift.classes;
  const parents = new Set(all.map(function (one) { return one.parent; }));
  return all.filter(function (one) { return !parents.has(one.code); })
    .map(function (one) { return [one.code, one.code.split("/").join(" › ")]; });
}

export function drawReport(where, redraw) {
  where.appendChild(element("div", "bar")).appendChild(element("h1", "", "上报"));
  if (!held.shift) {
    where.appendChild(element("p", "empty", "正在读取…"));
    return;
  }
  const form = where.appendChild(element("div", "form"));
  if (needsName()) {
    nameSheet(form, redraw);
    return;
  }
  const kinds = form.appendChild(element("div", "two"));
  kinds.setAttribute("role", "group");
  kinds.setAttribute("aria-label", "事件或部件");
  let kind = "event";
  [["event", "事件"], ["part", "部件"]].forEach(function (one) {
    const choice = kinds.appendChild(button(one[1], "plain", function () {
      kind = one[0];
      Array.from(kinds.children).forEach(function (other) { other.setAttribute("aria-pressed", String(other === choice)); });
    }));
    choice.setAttribute("aria-pressed", String(one[0] === kind));
  });
  const words = labelled(form, "看到了什么", element("textarea"));
  words.maxLength = 500;
  const ideas = form.appendChild(element("div", "ideas"));
  ideas.setAttribute("role", "status");
  const code = labelled(form, "类别", chooser(classList(), "请选择"));
  const read = photos(form, "拍照");
  const doubles = form.appendChild(element("div", "doubles"));
  doubles.setAttribute("role", "status");
  const place = element("div");
  const pick = pickMap(place, null);
  form.appendChild(element("p", "field", "位置（点图可改）"));
  const placed = form.appendChild(element("p", "note"));
  placed.setAttribute("role", "status");
  form.appendChild(place);
  suggest(words, ideas, code);
  const look = function () {
    placed.textContent = "";
    near(pick.point(), code.value, doubles);
  };
  code.addEventListener("change", look);
  place.addEventListener("picked", look);
  const said = form.appendChild(element("p", "note"));
  said.setAttribute("role", "status");
  here(held.shift).then(async function (at) {
    const why = at ? "定位误差约 " + far(at.accuracy_m) + "：请在图上点准位置。" : await unplaced() + "也可在图上点选。";
    if (pick.point() || !place.isConnected) return;
    if (at && !rough(at)) {
      pick.move(at);
      return;
    }
    placed.textContent = why;
    if (at) pick.show(at);
  });
  form.appendChild(button("上报", "main", async function (event) {
    const at = pick.point();
    const missing = !words.value.trim() ? "请写明看到了什么。" : !code.value ? "请选择类别。" : !at ? "请在图上点选位置。" : "";
    said.textContent = missing;
    if (missing) return;
    event.target.disabled = true;
    const pictures = await read();
    await add("/api/field/reports", null, "report", signed({
      kind: kind, class_code: code.value, words: words.value.trim(), lon: at.lon, lat: at.lat, accuracy_m: at.accuracy_m,
      datum: "wgs84", client_at: new Date().toISOString(),
    }), pictures);
    location.hash = "outbox";
  }));
}

// The server's idea of the class, while one writes; without a network one chooses.
function suggest(words, ideas, code) {
  let timer = null;
  words.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(async function () {
      const asked = words.value.trim();
      if (asked.length < 4) return;
      try {
        const found = await tell("/api/field/suggest", { words: asked });
        if (words.value.trim() !== asked) return;
        ideas.textContent = "";
        found.items.forEach(function (one) {
          ideas.appendChild(button(one.code.split("/").join(" › "), "plain", function () {
            code.value = one.code;
            code.dispatchEvent(new Event("change"));
          }));
        });
      } catch (error) {
        ideas.textContent = "";
      }
    }, PAUSE_MS);
  });
}

async function near(at, code, box) {
  box.textContent = "";
  if (!at || !code) return;
  try {
    const found = await tell("/api/field/near", { lon: at.lon, lat: at.lat, datum: "wgs84", class_code: code });
    box.textContent = "";
    if (!found.near.length) return;
    box.appendChild(element("b", "", "附近已有同类 " + found.near.length + " 件，请先看是否重复："));
    const list = box.appendChild(element("ul"));
    found.near.forEach(function (one) {
      list.appendChild(element("li", "", [far(one.distance_m), one.class_name, one.state_word].filter(Boolean).join(" · ")));
    });
  } catch (error) {
    box.textContent = "";
  }
}
