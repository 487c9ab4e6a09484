"use strict";

// The one thing to see at night: a channel by which people are told is down.
(function () {
  const LOOK_EVERY_MS = 30000;
  let box = null;

  function show(found) {
    const down = found.channels.filter(function (one) { return one.down; });
    if (!box) {
      box = document.createElement("p");
      box.className = "lost";
      box.id = "channels-down";
      box.setAttribute("role", "alert");
      document.body.insertBefore(box, document.body.firstChild);
    }
    box.hidden = !down.length;
    const words = down.map(function (one) {
      return one.name + (one.waiting ? "（" + one.waiting + "条未送达）" : "");
    }).join("、");
    if (box.dataset.words === words) return; // said once to whoever listens
    box.dataset.words = words;
    box.textContent = down.length ? "通道不通：" + words + "。请改用电话通知。" : "";
    if (!down.length) return;
    const link = box.appendChild(document.createElement("a"));
    link.href = "/channels";
    link.textContent = "查看";
    link.style.cssText = "margin-left:12px;color:#fff";
  }

  function look() {
    fetch("/api/channels", { headers: { Accept: "application/json" }, cache: "no-store" })
      .then(function (answer) { return answer.ok ? answer.json().then(show) : null; })
      .catch(function () { /* the page itself says that the line is lost */ });
  }

  fetch("/api/session", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
    return answer.ok ? answer.json() : { rights: [] };
  }).then(function (who) {
    if (who.rights.indexOf("duty") < 0) return;
    look();
    setInterval(look, LOOK_EVERY_MS);
  }).catch(function () { /* as above */ });
})();
