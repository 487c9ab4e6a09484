"use strict";

// Who is on duty, gaps of the roster, entries by hand, the log that writes itself.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  let now = null;

  function seat(of) {
    if (!of) return element("span", "quiet", "—");
    const made = element("span", "", of.name);
    if (of.phone) made.appendChild(element("div", "quiet", of.phone));
    return made;
  }

  function posts(found) {
    $("now").textContent = wangge.moment(found.now);
    $("posts").textContent = "";
    if (!found.posts.length) {
      $("posts").appendChild(element("p", "quiet", "尚未导入值班表：提示推送时没有岗位可通知。"));
      return;
    }
    $("posts").appendChild(wangge.table(["岗位", "职责", "固定电话", "值班员", "备班", "带班领导"], found.posts.map(function (one) {
      const officer = one.seats.officer ? seat(one.seats.officer) : element("span", "gap", "无人");
      return [one.name, one.duty, one.landline || "—", officer, seat(one.seats.deputy), seat(one.seats.leader)];
    })));
  }

  function gaps(found) {
    $("gaps").hidden = !found.gaps.length;
    $("gaps").textContent = "72小时内值班空缺 " + found.gaps.length + " 处：" + found.gaps.slice(0, 8).map(function (one) {
      return one.post + "（" + wangge.moment(one.begins_at) + " 至 " + wangge.moment(one.ends_at) + "）";
    }).join("、") + (found.gaps.length > 8 ? "等" : "");
  }

  function holidays(found) {
    const years = found.years_without_holidays;
    $("holidays").hidden = !years.length;
    $("holidays").textContent = years.join("、") + "年节假日、调休安排尚未导入，节假日前后的突增提示可能多报或漏报；请系统管理员导入（wangge calendar import）。";
  }

  function shifts(found) {
    $("shifts").textContent = "";
    if (!found.shifts.length) {
      $("shifts").appendChild(element("p", "quiet", "没有班次。"));
      return;
    }
    $("shifts").appendChild(wangge.table(["开始", "结束", "岗位", "班次", "姓名"], found.shifts.slice(0, 60).map(function (one) {
      return [wangge.moment(one.begins_at), wangge.moment(one.ends_at), one.post, one.word, one.name];
    })));
  }

  function instructions(found) {
    const box = $("instructions");
    box.textContent = "";
    if (!found.instructions.length) {
      box.appendChild(element("p", "quiet", "没有未落实的批示。"));
      return;
    }
    box.appendChild(wangge.table(["批示", "时限", "编号"], found.instructions.map(function (one) {
      const words = (one.detail.leader ? one.detail.leader + "：" : "") + one.words;
      const due = element("span", one.late ? "late" : "", one.due_at ? wangge.moment(one.due_at) + (one.late ? "（逾期）" : "") : "—");
      return [words, due, String(one.entry_id)];
    })));
  }

  function choices(found) {
    return found.posts.map(function (one) { return [one.name, one.name]; });
  }

  function form(kind, word, fields) {
    return { name: kind, word: word, form: function () {
      return wangge.makeForm({ word: "登记" + word, address: "/api/duty/entries", body: { kind: kind }, fields: fields }, function () {
        return load();
      }, function () { return Promise.resolve("没有保存，请刷新后再试。"); });
    } };
  }

  function entries(found) {
    const box = $("entries");
    if (box.querySelector("form")) return;
    box.textContent = "";
    const post = found.posts.length ? { name: "post", kind: "choose", word: "岗位", choices: choices(found) } : { name: "post", kind: "text", word: "岗位", most: 100 };
    const words = { name: "words", kind: "text", word: "内容", long: true, must: true };
    const open = found.instructions.map(function (one) { return [String(one.entry_id), one.entry_id + "：" + one.words.slice(0, 20)]; });
    const all = [
      Object.assign(form("nil", "零报告", [post]), { look: "main" }),
      form("note", "记事", [post, words]),
      form("instruction", "领导批示", [
        { name: "leader", kind: "text", word: "批示领导", must: true, most: 100 }, words,
        { name: "due_at", kind: "text", type: "datetime-local", word: "办理时限", none: null },
      ]),
      form("hand_over", "交班", [post, Object.assign({}, words, { word: "移交事项", value: handOver(found) })]),
    ];
    if (open.length) all.splice(3, 0, form("done", "落实情况", [{ name: "about", kind: "choose", word: "所落实的批示", choices: open }, words]));
    if (found.handovers && found.handovers.length) {
      all.push(form("take_over", "接班", [{ name: "about", kind: "choose", word: "所接交班记录", choices: found.handovers.map(function (one) {
        return [String(one.entry_id), wangge.moment(one.at) + " " + one.post + " " + one.who];
      }) }]));
    }
    wangge.buttons(box, all);
  }

  function handOver(found) {
    const open = found.open_alerts || [];
    return open.length ? "未解除提示 " + open.length + " 条：" + open.map(function (one) {
      return one.id + "（" + wangge.LEVELS[one.level].word + "，" + (wangge.STATES[one.state] || one.state) + "）";
    }).join("、").slice(0, 400) : "无未解除提示。";
  }

  function log(found) {
    $("day").value = found.day;
    $("log").textContent = "";
    if (!found.items.length) {
      $("log").appendChild(element("p", "quiet", "当日没有记录。"));
      return;
    }
    const list = $("log").appendChild(element("ol", "timeline"));
    found.items.forEach(function (one) {
      const line = list.appendChild(element("li"));
      const head = line.appendChild(element("p"));
      head.appendChild(element("time", "", wangge.moment(one.at)));
      head.appendChild(element("b", "", one.what));
      head.appendChild(document.createTextNode(one.who + (one.post ? "（" + one.post + "）" : "") + " "));
      if (one.alert_id) head.appendChild(element("a", "", "提示 " + one.alert_id)).href = "/alerts/" + one.alert_id;
      if (one.whistle_id) head.appendChild(element("a", "", "吹哨 " + one.whistle_id)).href = "/whistles/" + one.whistle_id;
      if (one.words) line.appendChild(element("p", "", one.words));
    });
  }

  function load() {
    return wangge.ask("/api/duty").then(function (found) {
      now = found;
      $("entries").textContent = "";
      posts(found);
      gaps(found);
      holidays(found);
      instructions(found);
      entries(found);
      shifts(found);
      return wangge.ask("/api/duty/log" + ($("day").value ? "?day=" + $("day").value : ""));
    }).then(log);
  }

  const REASONS = { post: "岗位", duty: "职责", area: "区域", seat: "班次", name: "姓名", phone: "手机", mail: "邮箱", begins: "开始", ends: "结束", day: "日期", hours: "时段", landline: "固定电话" };

  $("import").addEventListener("click", function () {
    const file = $("file").files[0];
    const said = $("imported");
    $("faults").textContent = "";
    said.className = "said";
    if (!file) {
      said.textContent = "请先选择文件。";
      return;
    }
    said.textContent = "正在导入…";
    fetch("/api/duty/roster", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } }).then(function (answer) {
      return answer.json().then(function (told) {
        if (answer.ok) {
          said.className = "said done";
          said.textContent = "已导入：" + told.posts + " 个岗位、" + told.people + " 人、" + told.shifts + " 个班次。";
          return load();
        }
        said.textContent = "没有导入：" + (told.errors && told.errors.length ? "有 " + told.errors.length + " 处不对，改正后再导入。" : "文件不能读取。");
        if (told.errors && told.errors.length) $("faults").appendChild(wangge.table(["行", "列", "问题"], told.errors.map(function (one) {
          return [String(one.row), REASONS[one.field] || one.field, one.reason];
        })));
        return null;
      });
    }).catch(function () { said.textContent = "没有导入：与服务器的连接中断，请再试。"; });
  });
  $("day").addEventListener("change", function () { wangge.ask("/api/duty/log?day=" + $("day").value).then(log).catch(wangge.lost); });
  $("print").addEventListener("click", function () { window.print(); });
  wangge.session.then(load).catch(wangge.lost);
  setInterval(function () {
    if (now && !$("entries").querySelector("form")) load().then(function () { $("lost").hidden = true; }).catch(wangge.lost);
  }, 60000);
})(window.wangge);
