"use strict";

// Why there: one place taken apart.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  function bars(title, parts, onPick, nameOf) {
    const box = element("section", "part");
    const head = parts.half && parts.of > 1 ? title + "：" + parts.of + " 个中，" + parts.half + " 个占一半" : title;
    box.appendChild(element("h3", "", head));
    const list = box.appendChild(element("ol"));
    parts.items.forEach(function (item) {
      const line = list.appendChild(element("li"));
      const bar = line.appendChild(element("span", "bar"));
      bar.style.width = known(item.share) ? Math.max(item.share * 100, 1) + "%" : "1%";
      const name = nameOf(item);
      line.appendChild(onPick ? wangge.button(name, function () { onPick(item.code); }, "link") : element("span", "", name));
      line.appendChild(element("b", "", wangge.count(item.n) + " 件" + (known(item.share) ? "，" + wangge.percent(item.share) : "")));
    });
    if (parts.half > parts.items.length) box.appendChild(element("p", "foot", "只列前 " + parts.items.length + " 个。"));
    if (parts.not_told) box.appendChild(element("p", "foot", "另有 " + wangge.number(parts.not_told) + " 件没有落到这一级，不在其中。"));
    return box;
  }

  function lead(place, why) {
    const lines = [];
    if (place && known(place.n)) {
      let first = "第 " + place.rank + " 位（名次区间 " + wangge.rankWords(place) + "），" + wangge.number(place.n) + " 件";
      if (known(place.rate)) first += "，每千户 " + place.rate.toFixed(1) + " 件";
      lines.push(first + "。");
      lines.push("环比：" + wangge.growthWords(place.growth, place.growth_low, place.growth_high, place.growth_sure, place.n_previous) + "。");
      if (known(place.growth_year) || known(place.n_last_year)) {
        lines.push("同比：" + wangge.growthWords(place.growth_year, place.growth_year_low, place.growth_year_high, place.growth_year_sure, place.n_last_year) + "。");
      }
      if (known(place.expected)) {
        lines.push("照以往约 " + wangge.number(Math.round(place.expected)) + " 件，正常波动范围 " + wangge.number(place.usual_low) + " 至 " + wangge.number(place.usual_high) + " 件。");
      }
      if (known(place.rank_12_low)) {
        lines.push("近12个月 " + wangge.count(place.n_12) + " 件，第 " + place.rank_12 + " 位（区间 " + place.rank_12_low + "–" + place.rank_12_high + "）。");
      }
    } else lines.push("小于5件，不再细分。");
    if (why.callers || why.places) {
      lines.push(wangge.count(why.n) + " 件，" + wangge.count(why.callers) + " 人，" + wangge.count(why.places) + " 处点位"
        + (why.repeats && known(why.repeats.place) ? "；30日内同一点位重复 " + wangge.percent(why.repeats.place) : "")
        + (why.repeats && known(why.repeats.caller) ? "，同一来电人重复 " + wangge.percent(why.repeats.caller) : "") + "。");
    }
    return lines;
  }

  function readings(why, onDifference) {
    const of = why.readings;
    const box = element("section", "part");
    box.appendChild(element("h3", "", "两种口径"));
    if (!of) {
      box.appendChild(element("p", "", "诉求没有写明派给哪个单位，只有属地口径。"));
      return box;
    }
    box.appendChild(element("p", "", "属地口径 " + wangge.count(of.lies) + " 件，派单口径 " + wangge.count(of.sent) + " 件。落在本地、派给别处或没有派到这一级的 "
      + wangge.count(of.only_lies) + " 件；派给本地、落在别处或未落图的 " + wangge.count(of.only_sent) + " 件。"));
    const list = box.appendChild(element("div"));
    if (of.only_lies !== 0 || of.only_sent !== 0) {
      const button = box.insertBefore(wangge.button("查看差异工单", function () {
        button.disabled = true;
        onDifference().then(function (answer) {
          const rows = answer.items.map(function (one) {
            return [String(one.appeal_id), wangge.day(one.day), wangge.topicName(one.class_code), one.lies || "未落到", one.sent || "未派到这一级"];
          });
          list.textContent = "";
          if (answer.n > rows.length) list.appendChild(element("p", "foot", "共 " + wangge.number(answer.n) + " 件，只列前 " + rows.length + " 件。"));
          list.appendChild(wangge.table(["编号", "日期", "类别", "属地", "派给"], rows, "difference"));
        }).catch(function (error) {
          list.textContent = "没有读到差异工单：" + error.message;
          button.disabled = false;
        });
      }), list);
    }
    return box;
  }

  // Who solves the same topics better, and what worked elsewhere.
  function solved(box, why, act) {
    const of = why.solved;
    const better = of.elsewhere.filter(function (one) { return one.places.length; });
    if (!better.length && !of.remedies.length && !of.topics.length) return;
    const section = box.appendChild(element("section", "part solved"));
    section.appendChild(element("h3", "", "同类问题办得好的"));
    better.forEach(function (one) {
      const line = section.appendChild(element("p", "similar", wangge.topicName(one.class_code) + "：本地解决率 " + wangge.percent(one.rate) + "，明显高于本地的有 "));
      one.places.forEach(function (place) {
        line.appendChild(wangge.button(place.name + "（" + wangge.percent(place.rate) + "）", function () { act.go(why.level, place.code); }, "link"));
      });
    });
    of.remedies.forEach(function (one) {
      const brought = one.lot ? "抽签检验，先做的为预计的 " + wangge.percent(one.lot.began) + "，等待的为预计的 " + wangge.percent(one.lot.waited)
        : "整改后 " + one.months + " 个月 " + wangge.number(one.came) + " 件，不整改预计 " + one.expected + " 件";
      const done = one.places.filter(function (place) { return !place.waits; });
      section.appendChild(element("p", "", "整改“" + one.batch + "”（" + done.map(function (place) { return place.name; }).join("、") + "，" + one.trigger_month + "）："
        + one.what.join("；") + "。" + brought + "，明显下降。"));
    });
    of.topics.forEach(function (one) {
      section.appendChild(element("p", "", "每月一题（" + one.month + "，" + wangge.topicName(one.class_code) + "，" + one.lead + "牵头，已销题）：" + one.plan));
    });
    if (better.length) section.appendChild(element("p", "foot", "解决率为近3个月派单口径、剔除后，答复20件以上才比较。"));
  }

  // One place: what makes up half of it, who is like it, and what each reading counts.
  wangge.whyPanel = function (place, why, act) {
    const box = element("div", "why");
    box.appendChild(wangge.button("← 返回排名", act.back, "back"));
    box.appendChild(element("h2", "", wangge.placeName(why)));
    if (place) box.appendChild(wangge.chips(place));
    lead(place, why).forEach(function (line) { box.appendChild(element("p", "", line)); });
    if (why.n === null || why.n === 0) return box;
    const byName = function (item) { return item.name || item.code; };
    ["street", "community", "grid"].forEach(function (level) {
      const parts = why.parts[level];
      if (parts && parts.items.length) {
        box.appendChild(bars(wangge.LEVEL_NAMES[level], parts, function (code) { act.go(level, code); }, byName));
      }
    });
    box.appendChild(bars("类别", why.topics, act.topic, function (item) { return wangge.topicName(item.code); }));
    if (why.subjects.length) {
      const section = box.appendChild(element("section", "part"));
      section.appendChild(element("h3", "", "被反映主体（3人以上反映）"));
      const list = section.appendChild(element("ol"));
      why.subjects.forEach(function (one) {
        const line = list.appendChild(element("li"));
        line.appendChild(element("span", "", one.name));
        line.appendChild(element("b", "", one.n + " 件 / " + one.callers + " 人"));
      });
    }
    if (why.spots.length) {
      const section = box.appendChild(element("section", "part"));
      section.appendChild(element("h3", "", "集中的点位（约1.5公顷一处，已标在图上）"));
      const list = section.appendChild(element("ol"));
      why.spots.forEach(function (one) {
        const line = list.appendChild(element("li"));
        line.appendChild(element("span", "", one.lon.toFixed(4) + ", " + one.lat.toFixed(4)));
        line.appendChild(element("b", "", wangge.number(one.n) + " 件，" + wangge.percent(one.share)));
      });
    }
    const aside = [];
    if (why.on_sinks) aside.push("落在落点过于集中的坐标上 " + wangge.number(why.on_sinks) + " 件，不标点");
    if (why.without_point) aside.push("只落到区划、没有点位 " + wangge.number(why.without_point) + " 件");
    if (aside.length) box.appendChild(element("p", "foot", aside.join("；") + "。"));
    if (why.similar.length) {
      const section = box.appendChild(element("section", "part"));
      section.appendChild(element("h3", "", "类别构成相近的" + wangge.LEVEL_NAMES[why.level]));
      const line = section.appendChild(element("p", "similar"));
      why.similar.forEach(function (one) {
        line.appendChild(wangge.button(one.name + "（相近度 " + wangge.percent(one.alike) + "）", function () { act.go(why.level, one.code); }, "link"));
      });
    }
    if (why.solved) solved(box, why, act);
    if (why.level.indexOf("h3") !== 0) box.appendChild(readings(why, act.difference));
    return box;
  };
})(window.wangge);
