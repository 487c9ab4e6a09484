"use strict";

// How each channel stands, why, and the letters that did not arrive or still wait.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const STATES = { off: "未启用", well: "正常", waiting: "发送中", failing: "连续失败", silent: "不通" };
  const KINDS = { raise: "新提示", update: "提示更新", cancel: "撤销或解除", escalate: "逾时升级", ask: "会商邀请", whistle: "吹哨" };
  let open = null;

  function below(cell, words) {
    if (words) cell.appendChild(element("div", "quiet", words));
    return cell;
  }

  function channel(one) {
    const name = below(element("span", "", one.name), one.network + (one.by === "relay" ? "，前置机转发" : ""));
    const state = below(element("span", one.down ? "late" : one.state === "off" ? "quiet" : "done-mark", STATES[one.state]), one.state === "off" ? "" : one.reason);
    const waits = below(element("span", "", one.waiting ? one.waiting + " 条" : "—"), one.waiting ? "最早 " + wangge.moment(one.oldest_at) : "");
    const heard = below(element("span", "", one.taken_at ? wangge.moment(one.taken_at) : "从未"), one.failed ? "近24小时失败 " + one.failed + " 次" : "");
    return [name, state, waits, heard];
  }

  function about(one) {
    const box = element("span");
    const link = box.appendChild(element("a", "", (one.whistle_id ? "吹哨 " + one.whistle_id : "提示 " + one.alert_id) + "　" + KINDS[one.kind]));
    link.href = one.whistle_id ? "/whistles/" + one.whistle_id : "/alerts/" + one.alert_id;
    return below(box, wangge.LEVELS[one.level].word + "色，" + wangge.moment(one.made_at));
  }

  function choose(one, again) {
    open = one.position;
    const box = $("letter");
    box.textContent = "";
    box.appendChild(wangge.makeForm({
      word: again ? "重发" : "放弃发送",
      address: "/api/channels/" + (again ? "again" : "drop"),
      body: { position: one.position },
      fields: again ? [] : [{ name: "reason", kind: "text", word: "放弃" + one.post + "的消息，理由", hint: "如：已电话通知", long: true, must: true }],
    }, function () { close(); return load(); }, function () {
      close();
      return load().then(function () { return ""; });
    }));
    const first = box.querySelector("input, textarea, button");
    if (first) first.focus();
  }

  function close() {
    open = null;
    $("letter").textContent = "";
  }

  function buttons(one, dead) {
    const box = element("span", "no-print");
    [dead ? [true, "重发"] : null, [false, "放弃"]].forEach(function (of) {
      if (!of) return;
      const button = box.appendChild(element("button", "act", of[1]));
      button.type = "button";
      button.addEventListener("click", function () { choose(one, of[0]); });
    });
    return box;
  }

  function letters(where, found, dead, none) {
    $(where + "-count").textContent = found.length ? (found.length >= 100 ? "最近100条" : found.length + "条") : "";
    const box = $(where);
    box.textContent = "";
    if (!found.length) {
      box.appendChild(element("p", "quiet", none));
      return;
    }
    box.appendChild(wangge.table(["内容", "岗位", "通道", ""], found.map(function (one) {
      return [about(one), below(element("span", "", one.post), one.landline), below(element("span", "", one.channel), one.reason), buttons(one, dead)];
    })));
  }

  function load() {
    return wangge.ask("/api/channels").then(function (found) {
      const down = found.channels.filter(function (one) { return one.down; }).length;
      $("state").textContent = !found.channels.length ? "没有配置通道：提示只在值班台显示，请电话通知。"
        : down ? "有" + down + "个通道不通，请改用电话通知。" : "通道没有异常。";
      $("state").className = down || !found.channels.length ? "warn" : "quiet";
      $("channels").textContent = "";
      if (found.channels.length) $("channels").appendChild(wangge.table(["通道", "状态", "待发", "最近成功"], found.channels.map(channel)));
      letters("dead", found.dead, true, "没有未送达的消息。");
      letters("waiting", found.waiting, false, "没有等待发送的消息。");
    });
  }

  wangge.session.then(load).catch(wangge.lost);
  setInterval(function () {
    if (open === null) load().then(function () { $("lost").hidden = true; }).catch(wangge.lost);
  }, 20000);
})(window.wangge);
