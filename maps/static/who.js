"use strict";

// Who has signed in, at the head of the desk; on a site without accounts nobody has to.
(function () {
  const LOOK_EVERY_MS = 60000;
  const box = document.getElementById("who");

  // 水印: who looks and since when, faint over the whole page, so that a picture of it tells.
  let stamped = "";
  function stamp(who) {
    const now = new Date();
    const two = function (n) { return (n < 10 ? "0" : "") + n; };
    const time = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate()) + " " + two(now.getHours()) + ":" + two(now.getMinutes());
    const words = who.name + " " + who.login + " " + time;
    if (words === stamped) return;
    stamped = words;
    const safe = words.replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; });
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="380" height="220"><text x="20" y="150" transform="rotate(-22 190 110)" '
      + 'font-family="sans-serif" font-size="17" fill="#1d1d1f" fill-opacity="0.07">' + safe + "</text></svg>";
    let mark = document.getElementById("watermark");
    if (!mark) {
      mark = document.body.appendChild(document.createElement("div"));
      mark.id = "watermark";
      mark.setAttribute("aria-hidden", "true");
      mark.style.cssText = "position:fixed;top:0;right:0;bottom:0;left:0;z-index:9000;pointer-events:none;-webkit-print-color-adjust:exact;color-adjust:exact";
    }
    mark.style.backgroundImage = 'url("data:image/svg+xml,' + encodeURIComponent(svg) + '")';
  }

  // Fields in which one types one's name are for sites where nobody signs in.
  function show(who) {
    wangge.me = who.open ? "" : who.name;
    if (!who.open) stamp(who);
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
