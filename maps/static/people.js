"use strict";

// 人员: who may sign in, and as what; the system administrator lets people in no more, or again.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;

  function set(login, word) {
    $("state").textContent = "正在保存…";
    fetch("/api/people/" + encodeURIComponent(login) + "/" + word, { method: "POST" }).then(function (answer) {
      if (answer.ok) return show();
      $("state").textContent = answer.status === 409 ? "不能停用自己。" : "没有保存，请刷新后再试。";
      return null;
    }).catch(function () { $("state").textContent = "没有保存：与服务器的连接中断。"; });
  }

  function draw(found) {
    const table = element("table");
    const head = table.createTHead().insertRow();
    const words = ["用户名", "姓名", "岗位", "责任区", "职责", "状态"];
    if (found.may_disable) words.push("办理");
    words.forEach(function (word) { head.appendChild(element("th", "", word)); });
    const body = table.createTBody();
    found.items.forEach(function (one) {
      const row = body.insertRow();
      row.className = one.disabled_at ? "off" : "";
      const state = one.disabled_at ? "已停用（" + wangge.moment(one.disabled_at) + "）" : "在用";
      [one.login, one.name, one.roles.join("、"), one.areas.join("、"), one.duties.join("、"), state].forEach(function (text, i) {
        const cell = row.insertCell();
        cell.textContent = text;
        if (i < 2) cell.className = "short";
      });
      if (!found.may_disable) return;
      const button = row.insertCell().appendChild(element("button", "", one.disabled_at ? "恢复" : "停用"));
      button.type = "button";
      button.setAttribute("aria-label", button.textContent + one.name);
      button.addEventListener("click", function () { set(one.login, one.disabled_at ? "enable" : "disable"); });
    });
    $("table").textContent = "";
    $("table").appendChild(table);
    $("state").textContent = found.items.length ? "共 " + found.items.length + " 人。" : "尚未设立账号。";
  }

  function show() {
    return fetch("/api/people", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) location.assign("/login");
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json().then(draw);
    }).catch(function () { $("state").textContent = "没有读到数据，请稍后再试。"; });
  }

  show();
})(window.wangge);
