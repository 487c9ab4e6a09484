"use strict";

// 每月一题: what is nominated and why, and of each topic chosen its plan, its three lists and how far they are.
(function (wangge) {
  const element = wangge.element;
  const known = wangge.known;

  const PARTS = {
    volume: ["占全部诉求", "%"], reach: ["涉及街乡镇", "%"], even: ["均匀程度", 2], months: ["居前月份", "%"], slope: ["月均变化", "%"],
    unsolved: ["未解决", "%"], unsatisfied: ["不满意", "%"], outside: ["明显偏多街乡镇", 0],
  };
  const LISTS = { problem: "问题清单", task: "任务清单", duty: "责任清单" };
  const ACTS = { done: "办结", reopen: "重新打开", end: "销题" };

  function part(name, value) {
    if (!known(value)) return "无数据";
    if (name === "slope") return (value > 0 ? "+" : "") + (value * 100).toFixed(1) + "%";
    return PARTS[name][1] === "%" ? (value * 100).toFixed(1) + "%" : value.toFixed(PARTS[name][1]);
  }

  function input(form, word, made, most) {
    const label = form.appendChild(element("label", "", word + " "));
    label.appendChild(made);
    if (most) made.maxLength = most;
    return made;
  }

  function typed() {
    const made = element("input");
    made.type = "text";
    return made;
  }

  // A form that asks for words, sends them once and says what was refused.
  function asking(title, fields, send) {
    const form = element("form", "sign");
    const made = {};
    Object.keys(fields).forEach(function (name) {
      const of = fields[name];
      const field = input(form, of.word, of.long ? element("textarea") : typed(), of.long ? 2000 : 500);
      if (of.type) field.type = of.type;
      made[name] = field;
    });
    const who = wangge.me ? null : input(form, "签字人", typed(), 100);
    const button = form.appendChild(element("button", "", title));
    button.type = "submit";
    const said = form.appendChild(element("span", "bad"));
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const words = { who: who ? who.value.trim() : wangge.me };
      Object.keys(made).forEach(function (name) { words[name] = made[name].value.trim(); });
      if (Object.keys(words).some(function (name) { return !words[name]; })) {
        said.textContent = "每一项都要填写。";
        return;
      }
      button.disabled = true;
      send(words).catch(function (error) {
        said.textContent = "没有记下：" + error.message;
        button.disabled = false;
      });
    });
    return form;
  }

  // A button that opens a form in its place.
  function opening(box, title, made) {
    const button = box.appendChild(wangge.button(title, function () {
      box.insertBefore(made(), button);
      button.remove();
    }, "small"));
  }

  function nominations(answer, onChoose) {
    const box = element("section", "part");
    const rules = answer.rules;
    box.appendChild(element("h3", "", "提名（" + answer.month + "）"));
    box.appendChild(element("p", "lead", "近3个月不少于 " + rules.least + " 件、涉及 " + wangge.percent(rules.reach) + " 以上街乡镇的类别，按涉及面、持续时间和难度加权排序，提名前 "
      + rules.nominate + " 个。括号内为权重。提名只供参考，由人选定并签字。"));
    if (answer.can_from) {
      box.appendChild(element("p", "none", "到 " + answer.month + " 只有 " + answer.months + " 个月数据，看不出持续时间，暂不提名；满 " + rules.months
        + " 个月即 " + answer.can_from + " 起提名。下表按现有数据排列，可先看涉及面和难度。"));
    } else if (answer.items.length && !answer.items.some(function (one) { return known(one.rank); })) {
      box.appendChild(element("p", "none", "没有类别同时达到件数和涉及面的要求，本月不提名。下表按得分排列。"));
    }
    if (!answer.items.length) {
      box.appendChild(element("p", "none", "没有达到 5 件的类别。"));
      return box;
    }
    const names = Object.keys(PARTS).filter(function (name) { return rules.weights[name] > 0; });
    const frame = box.appendChild(element("div", "wide"));
    const table = frame.appendChild(element("table", "ranking"));
    const head = table.appendChild(element("thead")).appendChild(element("tr"));
    ["提名", "类别", "得分", "近3个月"].concat(names.map(function (name) {
      return PARTS[name][0] + "（" + rules.weights[name] + "）";
    })).forEach(function (word) { head.appendChild(element("th", "", word)).scope = "col"; });
    const body = table.appendChild(element("tbody"));
    answer.items.forEach(function (one) {
      const line = body.appendChild(element("tr"));
      line.dataset.code = one.code;
      line.appendChild(element("td", "number", known(one.rank) ? String(one.rank) : "—"));
      const open = wangge.opening(line, wangge.topicName(one.code), names.length + 4, function () {
        return asking("选定为 " + answer.month + " 题目", { lead: { word: "牵头单位" }, plan: { word: "方案", long: true } }, function (words) {
          return onChoose({ month: answer.month, category: one.code, lead: words.lead, plan: words.plan, who: words.who });
        });
      });
      open.title = "选定为题目";
      line.appendChild(element("td", "name")).appendChild(open);
      line.appendChild(element("td", "number", known(one.score) ? one.score.toFixed(2) : "—"));
      line.appendChild(element("td", "number", wangge.number(one.n_3)));
      names.forEach(function (name) { line.appendChild(element("td", "number", part(name, one[name]))); });
    });
    return box;
  }

  function of(topic, list, about) {
    return topic.items.filter(function (one) { return one.list === list && (about === undefined || one.about === about); });
  }

  function count(items, word) {
    const done = items.filter(function (one) { return one.done; }).length;
    const late = items.filter(function (one) { return one.overdue; }).length;
    return word + " " + items.length + " 项" + (items.length ? "（办结 " + done + (late ? "，逾期 " + late : "") + "）" : "");
  }

  function course(topic) {
    const of = topic.course;
    if (!of || !known(of.share_before)) return "";
    let words = "占全部诉求：题目月及之前12个月 " + wangge.percent(of.share_before);
    words += known(of.share_since) ? "，之后 " + wangge.percent(of.share_since) + "。" : "；之后还没有数据。";
    const recent = of.months.slice(-6).map(function (month, at) {
      const n = of.n.slice(-6)[at];
      return month + " " + (known(n) ? wangge.number(n) : "小于5");
    });
    return words + "近6个月：" + recent.join("，") + " 件。";
  }

  function line(topic, item, on) {
    const box = element("li", item.overdue ? "late" : "");
    const state = item.list === "duty" ? "" : item.done ? "　已办结" : item.overdue ? "　已逾期" : "　在办";
    box.appendChild(element("span", "", item.what + (item.due_on ? "（" + wangge.day(item.due_on) + "前）" : "")));
    if (state) box.appendChild(element("b", item.done ? "done" : item.overdue ? "bad" : "", state));
    if (topic.ended || item.list === "duty") return box;
    const acts = box.appendChild(element("span", "acts"));
    const act = item.done ? "reopen" : "done";
    opening(acts, ACTS[act], function () {
      return asking(ACTS[act], { reason: { word: item.done ? "为什么" : "办成了什么" } }, function (words) {
        return on.move(topic.topic_id, { act: act, item_id: item.item_id, reason: words.reason, who: words.who });
      });
    });
    return box;
  }

  function adding(box, topic, list, about, on) {
    const fields = { problem: { what: { word: "问题" } }, task: { what: { word: "任务" }, due_on: { word: "期限", type: "date" } }, duty: { what: { word: "责任单位和责任人职务" } } }[list];
    opening(box, "＋" + { problem: "问题", task: "任务", duty: "责任" }[list], function () {
      return asking("列入" + LISTS[list], fields, function (words) {
        const said = { list: list, what: words.what, who: words.who };
        if (about) said.about = about;
        if (words.due_on) said.due_on = words.due_on;
        return on.add(topic.topic_id, said);
      });
    });
  }

  function oneTopic(topic, on) {
    const box = element("section", "part topic");
    box.dataset.topic = topic.topic_id;
    box.appendChild(element("h3", "", topic.month + "　" + wangge.topicName(topic.class_code) + (topic.ended ? "　已销题" : "")));
    box.appendChild(element("p", "", "牵头单位：" + topic.lead + "；" + (known(topic.rank) ? "提名第 " + topic.rank : "未被提名，由人选定") + "；" + topic.who + " " + wangge.moment(topic.at) + " 签。"));
    box.appendChild(element("p", "", "方案：" + topic.plan));
    const words = course(topic);
    if (words) box.appendChild(element("p", "", words));
    box.appendChild(element("p", "outcome", [count(of(topic, "problem"), "问题清单"), count(of(topic, "task"), "任务清单"), "责任清单 " + of(topic, "duty").length + " 项"].join("；") + "。"));
    const problems = box.appendChild(element("ol", "lists"));
    of(topic, "problem").forEach(function (problem) {
      const entry = problems.appendChild(line(topic, problem, on));
      const tasks = entry.appendChild(element("ul"));
      of(topic, "task", problem.item_id).forEach(function (task) {
        const below = tasks.appendChild(line(topic, task, on));
        const duties = of(topic, "duty", task.item_id);
        below.appendChild(element("div", duties.length ? "duty" : "duty bad", duties.length ? "责任：" + duties.map(function (one) { return one.what; }).join("；") : "责任未明确"));
        if (!topic.ended && !task.done) adding(below.lastChild, topic, "duty", task.item_id, on);
      });
      if (!topic.ended && !problem.done) adding(entry, topic, "task", problem.item_id, on);
    });
    if (!topic.ended) {
      const foot = box.appendChild(element("div", "acts"));
      adding(foot, topic, "problem", null, on);
      const open = of(topic, "problem").filter(function (one) { return !one.done; });
      if (of(topic, "problem").length && !open.length) {
        opening(foot, "销题", function () {
          return asking("销题", { reason: { word: "结论" } }, function (words) {
            return on.move(topic.topic_id, { act: "end", reason: words.reason, who: words.who });
          });
        });
      }
    }
    if (topic.moves.length) {
      const nameOf = {};
      topic.items.forEach(function (one) { nameOf[one.item_id] = one.what; });
      const record = box.appendChild(element("details"));
      record.appendChild(element("summary", "", "办理记录 " + topic.moves.length + " 条"));
      record.appendChild(wangge.table(["时间", "事项", "动作", "说明", "签字人"], topic.moves.map(function (one) {
        return [wangge.moment(one.at), one.item_id ? nameOf[one.item_id] : "题目", ACTS[one.act], one.reason, one.who];
      }), "history"));
    }
    return box;
  }

  // Topics chosen first: they are what one works on; then what is nominated for the month.
  wangge.monthlyTopics = function (nominated, topics, on) {
    const box = element("div", "monthly governance");
    if (!topics.length) box.appendChild(element("p", "none", "还没有选定题目。点下表中的类别，填写牵头单位和方案，签字选定。"));
    topics.forEach(function (topic) { box.appendChild(oneTopic(topic, on)); });
    box.appendChild(nominations(nominated, on.choose));
    return box;
  };
})(window.wangge);
