"use strict";

// The forms of what may be done with one alert, in the order of its life.
(function (wangge) {
  const LEVELS = [["red", "红"], ["orange", "橙"], ["yellow", "黄"], ["blue", "蓝"]];
  const REASON = { name: "reason", kind: "text", word: "情况说明", long: true };
  const MUST = { name: "reason", kind: "text", word: "理由", long: true, must: true };

  function calls(alert) {
    return { name: "called", kind: "calls", value: alert.called };
  }

  // One's own post stands first; the desk alone answers for others, by telephone.
  function waiting(alert) {
    const desk = wangge.rights.indexOf("duty") >= 0;
    return alert.asked.filter(function (one) { return !one.received_by && (desk || one.mine); })
      .sort(function (a, b) { return Number(b.mine) - Number(a.mine); })
      .map(function (one) { return [one.post, one.post]; });
  }

  // word, look, fields of each move; `main` is the one that its state waits for.
  const MOVES = {
    receive: function (alert) {
      const posts = waiting(alert);
      const post = posts.length
        ? { name: "post", kind: "choose", word: "签收岗位", choices: posts }
        : { name: "post", kind: "text", word: "签收岗位", must: true, most: 100 };
      return { word: "签收", fields: [post, {
        name: "how", kind: "pick", word: "方式", choices: [["page", "本页签收"], ["call", "电话签收（代登记）"]],
      }] };
    },
    verify: function (alert) {
      return { word: "核实", fields: [
        { name: "how", kind: "pick", word: "核实方式", choices: [["recall", "回访来电人"], ["on_site", "现场查看"]] },
        { name: "verdict", kind: "pick", word: "核实结果", choices: [["true", "属实"], ["false", "不属实"], ["known", "已知（在办）"]] },
        REASON, calls(alert),
      ] };
    },
    assess: function (alert) {
      return { word: alert.draft ? "更新提示单" : "研判拟稿", fields: [
        { name: "level", kind: "choose", word: "提示等级", choices: LEVELS, value: alert.level,
          hint: "按等级表为" + wangge.LEVELS[alert.level].word + "色；低于等级表须写理由" },
        { name: "ask", kind: "text", word: "工作要求", long: true, value: alert.draft ? alert.draft.ask : "" },
        REASON, calls(alert),
        { name: "hours", kind: "text", word: "有效时长（小时）", type: "number", none: null,
          hint: "不填按等级上限：红24、橙48、黄72、蓝168" },
      ] };
    },
    sign: function () { return { word: "审签", fields: [REASON] }; },
    return: function () { return { word: "退回拟稿", fields: [MUST] }; },
    push: function () { return { word: "推送", fields: [REASON] }; },
    handle: function () { return { word: "登记处置", fields: [Object.assign({}, REASON, { word: "处置情况", must: true })] }; },
    report_back: function () { return { word: "反馈", fields: [Object.assign({}, REASON, { word: "处置结果", must: true })] }; },
    lift: function () { return { word: "解除", fields: [REASON] }; },
    withdraw: function () { return { word: "撤销", look: "grave", fields: [Object.assign({}, MUST, { hint: "撤销用于误报；风险消除请用解除" })] }; },
    review: function (alert) {
      return { word: "复盘", fields: [
        { name: "outcome", kind: "pick", word: "结论", choices: [["true", "属实"], ["false", "不属实"], ["known", "已知（在办）"]] },
        Object.assign({}, MUST, { word: "复盘意见", hint: "哪些做得好，哪些要改" }),
      ] };
    },
    snooze: function () {
      return { word: "暂不提示", fields: [
        { name: "hours", kind: "choose", word: "时长", choices: [["2", "2小时"], ["12", "12小时"], ["24", "24小时"], ["72", "3天"], ["168", "7天"]],
          hint: "仅限同一地点、同一类别；等级上升照常提示" },
        MUST,
      ] };
    },
    call_in: function (alert) {
      const duties = wangge.BUREAUS.filter(function (one) { return alert.room.indexOf(one) < 0; });
      return { word: "会商邀请", fields: [
        { name: "duties", kind: "pick", many: true, word: "邀请单位", choices: wangge.asChoices(duties) },
        Object.assign({}, MUST, { word: "请其做什么", hint: "被邀请单位可查看本提示" }),
      ] };
    },
    police: function () {
      return { word: "登记110回告", fields: [
        { name: "what", kind: "pick", word: "回告", choices: [["accepted", "已接报"], ["returned", "退回"], ["reported_back", "反馈"]] },
        { name: "reference", kind: "text", word: "110接报编号", most: 80, hint: "已接报须填" },
        Object.assign({}, REASON, { word: "内容", hint: "退回理由、处警结果" }),
      ] };
    },
    three_way: function () {
      const both = [["hotline", "12345"], ["police", "110"]];
      return { word: "登记三方通话", fields: [
        { name: "parties", kind: "text", word: "通话各方", must: true, most: 100, hint: "席位或工号，如：来电人、12345 08席、110 3021" },
        { name: "first", kind: "pick", word: "首接单位", choices: both },
        { name: "keeper", kind: "pick", word: "商定由谁办理", choices: both.concat([["nobody", "未达成一致（首接负责）"]]) },
        Object.assign({}, MUST, { word: "通话内容" }),
      ] };
    },
    merge: function (alert) {
      return { word: "并案", fields: [
        { name: "into", kind: "choose", word: "并入", hint: "两日内等级不低于本提示的在办提示，涉及相同诉求的在前",
          choices: alert.near.map(function (one) { return [one.id, one.id + "　" + wangge.LEVELS[one.level].word + "　" + one.headline]; }) },
        MUST,
      ] };
    },
    unmerge: function () { return { word: "撤销并案", fields: [MUST] }; },
    note: function (alert) { return { word: "记事", fields: [Object.assign({}, MUST, { word: "会商、电话等情况" }), calls(alert)] }; },
  };

  const NEXT = {
    detected: "verify", verified: "assess", signed: "push", pushed: "receive", received: "handle",
    handling: "report_back", reported_back: "lift", lifted: "review", withdrawn: "review", expired: "review",
  };

  function next(alert) {
    if (alert.state !== "assessed") return NEXT[alert.state];
    return alert.level === "red" || alert.level === "orange" ? "sign" : "push";
  }

  // onDone(alert) after a move; onTaken(problem) where somebody was first.
  wangge.alertMoves = function (where, alert, onDone, onTaken) {
    where.textContent = "";
    const own = Object.keys(MOVES).filter(function (name) {
      if (alert.lawful.indexOf(name) < 0 || (name === "merge" && !alert.near.length)) return false;
      // Whoever has acknowledged is not asked again, and nobody for a post of others.
      if (name === "receive" && alert.asked.length) return waiting(alert).length > 0;
      return name !== "push" || next(alert) === "push";
    });
    const main = own.indexOf(next(alert)) >= 0 ? next(alert) : null;
    if (alert.asked.some(function (one) { return !one.received_by; }) && own.indexOf("receive") >= 0) {
      own.sort(function (a, b) { return Number(b === "receive") - Number(a === "receive"); });
    }
    own.sort(function (a, b) { return Number(b === main) - Number(a === main); });
    if (!own.length) {
      where.appendChild(wangge.element("p", "quiet", "现阶段没有需要您处理的事项。"));
      return;
    }
    wangge.buttons(where, own.map(function (name) {
      const of = MOVES[name](alert);
      return {
        name: name,
        word: of.word,
        look: name === main ? "main" : of.look,
        form: function () {
          return wangge.makeForm({
            word: of.word,
            address: "/api/alerts/" + alert.id + "/" + name.replace(/_/g, "-"),
            fields: of.fields,
            body: { seen: alert.seen },
          }, onDone, onTaken);
        },
      };
    }));
  };

})(window.wangge);
