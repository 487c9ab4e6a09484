"use strict";

// Any layer that the reader may see, made into a file aside; what was asked for stands below.
(function (wangge) {
  const LOOK_EVERY_MS = 1000;
  const STATES = { waiting: "排队", reading: "正在读取", writing: "正在写出", ready: "可下载", failed: "未生成" };
  const FILTERS = { month: "asked_month", category: "asked_category", reading: "asked_reading", first_reports: "asked_repeats" };
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  let about = null;
  let timer = 0;

  function option(select, value, words) { select.appendChild(element("option", "", words)).value = value; }

  function layer() { return about.layers.filter(function (one) { return one.name === $("asked_layer").value; })[0]; }

  // A filter that a layer does not know, and a system that a format cannot hold, are not offered.
  function offer() {
    const known = layer().filters;
    Object.keys(FILTERS).forEach(function (name) {
      $(FILTERS[name]).parentNode.hidden = known.indexOf(name) < 0;
    });
    const format = about.formats.filter(function (one) { return one.name === $("asked_format").value; })[0];
    $("asked_crs").parentNode.hidden = !format.any_crs;
    $("shifted").hidden = !format.any_crs || $("asked_crs").value !== "gcj02";
  }

  function wish() {
    const known = layer().filters;
    const said = { layer: $("asked_layer").value, format: $("asked_format").value };
    if (!$("asked_crs").parentNode.hidden) said.crs = $("asked_crs").value;
    Object.keys(FILTERS).forEach(function (name) {
      const value = $(FILTERS[name]).value.trim();
      if (known.indexOf(name) >= 0 && value) said[name] = value;
    });
    const within = $("asked_within").value.trim();
    if (within) said.within = within;
    return said;
  }

  function row(one) {
    const made = element("li", one.state);
    made.appendChild(element("b", "", one.name));
    made.appendChild(element("span", "state", STATES[one.state] + (one.features === null ? "" : "，" + wangge.number(one.features) + " 项")));
    if (one.file) {
      const link = made.appendChild(element("a", "download", "下载"));
      link.href = one.file;
      link.setAttribute("download", one.name);
    }
    if (one.state === "failed") made.appendChild(element("p", "lost", "该图层目前没有可导出的内容，或所选条件没有数据（" + one.reason + "）。"));
    one.lost.forEach(function (words) { made.appendChild(element("p", "lost", words)); });
    return made;
  }

  function draw(exports) {
    const list = $("exports");
    list.textContent = "";
    exports.forEach(function (one) { list.appendChild(row(one)); });
    $("none").hidden = exports.length > 0;
    const under_way = exports.some(function (one) { return one.state !== "ready" && one.state !== "failed"; });
    clearTimeout(timer);
    if (under_way) timer = setTimeout(look, LOOK_EVERY_MS);
  }

  function look() {
    return fetch("/api/exports", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (found) {
      if (!about) begin(found);
      draw(found.exports);
    }).catch(function () { $("export_state").textContent = "与服务器的连接中断，请稍后再试。"; });
  }

  function begin(found) {
    about = found;
    about.layers.forEach(function (one) { option($("asked_layer"), one.name, one.title); });
    about.formats.forEach(function (one) { option($("asked_format"), one.name, one.words); });
    about.systems.forEach(function (one) { option($("asked_crs"), one.name, one.words); });
    $("asked_crs").value = "EPSG:4490";
    const query = new URLSearchParams(location.search);
    [["layer", "asked_layer"], ["month", "asked_month"], ["category", "asked_category"], ["reading", "asked_reading"], ["first_reports", "asked_repeats"], ["within", "asked_within"]].forEach(function (pair) {
      const field = $(pair[1]);
      const value = query.get(pair[0]);
      if (value === null) return;
      const before = field.value;
      field.value = value;
      if (field.value !== value) field.value = before;
    });
    ["asked_layer", "asked_format", "asked_crs"].forEach(function (id) { $(id).addEventListener("change", offer); });
    offer();
    $("files").hidden = !about.layers.length;
  }

  $("wish").addEventListener("submit", function (event) {
    event.preventDefault();
    const button = $("make");
    button.disabled = true;
    fetch("/api/exports", { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(wish()) }).then(function (answer) {
      $("export_state").textContent = answer.status === 202 ? "已开始生成，完成后在下方下载。"
        : answer.status === 409 ? "您已有三个文件在生成，请等待完成。"
          : answer.status === 422 ? "所填条件有误：月份写作 2026-10 的样子，范围填单元编码。" : "未能开始，请稍后再试。";
      button.disabled = false;
      return look();
    }).catch(function () {
      button.disabled = false;
      $("export_state").textContent = "与服务器的连接中断，请稍后再试。";
    });
  });

  look();
})(window.wangge);
