"use strict";

// What the desk says of an alert: 属实, 不属实, 已知（在办）; and 撤回.
(function (wangge) {
  const element = wangge.element;
  const MOVES = [["true", "属实"], ["false", "不属实"], ["known", "已知（在办）"]];
  const reasons = new Map();
  let who = "";

  // What was said of an alert, one line a verdict.
  wangge.verdictTrail = function (verdicts) {
    const list = element("ul", "trail");
    verdicts.forEach(function (one) {
      const until = one.until ? "，至 " + wangge.day(one.until) + "前同一事项不再单独提示" : "";
      const why = one.stated_reason ? "（" + one.stated_reason + "）" : "";
      list.appendChild(element("li", "", wangge.moment(one.at) + " " + one.who + "："
        + (wangge.VERDICTS[one.verdict] || one.verdict) + why + until));
    });
    return list;
  };

  function field(where, word, value, onInput) {
    const label = where.appendChild(element("label", "field", word));
    const input = label.appendChild(element("input"));
    input.type = "text";
    input.maxLength = 200;
    input.value = value;
    input.addEventListener("input", function () { onInput(input.value); });
    return input;
  }

  function refusal(status) {
    if (status >= 500) return "没有保存：服务器暂时不可用，请稍后再试。";
    if (status === 409) return "没有保存：此提示已有判定或已转入后续环节，请先撤回。";
    return "没有保存，请核对后再试。";
  }

  // send(address, body) gives a promise of the answer; onDone(alert) when the server has it.
  wangge.verdictForm = function (alert, send, onDone) {
    const form = element("fieldset", "judging");
    form.appendChild(element("legend", "", "核实判定"));
    const by = field(form, "经办人", wangge.me || who, function (value) { who = value; });
    by.parentNode.hidden = Boolean(wangge.me);
    const reason = field(form, "理由（可不填）", reasons.get(alert.id) || "", function (value) {
      reasons.set(alert.id, value);
    });
    const buttons = form.appendChild(element("div", "moves"));
    const said = form.appendChild(element("p", "said"));
    said.setAttribute("role", "status");

    function move(name, word, address, body) {
      const made = buttons.appendChild(element("button", "move " + name, word));
      made.type = "button";
      made.addEventListener("click", function () {
        if (!by.value.trim()) {
          said.textContent = "请先填写经办人。";
          by.focus();
          return;
        }
        said.textContent = "正在保存…";
        body.who = by.value.trim();
        body.reason = reason.value.trim();
        send("/api/alerts/" + alert.id + "/" + address, body).then(function (answer) {
          if (!answer.ok) {
            said.textContent = refusal(answer.status);
            return null;
          }
          reasons.delete(alert.id);
          return answer.json().then(onDone);
        }).catch(function () { said.textContent = "没有保存：与服务器的连接中断，请再试。"; });
      });
    }

    if (alert.verdict) {
      move("undo", "撤回", "undo-verdict", {});
    } else {
      MOVES.forEach(function (one) { move(one[0], one[1], "verdict", { verdict: one[0] }); });
    }
    return form;
  };
})(window.wangge);
