"use strict";

// 审计记录: what people did, newest first; the chain is verified and exported from here.
(function (wangge) {
  const $ = function (id) { return document.getElementById(id); };
  const element = wangge.element;
  const ACTS = {
    "sign in": "登录", "sign out": "退出", "fail to sign in": "登录失败", "unseal": "查看个人信息",
    "ask to unseal": "申请查看个人信息", "agree to unseal": "同意查看个人信息", "add person": "新增人员",
    "change person": "修改人员", "set password": "设置密码", "set second factor": "设置动态验证码",
    "drop second factor": "取消动态验证码", "disable person": "停用人员", "enable person": "恢复人员",
    "add token": "新增接口令牌", "revoke token": "撤销接口令牌", "export audit": "导出审计记录", "import roster": "导入值班表", "export": "导出数据", "place by hand": "改落点", "rotate keys": "更换密钥",
  };
  let rows = [];
  let next = null;

  const HEADS = [["person ", "人员 "], ["version ", "诉求版本 "], ["appeal ", "诉求 "], ["token ", "令牌 "], ["from ", "来自 "], ["audit log", "审计记录"], ["seal key ", "密钥 "], ["alert ", "提示 "], ["whistle ", "吹哨 "], ["topic ", "专题 "], ["roster", "值班表"]];
  function chinese(words) {
    const head = HEADS.filter(function (one) { return words.indexOf(one[0]) === 0; })[0];
    return head ? head[1] + words.slice(head[0].length) : words;
  }

  // What an alert came to by a move: its state and level.
  function told(one) {
    const parts = one.told.split(" ");
    const moved = one.subject.indexOf("alert ") === 0 && parts.length === 2 && wangge.STATES[parts[0]] && wangge.LEVELS[parts[1]];
    return moved ? wangge.STATES[parts[0]] + "，" + wangge.LEVELS[parts[1]].word + "色" : chinese(one.told);
  }

  function add(found) {
    rows = rows.concat(found.items.map(function (one) {
      const what = element("b", "", ACTS[one.act] || one.word);
      what.title = one.hash;
      return [what, one.at.slice(0, 19).replace("T", " "), one.actor, chinese(one.subject), told(one), String(one.serial)];
    }));
    $("table").textContent = "";
    $("table").appendChild(wangge.table(["事项", "时间", "用户名", "对象", "说明", "序号"], rows));
    next = found.next;
    $("more").hidden = !next;
    $("state").textContent = rows.length ? "" : "没有记录。";
  }

  function read(anew) {
    const actor = $("actor").value.trim();
    const query = "?limit=100" + (actor ? "&actor=" + encodeURIComponent(actor) : "") + (anew ? "" : "&after=" + next);
    return wangge.ask("/api/audit" + query).then(function (found) {
      if (anew) rows = [];
      add(found);
    }).catch(function () { $("state").textContent = "没有读到数据，请稍后再试。"; });
  }

  $("look").addEventListener("click", function () { read(true); });
  $("actor").addEventListener("keydown", function (event) { if (event.key === "Enter") read(true); });
  $("more").addEventListener("click", function () { read(false); });
  $("verify").addEventListener("click", function () {
    const told = $("verified");
    told.className = "said done";
    told.textContent = "正在校验…";
    wangge.ask("/api/audit/verified").then(function (found) {
      told.className = found.well ? "said done" : "said";
      told.textContent = found.well
        ? "全部 " + wangge.number(found.entries) + " 条记录完整，未被改动。末条校验值 " + (found.hash || "无") + "，请抄存于别处。"
        : "第 " + found.serial + " 条记录不符：" + found.reason + "。";
    }).catch(function () { told.textContent = "没有校验成，请稍后再试。"; });
  });
  read(true);
})(window.wangge);
