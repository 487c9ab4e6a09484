"use strict";

// The list of alerts: newest first, one item an alert, changed in place.
(function (wangge) {
  const element = wangge.element;
  const KEPT = 200;

  function item(alert) {
    const made = element("li", "alert level-" + alert.level);
    made.dataset.id = alert.id;
    const button = element("button");
    button.type = "button";
    button.appendChild(wangge.badge(alert.level));
    const text = element("div", "text");
    text.appendChild(element("b", "", alert.headline));
    text.appendChild(element("p", "reason", alert.reason));
    const meta = element("p", "meta");
    [
      wangge.KINDS[alert.kind] || alert.kind,
      alert.area_name,
      alert.class_code,
      wangge.number(alert.cases) + " 件 / " + wangge.number(alert.callers) + " 人",
      typeof alert.expected === "number" ? "往常约 " + alert.expected.toFixed(1) + " 件" : null,
    ].forEach(function (word) {
      if (word) meta.appendChild(element("span", "", word));
    });
    text.appendChild(meta);
    const foot = element("p", "meta");
    foot.appendChild(element("span", "stage", wangge.STATES[alert.state] || alert.state));
    if (alert.historical) foot.appendChild(element("span", "history", "历史数据，不推送"));
    if (typeof alert.lon !== "number") foot.appendChild(element("span", "", "无点位，未上图"));
    foot.appendChild(element("span", "", "提示 " + wangge.moment(alert.opened_at)));
    foot.appendChild(element("span", "", "最近诉求 " + wangge.moment(alert.newest_at)));
    text.appendChild(foot);
    button.appendChild(text);
    made.appendChild(button);
    return made;
  }

  wangge.makeList = function (onPick) {
    const list = document.getElementById("alerts");
    const state = document.getElementById("list-state");
    const itemOf = new Map();

    list.addEventListener("click", function (event) {
      const target = event.target.closest("li.alert");
      if (target) onPick(Number(target.dataset.id));
    });

    function say(text, bad) {
      state.textContent = text;
      state.hidden = !text;
      state.classList.toggle("bad", Boolean(bad));
    }

    // A new or changed alert goes to its place by number: a later one has a higher number.
    function put(alert, fresh) {
      const made = item(alert);
      const old = itemOf.get(alert.id);
      if (old) {
        made.classList.toggle("picked", old.classList.contains("picked"));
        old.replaceWith(made);
      } else {
        let next = list.firstElementChild;
        while (next && Number(next.dataset.id) > alert.id) next = next.nextElementSibling;
        list.insertBefore(made, next);
      }
      if (fresh) made.classList.add("fresh");
      itemOf.set(alert.id, made);
      say("");
    }

    return {
      put: put,
      say: say,
      fill: function (alerts) {
        list.textContent = "";
        itemOf.clear();
        alerts.forEach(function (alert) { put(alert, false); });
        if (!alerts.length) say("目前没有风险提示。有新的提示会自动出现在这里。");
      },
      // Drop the oldest from a page that stays open for weeks; give their numbers.
      trim: function () {
        const dropped = [];
        while (list.children.length > KEPT) {
          const last = list.lastElementChild;
          dropped.push(Number(last.dataset.id));
          itemOf.delete(Number(last.dataset.id));
          last.remove();
        }
        return dropped;
      },
      pick: function (id) {
        itemOf.forEach(function (one, other) { one.classList.toggle("picked", other === id); });
        const picked = itemOf.get(id);
        if (!picked) return;
        picked.classList.remove("fresh");
        picked.scrollIntoView({ block: "nearest" });
      },
    };
  };
})(window.wangge);
