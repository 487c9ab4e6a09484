"use strict";

// The list of alerts: what has to be dealt with first, then history and what has ended; in each
// group newest first, one item an alert, changed in place, opened to show its evidence.
(function (wangge) {
  const element = wangge.element;
  const KEPT = 500;
  const GROUPS = [
    ["open", "未解除", "目前没有未解除的提示"],
    ["over", "超出今日提示数的", ""],
    ["aside", "另列（不单独提示）", ""],
    ["past", "历史提示", ""],
    ["ended", "已结束", ""],
  ];
  const FOLDED = ["over", "aside"];

  function item(alert) {
    const made = element("li", "alert");
    made.dataset.id = alert.id;
    const button = element("button", "head");
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.appendChild(wangge.badge(alert.level, wangge.group(alert) !== "open"));
    const text = element("span", "text");
    text.appendChild(element("b", "", alert.headline));
    text.appendChild(element("span", "reason", alert.reason));
    const meta = element("span", "meta");
    const usual = wangge.usual(alert.expected);
    [
      wangge.KINDS[alert.kind] || alert.kind,
      alert.area_name,
      alert.class_code,
      wangge.counted(alert),
      usual ? "往常" + usual : "",
      typeof alert.lon === "number" ? "" : "无点位，未上图",
    ].forEach(function (word) {
      if (word) meta.appendChild(element("span", "", word));
    });
    text.appendChild(meta);
    const foot = element("span", "meta");
    foot.appendChild(element("span", "stage", wangge.STATES[alert.state] || alert.state));
    if (alert.verdict) foot.appendChild(element("span", "judged", "判定：" + wangge.VERDICTS[alert.verdict] + "（" + alert.verdict_by + "）"));
    if (alert.aside) foot.appendChild(element("span", "history", wangge.ASIDE[alert.aside] || alert.aside));
    if (alert.unconfirmed) foot.appendChild(element("span", "history", "未确认：当日结束后复核未再发现"));
    if (alert.historical) foot.appendChild(element("span", "history", "历史提示，不推送"));
    foot.appendChild(element("span", "", "提示 " + wangge.moment(alert.opened_at)));
    foot.appendChild(element("span", "", "最近诉求 " + wangge.moment(alert.newest_at)));
    text.appendChild(foot);
    button.appendChild(text);
    made.appendChild(button);
    return made;
  }

  function makeGroup(name, word, onChange) {
    const box = element("section", "group");
    box.hidden = true;
    const head = element("button", "group-head");
    head.type = "button";
    const folded = FOLDED.indexOf(name) >= 0;
    head.setAttribute("aria-expanded", String(!folded));
    const list = element("ol", "alerts");
    list.hidden = folded;
    list.id = "alerts-" + name;
    head.setAttribute("aria-controls", list.id);
    const none = element("p", "none");
    none.hidden = true;
    head.addEventListener("click", function () {
      list.hidden = !list.hidden;
      head.setAttribute("aria-expanded", String(!list.hidden));
      onChange();
    });
    box.appendChild(element("h3")).appendChild(head);
    box.appendChild(none);
    box.appendChild(list);
    return { box: box, head: head, list: list, none: none, word: word, total: 0 };
  }

  // onPick(alert or null) when one is opened or closed; onShow(alerts) with those now in sight;
  // onMap() when somebody wants to see the picked one on the map; onPlaces(numbers) to look at the
  // places of its appeals; send(address, body) to tell the server what the desk says of one.
  wangge.makeList = function (shows, getEvidence, onPick, onShow, onMap, onPlaces, send) {
    const where = document.getElementById("groups");
    const state = document.getElementById("list-state");
    const alertOf = new Map();
    const itemOf = new Map();
    const groups = {};
    let kept = KEPT;
    let picked = null;
    let waiting = 0;

    GROUPS.forEach(function (of) {
      groups[of[0]] = makeGroup(of[0], of[1], later);
      groups[of[0]].empty = of[2];
      where.appendChild(groups[of[0]].box);
    });
    const more = where.appendChild(element("button", "more", "显示更早的提示"));
    more.type = "button";
    more.id = "more";
    more.hidden = true;

    where.addEventListener("click", function (event) {
      const head = event.target.closest(".head");
      if (!head) return;
      const id = Number(head.parentNode.dataset.id);
      pick(id === picked ? null : id, false);
      onPick(id === picked ? alertOf.get(id) : null);
    });

    function say(text, bad) {
      state.textContent = text;
      state.hidden = !text;
      state.classList.toggle("bad", Boolean(bad));
    }

    // Of what is folded away the grave ones are told, of what is open the red ones: newer alerts stand above them.
    function grave(own) {
      if (!own.length) return "";
      const list = own[0].parentNode;
      const told = list.hidden ? ["red", "orange"] : list === groups.open.list ? ["red"] : [];
      return told.map(function (level) {
        const n = own.filter(function (one) { return alertOf.get(Number(one.dataset.id)).level === level; }).length;
        return n ? "，其中" + wangge.LEVELS[level].word + "色 " + n + " 条" : "";
      }).join("");
    }

    // Hide what the toggles leave out, say how many there are, tell the map.
    function show() {
      waiting = 0;
      const seen = [];
      GROUPS.forEach(function (of) {
        const group = groups[of[0]];
        const own = Array.from(group.list.children);
        let here = 0;
        own.forEach(function (one) {
          const alert = alertOf.get(Number(one.dataset.id));
          one.hidden = !shows(alert);
          if (one.hidden) return;
          here += 1;
          if (!group.list.hidden) seen.push(alert);
        });
        const total = Math.max(group.total, own.length);
        group.box.hidden = !total && !group.empty;
        group.head.textContent = group.word + " " + wangge.number(total) + " 条"
          + grave(own)
          + (here < own.length ? "，按筛选显示 " + here + " 条" : own.length < total ? "，已载入 " + own.length + " 条" : "");
        group.none.textContent = total ? "" : group.empty;
        group.none.hidden = Boolean(total) || !group.empty || !state.hidden;
        group.head.hidden = !total;
      });
      onShow(seen);
    }

    function later() {
      if (!waiting) waiting = setTimeout(show, 0);
    }

    // A new or changed alert goes to its place by number: a later one has a higher number.
    function put(alert, fresh) {
      const made = item(alert);
      const old = itemOf.get(alert.id);
      const list = groups[wangge.group(alert)].list;
      const focused = old && old.contains(document.activeElement) ? document.activeElement : null;
      if (old && old.parentNode === list) {
        old.replaceWith(made);
      } else {
        if (old) old.remove();
        let next = list.firstElementChild;
        while (next && Number(next.dataset.id) > alert.id) next = next.nextElementSibling;
        list.insertBefore(made, next);
      }
      if (fresh) made.classList.add("fresh");
      itemOf.set(alert.id, made);
      alertOf.set(alert.id, alert);
      if (picked === alert.id) open(made, alert);
      if (picked === alert.id && list.hidden) unfold(groups[wangge.group(alert)]);
      if (focused) {
        groups[wangge.group(alert)].box.hidden = false; // a group that was empty takes no focus
        keepFocus(made, focused);
      }
      say("");
      later();
    }

    function unfold(group) {
      group.list.hidden = false;
      group.head.setAttribute("aria-expanded", "true");
    }

    // Whoever works by keyboard stays where they were: on the same control, or on the one that
    // took its place.
    function keepFocus(made, focused) {
      const inputs = made.querySelectorAll(".judging input");
      const before = Array.from(focused.closest(".panel") ? focused.closest(".panel").querySelectorAll(".judging input") : []);
      const same = inputs[before.indexOf(focused)];
      (same || (focused.closest(".judging") && made.querySelector(".move")) || made.firstElementChild).focus();
    }

    function open(one, alert) {
      one.classList.add("picked");
      one.firstElementChild.setAttribute("aria-expanded", "true");
      const panel = one.appendChild(element("div", "panel"));
      panel.appendChild(element("a", "whole", "处理、签收与经过")).href = "/alerts/" + alert.id;
      if (typeof alert.lon === "number") {
        const to = panel.appendChild(element("button", "to-map", "在图上看"));
        to.type = "button";
        to.addEventListener("click", onMap);
      }
      if (alert.verdict || alert.state === "detected") {
        panel.appendChild(wangge.verdictForm(alert, send, function (judged) { put(judged, false); }));
      }
      const body = panel.appendChild(element("div"));
      body.setAttribute("role", "status");
      function load() {
        body.textContent = "正在读取依据…";
        getEvidence(alert.id).then(function (whole) {
          body.textContent = "";
          body.appendChild(element("b", "", "依据（" + whole.signals.length + " 项）"));
          body.appendChild(wangge.evidence(whole.signals, alert.reason));
          if (whole.verdicts && whole.verdicts.length) body.appendChild(wangge.verdictTrail(whole.verdicts));
          if (!whole.appeals || !whole.appeals.length) return;
          const look = body.appendChild(element("button", "again", "核对诉求落点（" + wangge.number(whole.appeals.length) + " 件）"));
          look.type = "button";
          look.addEventListener("click", function () { onPlaces(whole.appeals); });
        }).catch(function () {
          body.textContent = "依据读取失败。";
          const again = body.appendChild(element("button", "again", "再读一次"));
          again.type = "button";
          again.addEventListener("click", load);
        });
      }
      load();
    }

    function pick(id, into) {
      const before = itemOf.get(picked);
      if (before) {
        before.classList.remove("picked");
        before.firstElementChild.setAttribute("aria-expanded", "false");
        if (before.lastElementChild.className === "panel") before.lastElementChild.remove();
      }
      picked = id;
      const one = itemOf.get(id);
      if (!one) return;
      one.classList.remove("fresh");
      open(one, alertOf.get(id));
      if (into) one.scrollIntoView({ block: "start" });
    }

    return {
      put: put,
      say: say,
      pick: pick,
      more: more,
      refresh: later,
      all: function () { return Array.from(alertOf.values()); },
      // How many there are on the server, by group.
      totals: function (counts) {
        Object.keys(counts).forEach(function (name) { groups[name].total = counts[name]; });
        later();
      },
      fill: function (alerts) {
        alertOf.clear();
        itemOf.clear();
        kept = KEPT;
        GROUPS.forEach(function (of) { groups[of[0]].list.textContent = ""; });
        alerts.forEach(function (alert) { put(alert, false); });
        if (!alerts.length) say("目前没有风险提示。有新的提示会自动出现在这里。");
        later();
      },
      // Whoever asks for more keeps more.
      grow: function (n) { kept += n; },
      // Drop the oldest from a page that stays open for weeks.
      trim: function () {
        const ids = Array.from(itemOf.keys()).sort(function (a, b) { return b - a; });
        ids.slice(kept).forEach(function (id) {
          itemOf.get(id).remove();
          itemOf.delete(id);
          alertOf.delete(id);
        });
      },
    };
  };
})(window.wangge);
