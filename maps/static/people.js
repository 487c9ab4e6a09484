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

  function setting(one) {
    const button = element("button", "act", one.disabled_at ? "恢复" : "停用");
    button.type = "button";
    button.setAttribute("aria-label", button.textContent + one.name);
    button.addEventListener("click", function () { set(one.login, one.disabled_at ? "enable" : "disable"); });
    return button;
  }

  function draw(found) {
    const heads = ["姓名", "用户名", "岗位", "责任区", "职责", "状态"].concat(found.may_disable ? ["办理"] : []);
    const rows = found.items.map(function (one) {
      const state = one.disabled_at ? element("span", "late", "已停用（" + wangge.moment(one.disabled_at) + "）") : "在用";
      return [element("b", "", one.name), one.login, one.roles.join("、"), one.areas.join("、"), one.duties.join("、"), state]
        .concat(found.may_disable ? [setting(one)] : []);
    });
    $("table").textContent = "";
    $("table").appendChild(wangge.table(heads, rows));
    $("state").textContent = found.items.length ? "共 " + found.items.length + " 人。" : "尚未设立账号。";
  }

  function show() {
    return wangge.ask("/api/people").then(draw)
      .catch(function () { $("state").textContent = "没有读到数据，请稍后再试。"; });
  }

  show();
})(window.wangge);
