"use strict";

// The page of one alert: who has been called, what may be done, who was told, what was done.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const id = Number(/\/alerts\/(\d+)/.exec(location.pathname)[1]);
  const LOOK_EVERY_MS = 15000;
  const HOW = { page: "本页", call: "电话（代登记）", sms: "短信", robot: "工作群" };
  const POLICE = { accepted: "已接报", returned: "退回", reported_back: "反馈", three_way: "三方通话" };
  const KEEPER = { hotline: "12345", police: "110" };
  const VERIFIED = { recall: "回访来电人", on_site: "现场查看" };
  let seen = -1;
  let appeals = [];

  function details(made) {
    const of = made.detail;
    const words = [];
    if (of.how) words.push((made.move === "receive" ? "方式：" + (HOW[of.how] || of.how) : "方式：" + VERIFIED[of.how]));
    if (of.verdict) words.push("结果：" + wangge.VERDICTS[of.verdict]);
    if (of.outcome) words.push("结论：" + wangge.VERDICTS[of.outcome]);
    if (made.move === "assess") words.push("等级：" + wangge.LEVELS[made.level].word + "色。" + (of.ask ? "工作要求：" + of.ask : ""));
    if (made.move === "rise") words.push("升至" + wangge.LEVELS[made.level].word + "色，需重新研判、审签、签收");
    if (of.until) words.push("至 " + wangge.moment(of.until));
    if (made.move === "call_in") words.push("邀请：" + of.duties.join("、"));
    if (made.move === "police") words.push(POLICE[of.what] + (of.reference ? "，编号 " + of.reference : ""));
    if (made.move === "three_way") words.push(agreed(of) + "。通话各方：" + of.parties);
    if (made.move === "merge") words.push("并入提示 " + of.into);
    if (made.move === "absorb" || made.move === "release") words.push("提示 " + of.of);
    const called = Object.keys(of.called || {});
    if (called.length) words.push("已通知：" + called.map(function (one) { return one + (of.called[one] ? "（" + of.called[one] + "）" : ""); }).join("、"));
    (of.told || []).forEach(function (one) {
      words.push("→ " + one.post + (one.person ? "：" + one.person + (one.seat ? "（" + one.seat + "）" : "") : "：值班表无人，请拨打固定电话") + "　" + one.reasons.join("；"));
    });
    if (of.told && !of.told.length) words.push("没有匹配的值班岗位，未通知到人");
    return words;
  }

  function agreed(call) {
    const first = KEEPER[call.first];
    return call.keeper ? "商定由" + KEEPER[call.keeper] + "办理（首接" + first + "）" : "未达成一致，由首接单位" + first + "继续办理";
  }

  function head(alert) {
    const box = $("head");
    if (box.firstElementChild.className.indexOf("badge") >= 0) box.firstElementChild.remove();
    box.insertBefore(wangge.badge(alert.level, wangge.group(alert) !== "open"), box.firstChild);
    $("headline").textContent = alert.headline;
    document.title = alert.headline + " · 诉求风险提示";
    const meta = $("meta");
    meta.textContent = "";
    meta.appendChild(element("span", "stage", wangge.STATES[alert.state] || alert.state));
    [
      "编号 " + alert.id,
      wangge.LEVELS[alert.level].word + "色" + (alert.level_row ? "：" + alert.level_row : ""),
      wangge.KINDS[alert.kind] || alert.kind,
      wangge.counted(alert),
      "提示 " + wangge.moment(alert.opened_at),
      "最近诉求 " + wangge.moment(alert.newest_at),
      alert.duties.length ? "涉及职责 " + alert.duties.join("、") : "",
      alert.unconfirmed ? "未确认：当日结束后复核未再发现" : "",
      alert.historical ? "历史提示，不推送" : "",
      alert.aside ? wangge.ASIDE[alert.aside] || "" : "",
    ].forEach(function (word) { if (word) meta.appendChild(element("span", "", word)); });
    const first = $("first");
    const grave = alert.level === "red" || alert.level === "orange";
    const none = !Object.keys(alert.called).length;
    first.hidden = !grave && none;
    first.textContent = alert.first_line;
    first.classList.toggle("none", none);
  }

  function unsigned(alert) {
    if (alert.draft && alert.draft.signed_by) return "已审签，待推送";
    return alert.state === "detected" ? "待核实、待审签" : "待审签";
  }

  function warnings(alert) {
    const box = $("warnings");
    box.textContent = "";
    const over = wangge.ENDED.indexOf(alert.state) >= 0;
    const silent = alert.asked.filter(function (one) { return one.listed && !one.received_by; });
    const words = [
      alert.unsigned && !over ? unsigned(alert) + "：因涉及生命安全或公共秩序，已先行推送。" : "",
      alert.nobody_told && !over ? "没有匹配的值班岗位，未通知到任何人：请电话通知，并在记事中登记；请完善值班表。" : "",
      silent.length && !over ? silent.map(function (one) { return one.post; }).join("、") + "逾时无人签收，值班表已无可联系人：请按电话表逐个拨打。" : "",
      alert.wants_update ? "有效时间已过半：请更新提示单，或解除。" : "",
    ];
    words.forEach(function (word) { if (word) box.appendChild(element("p", "warn", word)); });
  }

  function draft(alert) {
    const of = alert.draft;
    $("draft").hidden = !of;
    if (!of) return;
    const rows = [
      ["提示等级", wangge.LEVELS[of.level].word + "色"],
      ["工作要求", of.ask || "—"],
      ["情况说明", of.words || "—"],
      ["有效至", wangge.moment(of.expires_at)],
      ["拟稿", of.by + "　" + wangge.moment(of.at)],
      ["审签", of.signed_by ? of.signed_by + "　" + wangge.moment(of.signed_at) : of.level === "red" || of.level === "orange" ? "待审签" : "蓝色、黄色无须审签"],
    ];
    $("draft-body").textContent = "";
    $("draft-body").appendChild(wangge.table(["项目", "内容"], rows));
  }

  function asked(alert) {
    const box = $("asked");
    box.textContent = "";
    if (!alert.asked.length) {
      box.appendChild(element("p", "quiet", "尚未通知岗位。"));
      return;
    }
    const now = Date.now();
    box.appendChild(wangge.table(["岗位", "在岗", "签收"], alert.asked.map(function (one) {
      const post = element("span", "", one.post);
      if (one.landline) post.appendChild(element("div", "quiet", one.landline));
      const late = !one.received_by && Date.parse(one.by) < now;
      const state = one.received_by
        ? element("span", "done-mark", "已签收 " + one.received_by + " " + wangge.moment(one.received_at) + "，" + (HOW[one.received_how] || one.received_how))
        : element("span", late ? "late" : "", late ? "逾时未签收" : "待签收，限 " + wangge.moment(one.by));
      return [post, one.person || "值班表无人", state];
    })));
  }

  function link(one) {
    const made = element("a", "", "提示 " + one.id + "　" + one.headline);
    made.href = "/alerts/" + one.id;
    return made;
  }

  // What went to 110 and came back, alerts merged with this one, who may see it.
  function around(alert) {
    $("police").hidden = !alert.police.length;
    $("police-body").textContent = "";
    if (alert.police.length) {
      $("police-body").appendChild(wangge.table(["时间", "110", "编号", "内容"], alert.police.map(function (one) {
        return [wangge.moment(one.at), element("span", one.what === "returned" ? "late" : "", POLICE[one.what]), one.reference || "—",
          [one.what === "three_way" ? one.parties + "：" + agreed(one) : "", one.words].filter(Boolean).join("。") || "—"];
      })));
      $("police-body").appendChild(element("p", "keeper", "现由" + KEEPER[alert.keeper] + "办理。"));
    }
    const family = alert.merged_into.concat(alert.merged);
    $("merged").hidden = !family.length;
    $("merged-body").textContent = "";
    family.forEach(function (one, i) {
      const line = $("merged-body").appendChild(element("p", "", i < alert.merged_into.length ? "已并入 " : "并入本提示 "));
      line.appendChild(link(one));
    });
    $("room").textContent = alert.room.length ? "可查看本提示的联动单位：" + alert.room.join("、") : "没有联动单位可查看本提示。";
  }

  function whistles(alert) {
    const box = $("whistles");
    box.textContent = "";
    alert.whistles.forEach(function (one) {
      const link = box.appendChild(element("p")).appendChild(element("a", "", one.street + "　" + (wangge.STAGES[one.state] || one.state)));
      link.href = "/whistles/" + one.id;
    });
    if (!alert.whistles.length) box.appendChild(element("p", "quiet", "没有吹哨。"));
    if (wangge.rights && wangge.rights.indexOf("whistle") >= 0 && wangge.ENDED.indexOf(alert.state) < 0) {
      const link = box.appendChild(element("p")).appendChild(element("a", "", "就此提示拟哨"));
      link.href = "/whistles?alert=" + alert.id;
    }
  }

  function show(alert) {
    seen = alert.seen;
    head(alert);
    warnings(alert);
    wangge.alertMoves($("moves"), alert, show, taken);
    draft(alert);
    wangge.alertReport($("report"), alert);
    asked(alert);
    around(alert);
    $("timeline").textContent = "";
    $("timeline").appendChild(alert.moves.length ? wangge.timeline(alert.moves, details) : element("p", "quiet", "尚无处理记录。"));
    $("reason").textContent = alert.reason;
    $("evidence").textContent = "";
    $("evidence").appendChild(wangge.evidence(alert.signals, alert.reason));
    whistles(alert);
    wangge.alertMap($("map-box"), alert, appeals);
    return null;
  }

  // Somebody was first: show what they did, and say so.
  function taken(problem) {
    return wangge.ask("/api/alerts/" + id).then(function (alert) {
      const last = alert.moves[alert.moves.length - 1];
      const changed = alert.seen !== seen && last;
      show(alert);
      const words = changed
        ? "没有保存：" + last.by + " 已于 " + wangge.moment(last.at) + " " + last.label + "，请看最新情况后再办。"
        : reason(problem);
      const line = $("moves").appendChild(element("p", "said", words));
      line.setAttribute("role", "alert");
      return words;
    });
  }

  function reason(problem) {
    const why = String(problem.detail);
    if (why.indexOf("two persons") >= 0) return "没有保存：拟稿人不能审签，须由另一人审签。";
    if (why.indexOf("hotline desk alone") >= 0) return "没有保存：同一来电人多次反映的情况仅由热线值班室掌握，不邀请公安、政法、宣传。";
    if (why.indexOf("graver alert goes on") >= 0) return "没有保存：请把等级低的并入等级高的。";
    if (why.indexOf("signed by the leader") >= 0) return "没有保存：红色、橙色提示须先审签再推送。";
    const first = /somebody was first: ([^,]+), /.exec(why);
    if (first) return "没有保存：" + first[1] + " 已先签收。";
    return "没有保存：当前环节不能这样办。";
  }

  function load() {
    return wangge.ask("/api/alerts/" + id).then(function (alert) {
      const typing = $("moves").querySelector("form");
      if (alert.seen === seen && seen >= 0 && typing) return null;
      if (!typing) return show(alert);
      return null; // whoever is writing is told when they send
    });
  }

  function begin() {
    wangge.ask("/api/alerts/" + id + "/appeals").then(function (found) {
      appeals = found.items;
      wangge.alertCurve($("curve-box"), $("curve"), appeals);
      wangge.alertAppeals($("appeals-box"), $("appeals"), appeals);
    }).catch(function () { /* who may not see them sees the alert without */ }).then(load).catch(function (error) {
      $("headline").textContent = error.message === "404" ? "没有此编号的提示，或不在您的辖区。" : "读取失败，请刷新页面。";
    });
    setInterval(function () { load().then(function () { $("lost").hidden = true; }).catch(wangge.lost); }, LOOK_EVERY_MS);
  }

  wangge.session.then(begin).catch(wangge.lost);
})(window.wangge);
