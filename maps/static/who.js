"use strict";

// Who has signed in, at the head of the desk; on a site without accounts nobody has to.
(function () {
  const LOOK_EVERY_MS = 60000;
  const box = document.getElementById("who");

  // Fields in which one types one's name are for sites where nobody signs in.
  function show(who) {
    wangge.me = who.open ? "" : who.name;
    if (box.childNodes.length) return;
    if (who.open) {
      box.hidden = !who.demo;
      if (!who.demo) return;
      const other = box.appendChild(document.createElement("a"));
      other.href = "/login";
      other.textContent = "以演示人员登录";
      return;
    }
    box.hidden = false;
    const name = box.appendChild(document.createElement("a"));
    name.href = "/login";
    name.title = "我的账号";
    name.textContent = who.roles.join("、") + " " + who.name;
    const out = box.appendChild(document.createElement("button"));
    out.type = "button";
    out.textContent = "退出";
    out.addEventListener("click", function () {
      fetch("/api/session", { method: "DELETE" }).then(function () { location.assign("/login"); });
    });
  }

  function look() {
    fetch("/api/session", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) location.assign("/login");
      else if (answer.ok) return answer.json().then(show);
    }).catch(function () { /* the desk itself says that the line is lost */ });
  }

  look();
  setInterval(look, LOOK_EVERY_MS);
})();
