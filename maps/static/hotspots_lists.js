"use strict";

// 治理类名单: what the rules propose, and what a person signs.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  const PROPOSED = { enter: "建议列入", stay: "建议保留", leave: "建议退出", "": "" };
  const ACTS = { enter: "列入", stay: "保留", leave: "退出", pass: "暂不列入" };
  const PARTS = {
    rate_12: ["12月每千户", 1], rate_3: ["3月每千户", 1], repeats: ["重复占比", "%"], topics: ["占半类别数", 0],
    inside: ["最集中下级", "%"], resolution: ["解决率", "%"], satisfaction: ["满意率", "%"],
  };

  function part(name, value) {
    if (!known(value)) return "无数据";
    return PARTS[name][1] === "%" ? (value * 100).toFixed(1) + "%" : value.toFixed(PARTS[name][1]);
  }

  function signing(one, answer, onDecide) {
    const form = element("form", "sign");
    const act = wangge.field(form, "决定", element("select"));
    (one.listed ? ["stay", "leave"] : ["enter", "pass"]).forEach(function (name) {
      const option = act.appendChild(element("option", "", ACTS[name]));
      option.value = name;
    });
    if (one.proposed === "leave" || one.proposed === "enter") act.value = one.proposed;
    const who = wangge.me ? null : wangge.field(form, "签字人", wangge.typed(100));
    const reason = wangge.field(form, "理由", wangge.typed(500));
    const said = element("span", "bad");
    const button = form.appendChild(element("button", "", "签字确认"));
    button.type = "submit";
    form.appendChild(said);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if ((who && !who.value.trim()) || !reason.value.trim()) {
        said.textContent = "签字人和理由都要填写。";
        return;
      }
      button.disabled = true;
      onDecide({
        level: answer.level, code: one.code, month: answer.month, category: answer.category || "", act: act.value,
        who: who ? who.value.trim() : wangge.me, reason: reason.value.trim(),
      }).catch(function (error) {
        said.textContent = "没有记下：" + error.message;
        button.disabled = false;
      });
    });
    return form;
  }

  // The list: scores and parts of each place, a form to decide with, and a way on for those listed.
  wangge.governanceList = function (answer, onDecide, onRemedy) {
    const box = element("div", "governance");
    const rules = answer.rules;
    const reading = answer.reading === "sent" ? "派单口径" : "属地口径（诉求没有写明派给哪个单位）";
    box.appendChild(element("p", "lead", wangge.LEVEL_NAMES[answer.level] + "，" + reading + "。连续 " + rules.enter.months + " 个月得分 " + rules.enter.score
      + " 及以上、近3个月不少于 " + rules.enter.least + " 件的，建议列入；连续 " + rules.leave.months + " 个月低于 " + rules.leave.score + " 的，建议退出。由人决定并签字。"));
    if (answer.months < rules.enter.months) {
      box.appendChild(element("p", "none", "只有 " + answer.months + " 个月数据，规则要看 " + rules.enter.months + " 个月，暂不提出建议。"));
    }
    if (answer.months < 12) box.appendChild(element("p", "foot", "只有 " + answer.months + " 个月数据，12个月的各项按这 " + answer.months + " 个月算。"));
    const names = Object.keys(PARTS);
    const table = box.appendChild(element("table", "ranking"));
    const head = table.appendChild(element("thead")).appendChild(element("tr"));
    ["名称", "得分", "状态"].concat(names.map(function (name) {
      return PARTS[name][0] + "（权重 " + rules.weights[name] + "）";
    })).forEach(function (word) { head.appendChild(element("th", "", word)).scope = "col"; });
    const body = table.appendChild(element("tbody"));
    answer.items.forEach(function (one) {
      const line = body.appendChild(element("tr"));
      line.dataset.code = one.code;
      const open = wangge.opening(line, one.name, names.length + 3, function () {
        return signing(one, answer, onDecide);
      });
      open.title = "填写决定";
      line.appendChild(element("td", "name")).appendChild(open);
      line.appendChild(element("td", "number", one.scores.map(function (score) { return known(score) ? score.toFixed(2) : "—"; }).join(" → ")));
      line.appendChild(element("td", "status", (one.listed ? "在列" : "") + (PROPOSED[one.proposed] ? (one.listed ? "，" : "") + PROPOSED[one.proposed] : "")));
      names.forEach(function (name) { line.appendChild(element("td", "number", one.small ? "—" : part(name, one[name]))); });
    });
    const listed = answer.items.filter(function (one) { return one.listed; });
    if (onRemedy && listed.length) {
      box.appendChild(wangge.button("在列的 " + listed.length + " 个登记整改，或抽签分批", function () {
        onRemedy(listed.map(function (one) { return one.code; }));
      }, "link"));
    }
    box.appendChild(element("h3", "", "决定记录"));
    if (!answer.history.length) box.appendChild(element("p", "none", "还没有决定。"));
    else {
      const nameOf = {};
      answer.items.forEach(function (one) { nameOf[one.code] = one.name; });
      box.appendChild(wangge.table(["时间", "名称", "依据月份", "建议", "决定", "签字人", "理由"], answer.history.map(function (one) {
        return [wangge.moment(one.at), nameOf[one.code] || one.code, one.month, PROPOSED[one.proposed] || "无", ACTS[one.act], one.who, one.reason];
      }), "history"));
    }
    return box;
  };
})(window.wangge);
