"use strict";

// 治理类名单 and 整改成效: what the rules propose, what a person signs, and what became of it.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  const PROPOSED = { enter: "建议列入", stay: "建议保留", leave: "建议退出", "": "" };
  const ACTS = { enter: "列入", stay: "保留", leave: "退出", pass: "暂不列入" };
  const PARTS = {
    rate_12: ["12月每千户", 1], rate_3: ["3月每千户", 1], repeats: ["重复占比", "%"], topics: ["占半类别数", 0],
    inside: ["最集中下级", "%"], resolution: ["解决率", "%"], satisfaction: ["满意率", "%"],
  };
  const VERDICTS = { fell: "明显下降", unclear: "看不出变化", rose: "明显上升" };

  function part(name, value) {
    if (!known(value)) return "无数据";
    return PARTS[name][1] === "%" ? (value * 100).toFixed(1) + "%" : value.toFixed(PARTS[name][1]);
  }

  function field(form, word, input) {
    const label = form.appendChild(element("label", "", word + " "));
    label.appendChild(input);
    return input;
  }

  function typed(most) {
    const made = element("input");
    made.type = "text";
    made.maxLength = most;
    return made;
  }

  function signing(one, answer, onDecide) {
    const form = element("form", "sign");
    const act = field(form, "决定", element("select"));
    (one.listed ? ["stay", "leave"] : ["enter", "pass"]).forEach(function (name) {
      const option = act.appendChild(element("option", "", ACTS[name]));
      option.value = name;
    });
    if (one.proposed === "leave" || one.proposed === "enter") act.value = one.proposed;
    const who = wangge.me ? null : field(form, "签字人", typed(100));
    const reason = field(form, "理由", typed(500));
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

  // The list: scores and parts of each place, and a form to decide with.
  wangge.governanceList = function (answer, onDecide) {
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

  function outcome(one) {
    if (one.missing === "not_over") return "整改后还没有满一个月，不能判断。";
    if (one.missing === "too_young") return "以往只有 " + one.there + " 个月数据，判断 " + one.months + " 个月要有 " + one.needed + " 个月，不能判断。";
    if (one.missing) return "没有触发月份的数据，不能判断。";
    const of = one.outcome;
    let words = VERDICTS[of.verdict] + "：整改后 " + one.months + " 个月 " + wangge.number(of.came) + " 件，不整改预计 " + of.expected + " 件（正常 "
      + wangge.number(of.low) + " 至 " + wangge.number(of.high) + " 件）。";
    if (of.above && of.verdict !== "rose") words += "高于正常范围，但一起挑出来的地方常常一起继续上升，成批判断不能断定上升，宜逐个看。";
    words += "真下降三成，有 " + wangge.percent(of.power) + " 的把握看得出来；";
    words += known(of.visible_fall) ? "下降 " + wangge.percent(of.visible_fall) + " 以上才看得出来。" : "件数太少，降到零也看不出来。";
    return words;
  }

  function ring(one) {
    if (!one.neighbours) return "";
    return "周边：" + VERDICTS[one.neighbours.verdict] + "（" + wangge.number(one.neighbours.came) + " 件，预计 " + one.neighbours.expected + " 件）"
      + (one.neighbours.above ? "，高于正常范围，注意问题是否移到周边。" : "。");
  }

  // Batches of remedies with their verdict, and a form to enter one.
  wangge.remedyList = function (items, form, onEnter) {
    const box = element("div", "remedies");
    box.appendChild(element("p", "lead", "按触发月份之前12个月推算不整改会有多少件，扣除全市增减和自然回落。单个地方件数少，看不出三成以下的变化，宜成批整改、成批判断。"));
    if (!items.length) box.appendChild(element("p", "none", "还没有登记整改。"));
    items.forEach(function (one) {
      const section = box.appendChild(element("section", "part"));
      section.appendChild(element("h3", "", one.batch));
      section.appendChild(element("p", "", one.what.join("；") + "。" + wangge.LEVEL_NAMES[one.level] + " " + one.places.length + " 个："
        + one.places.map(function (place) { return place.name; }).join("、") + "；" + (one.category ? wangge.topicName(one.category) : "全部类别")
        + "；触发月份 " + one.trigger_month + "，" + wangge.day(one.started_on) + "开始。"));
      section.appendChild(element("p", "outcome", outcome(one)));
      if (ring(one)) section.appendChild(element("p", "", ring(one)));
    });
    const made = box.appendChild(element("form", "sign"));
    made.appendChild(element("h3", "", "登记整改（" + wangge.LEVEL_NAMES[form.level] + "，" + (form.category ? wangge.topicName(form.category) : "全部类别") + "）"));
    const batch = field(made, "批次名称", typed(100));
    const places = field(made, "地点（按住Ctrl可多选）", element("select"));
    places.multiple = true;
    places.size = 6;
    form.places.forEach(function (place) {
      places.appendChild(element("option", "", place.name)).value = place.code;
    });
    const month = field(made, "触发月份", element("select"));
    form.months.forEach(function (one) { month.appendChild(element("option", "", one)).value = one; });
    month.value = form.month;
    const day = field(made, "开始日期", element("input"));
    day.type = "date";
    const what = field(made, "做了什么", typed(500));
    const who = wangge.me ? null : field(made, "登记人", typed(100));
    const said = element("span", "bad");
    const button = made.appendChild(element("button", "", "登记"));
    button.type = "submit";
    made.appendChild(said);
    made.addEventListener("submit", function (event) {
      event.preventDefault();
      const codes = Array.from(places.selectedOptions).map(function (one) { return one.value; });
      if (!batch.value.trim() || !codes.length || !day.value || !what.value.trim() || (who && !who.value.trim())) {
        said.textContent = "每一项都要填写。";
        return;
      }
      button.disabled = true;
      onEnter({
        batch: batch.value.trim(), level: form.level, codes: codes, category: form.category || "", trigger_month: month.value,
        started_on: day.value, what: what.value.trim(), who: who ? who.value.trim() : wangge.me,
      }).catch(function (error) {
        said.textContent = "没有登记：" + error.message;
        button.disabled = false;
      });
    });
    return box;
  };
})(window.wangge);
