// The sheets above the thumb: each asks for what the server cannot know, and nothing else.

import { button, element } from "./field_ask.js";
import { far, here, rough, unplaced } from "./field_here.js";
import { pickMap } from "./field_map.js";
import { add } from "./field_outbox.js";
import { shrink } from "./field_photo.js";
import { held, signed, typeName } from "./field_tasks.js";

function title(where, words) { where.appendChild(element("h2", "", words)); }

export function labelled(where, words, input) {
  const label = where.appendChild(element("label", "field", words));
  label.appendChild(input);
  return input;
}

export function chooser(choices, none) {
  const input = element("select");
  (none ? [["", none]] : []).concat(choices).forEach(function (one) {
    input.appendChild(element("option", "", one[1])).value = one[0];
  });
  return input;
}

// On a site where nobody signs in, the name is asked once and kept on this phone.
export function nameSheet(sheet, then) {
  sheet.textContent = "";
  title(sheet, "经办人");
  const input = labelled(sheet, "姓名（本机只问一次）", element("input"));
  input.maxLength = 100;
  input.autocomplete = "name";
  sheet.appendChild(button("确定", "main", function () {
    if (!input.value.trim()) return;
    typeName(input.value);
    then();
  }));
  input.focus();
}

export function reachedSheet(sheet, send) {
  title(sheet, "联系结果");
  const row = sheet.appendChild(element("div", "two"));
  held.shift.reached.forEach(function (one) {
    row.appendChild(button(one.word, one.key === "reached" ? "main" : "plain", function () { send({ reached: one.key }); }))
      .dataset.reached = one.key;
  });
}

const UNREADABLE = "这张照片无法读取，请重拍。";
const HEIC = "手机把照片存成了 HEIC 格式，这里读不了：请在相机设置里把格式改为 JPG（“兼容性最佳”）后重拍。";

// Photos as small ones, with a way to take one away; gives a function that reads them, when the last one
// is made small too.
export function photos(where, words) {
  const most = held.shift && held.shift.photo ? held.shift.photo.most : 4;
  const longest = held.shift && held.shift.photo ? held.shift.photo.longest_side : 1280;
  const kept = [];
  let making = Promise.resolve();
  const label = where.appendChild(element("label", "plain wide photo", words));
  const input = label.appendChild(element("input"));
  input.type = "file";
  input.accept = "image/*";
  input.setAttribute("capture", "environment");
  const strip = where.appendChild(element("div", "strip"));
  const said = where.appendChild(element("p", "note"));
  said.setAttribute("role", "status");
  input.addEventListener("change", function () {
    const file = input.files[0];
    input.value = "";
    if (file) making = making.then(function () { return take(file); });
  });
  async function take(file) {
    if (kept.length >= most) {
      said.textContent = "最多 " + most + " 张。";
      return;
    }
    said.textContent = "正在压缩照片…";
    try {
      const small = await shrink(file, longest);
      kept.push(small);
      const image = element("img");
      image.alt = "现场照片 " + kept.length;
      image.src = URL.createObjectURL(small);
      const drop = button("", "drop", function () {
        kept.splice(kept.indexOf(small), 1);
        drop.remove();
        said.textContent = "已删去一张，共 " + kept.length + " 张。";
        where.dispatchEvent(new Event("photos"));
      });
      drop.setAttribute("aria-label", "删去这张照片");
      drop.appendChild(image);
      strip.appendChild(drop);
      said.textContent = "照片 " + kept.length + " 张，约 " + Math.round(small.size / 1024) + " KB，已去除拍摄信息。点照片可删去。";
    } catch (error) {
      said.textContent = /hei[cf]/i.test(file.type + file.name) ? HEIC : UNREADABLE;
    }
    where.dispatchEvent(new Event("photos"));
  }
  return async function () {
    await making;
    return kept;
  };
}

export function resultSheet(sheet, task, send) {
  title(sheet, "现场处置完成");
  const read = photos(sheet, task.needs_photo ? "拍照（这类诉求须有照片）" : "拍照（可不拍）");
  const words = labelled(sheet, "处置情况（可不填）", element("textarea"));
  words.maxLength = 500;
  let sending = false;
  const done = sheet.appendChild(button("确认完成", "main done", async function () {
    sending = done.disabled = true;
    send({ words: words.value.trim() }, await read());
  }));
  done.dataset.confirm = "done";
  done.disabled = Boolean(task.needs_photo);
  sheet.addEventListener("photos", async function () {
    done.disabled = sending || (task.needs_photo && !(await read()).length);
  });
}

export function reasonSheet(sheet, send) {
  title(sheet, "退回");
  const reason = labelled(sheet, "原因", chooser(held.shift.hand_back_reasons.map(function (one) { return [one.key, one.word]; })));
  const words = labelled(sheet, "依据与说明", element("textarea"));
  words.maxLength = 500;
  const said = sheet.appendChild(element("p", "note"));
  said.setAttribute("role", "status");
  sheet.appendChild(button("确认退回", "main", function () {
    if (!words.value.trim()) {
      said.textContent = "请写明依据，接手的人才知道为什么。";
      words.focus();
      return;
    }
    send({ reason: reason.value, words: words.value.trim() });
  }));
}

export function assignSheet(sheet, task, send) {
  title(sheet, "分派");
  const people = (task.workers || []).map(function (one) { return [one.login, one.name]; });
  const person = labelled(sheet, "人员", chooser(people, "请选择"));
  sheet.appendChild(button("确认分派", "main", function () {
    if (person.value) send({ person: person.value });
    else person.focus();
  }));
}

// Where a task really lies: by the map, or, at a border, by the unit that one has found to be right.
export function placeSheet(sheet, task, redraw, border) {
  sheet.textContent = "";
  title(sheet, border ? "这件诉求属于哪里" : "改位置");
  const address = "/api/field/tasks/" + task.appeal_id + "/place";
  const send = function (said) {
    return add(address, task.appeal_id, "place", signed(said), []).then(redraw);
  };
  if (border) {
    (task.candidates || []).forEach(function (one) {
      sheet.appendChild(button(one.name, "plain wide", function () {
        send({ unit: one.level + ":" + one.code, reason: "现场确认归属" });
      })).dataset.unit = one.level + ":" + one.code;
    });
    return;
  }
  const read = pickMap(sheet, task);
  const reason = labelled(sheet, "依据", element("input"));
  reason.maxLength = 200;
  reason.value = "现场核实位置";
  sheet.appendChild(button("移到我在的地方", "plain wide", async function (event) {
    event.target.disabled = true;
    const at = await here(held.shift);
    event.target.disabled = false;
    if (at && !rough(at)) read.move(at);
    else said.textContent = at ? "定位误差约 " + far(at.accuracy_m) + "：请在图上点选。" : await unplaced() + "也可在图上点选。";
  }));
  const said = sheet.appendChild(element("p", "note"));
  said.setAttribute("role", "status");
  sheet.appendChild(button("确认位置", "main", function () {
    const at = read.point();
    if (at) send({ lon: at.lon, lat: at.lat, datum: "wgs84", reason: reason.value.trim() || "现场核实位置" });
  }));
}
