"use strict";

// The page of the last replay: alarms a day by kind and level, verdicts, delay, other settings.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const LEVELS = ["red", "orange", "yellow", "blue"];
  const HEIGHT = 240;
  const LEFT = 44;
  const FOOT = 26;

  function kindWord(kind) {
    return (kind === "subject" ? "被反映主体" : "") + (wangge.KINDS[kind] || kind);
  }

  function table(where, heads, rows, isSet) {
    const made = element("table");
    const head = made.appendChild(element("thead")).appendChild(element("tr"));
    heads.forEach(function (word) {
      const cell = head.appendChild(element("th", "", word));
      cell.scope = "col";
    });
    const body = made.appendChild(element("tbody"));
    rows.forEach(function (cells, i) {
      const line = body.appendChild(element("tr", isSet && isSet(i) ? "set" : ""));
      cells.forEach(function (word) { line.appendChild(element("td", "", word)); });
    });
    where.textContent = "";
    where.appendChild(rows.length ? made : element("p", "", "没有数据。"));
    where.tabIndex = 0;
  }

  function precision(one) {
    if (one.precision === null) return "尚无判定";
    return Math.round(one.precision * 100) + "%（" + one.between.map(function (p) {
      return Math.round(p * 100) + "%";
    }).join("至") + "）";
  }

  function days(from, to) {
    const found = [];
    const at = new Date(from + "T00:00:00Z");
    const end = new Date(to + "T00:00:00Z");
    while (at <= end) {
      found.push(at.toISOString().slice(0, 10));
      at.setUTCDate(at.getUTCDate() + 1);
    }
    return found;
  }

  function shape(parent, tag, attributes, words) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    if (words !== undefined) made.textContent = words;
    return parent.appendChild(made);
  }

  // Bars of each day, the gravest level at the bottom; every bar says its figures.
  function chart(all, kind, span) {
    const counts = new Map(span.map(function (day) { return [day, {}]; }));
    all.forEach(function (one) {
      if (kind && one.kind !== kind) return;
      const own = counts.get(one.day);
      if (own) own[one.level] = (own[one.level] || 0) + one.n;
    });
    const sum = function (own) { return LEVELS.reduce(function (n, level) { return n + (own[level] || 0); }, 0); };
    const most = Math.max.apply(null, [1].concat(Array.from(counts.values()).map(sum)));
    const width = Math.max($("chart").clientWidth, 280);
    const step = Math.max(1, Math.ceil(most / 5));
    const top = Math.ceil(most / step) * step;
    const y = function (n) { return HEIGHT - FOOT - (HEIGHT - FOOT - 10) * n / top; };
    const wide = (width - LEFT) / span.length;
    $("chart").textContent = "";
    const svg = shape($("chart"), "svg", { viewBox: "0 0 " + width + " " + HEIGHT, role: "img" });
    shape(svg, "title", {}, "每日提示数" + (kind ? "（" + kindWord(kind) + "）" : "") + "，最多一天 " + most + " 条");
    for (let n = 0; n <= top; n += step) {
      shape(svg, "line", { x1: LEFT, x2: width, y1: y(n), y2: y(n), stroke: "#cfd6d8" });
      shape(svg, "text", { x: LEFT - 6, y: y(n) + 5, "text-anchor": "end" }, String(n));
    }
    const every = Math.ceil(span.length * 52 / (width - LEFT)); // room for a date
    span.forEach(function (day, i) {
      const own = counts.get(day);
      let below = 0;
      const group = shape(svg, "g", {});
      const parts = LEVELS.filter(function (level) { return own[level]; });
      shape(group, "title", {}, wangge.day(day) + "：" + sum(own) + " 条" + parts.map(function (level) {
        return "，" + wangge.LEVELS[level].word + " " + own[level];
      }).join(""));
      parts.forEach(function (level) {
        const high = y(below) - y(below + own[level]);
        shape(group, "rect", {
          x: LEFT + i * wide + wide * 0.1, y: y(below + own[level]), width: wide * 0.8, height: high,
          fill: wangge.LEVELS[level].colour,
        });
        below += own[level];
      });
      if (i % every === 0 && (i === 0 || LEFT + i * wide < width - 36)) shape(svg, "text", { x: LEFT + i * wide, y: HEIGHT - 6 }, Number(day.slice(5, 7)) + "." + Number(day.slice(8)));
    });
  }

  function other(rows, name, word) {
    return rows.map(function (one) {
      return [word(one[name]), one.told_per_day, one.over_budget_per_day, one.true, one.false, one.known, one.unjudged, precision(one)];
    });
  }

  const OTHER = ["每日提示", "每日超出", "属实", "不属实", "已知", "未判定", "属实率"];

  function show(replay) {
    const set = replay.as_set;
    wangge.year = Number(replay.to.slice(0, 4));
    $("when").textContent = "复盘区间：" + wangge.span(replay.from, replay.to) + " · 计算于 " + wangge.moment(replay.made_at)
      + (replay.changed ? " · 以下为现行设置的结果" : "");
    $("mean").textContent = "共 " + wangge.number(set.alerts) + " 条，每日平均 " + set.per_day.mean + " 条，中位 "
      + set.per_day.median + " 条，最多 " + set.per_day.most + " 条；另列不提示："
      + (Object.keys(set.aside).map(function (why) {
        return { over_budget: "超出提示数", known: "已知", judged_false: "证据未达要求" }[why] + " " + set.aside[why] + " 条";
      }).join("，") || "无") + "。";
    const span = days(replay.from, replay.to);
    const kinds = Array.from(new Set(set.by_kind_and_level.map(function (one) { return one.kind; })));
    [""].concat(kinds).forEach(function (kind) {
      const option = $("kind").appendChild(element("option", "", kind ? kindWord(kind) : "全部"));
      option.value = kind;
    });
    function draw() { chart(set.daily, $("kind").value, span); }
    $("tables").hidden = false; // the width of the picture is that of its place
    $("kind").addEventListener("change", draw);
    window.addEventListener("resize", draw);
    draw();
    LEVELS.forEach(function (level) {
      const one = $("levels").appendChild(element("span"));
      one.appendChild(element("i")).style.background = wangge.LEVELS[level].colour;
      one.appendChild(document.createTextNode(wangge.LEVELS[level].word));
    });
    table($("kinds"), ["类型", "红", "橙", "黄", "蓝", "合计", "每日"], kinds.map(function (kind) {
      const n = LEVELS.map(function (level) {
        const found = set.by_kind_and_level.find(function (one) { return one.kind === kind && one.level === level; });
        return found ? found.n : 0;
      });
      const sum = n.reduce(function (a, b) { return a + b; }, 0);
      return [kindWord(kind)].concat(n, [sum, (sum / set.days).toFixed(2)]);
    }));
    const delay = new Map(set.delays.map(function (one) { return [one.kind, one]; }));
    table($("verdicts"), ["类型", "属实", "不属实", "已知", "未判定", "属实率", "用时中位（小时）", "用时最长（小时）"], set.verdicts.map(function (one) {
      return [kindWord(one.kind), one.true, one.false, one.known, one.unjudged, precision(one), delay.get(one.kind).median_h, delay.get(one.kind).most_h];
    }));
    table($("shares"), ["虚警占比"].concat(OTHER), other(set.false_shares, "false_share", function (q) { return Number((q * 100).toFixed(3)) + "%"; }),
      function (i) { return set.false_shares[i].set; });
    table($("budgets"), ["每日提示数"].concat(OTHER), other(set.budgets, "budget", String),
      function (i) { return set.budgets[i].set; });
    if (set.hits) {
      $("truth").hidden = false;
      table($("hits"), ["事件", "已知", "发现", "用时中位（小时）"], set.hits.map(function (one) {
        return [kindWord(one.kind === "first_time" ? "first" : one.kind), one.known, one.found, one.median_delay_h === null ? "—" : one.median_delay_h];
      }));
    }
  }

  fetch("/api/backtest", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
    if (!answer.ok) throw new Error("HTTP " + answer.status);
    return answer.json();
  }).then(function (found) {
    $("jurisdiction").textContent = found.jurisdiction;
    $("demo").hidden = !found.demo;
    if (found.replay) show(found.replay);
    else $("when").textContent = "尚未复盘。复盘由系统管理员在服务器上运行：wangge backtest --from 起始日 --to 截止日。";
  }).catch(function () {
    $("when").textContent = "复盘结果读取失败，请刷新本页再试。";
  });
})(window.wangge);
