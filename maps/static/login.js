"use strict";

// Signing in and out, and one's own password.
(function () {
  const $ = function (id) { return document.getElementById(id); };
  const WRONG = "用户名、密码或动态验证码不正确。";
  const LOST = "与服务器的连接中断，请稍后再试。";

  function send(method, address, body) {
    return fetch(address, {
      method: method,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  function waiting(answer) {
    const seconds = Number(answer.headers.get("Retry-After")) || 60;
    const time = seconds < 60 ? seconds + "秒" : Math.ceil(seconds / 60) + "分钟";
    return "失败次数较多，请" + time + "后再试。";
  }

  function only(id) {
    ["sign-in", "account", "open"].forEach(function (one) { $(one).hidden = one !== id; });
    if ($("people")) $("people").hidden = id !== "sign-in";
  }

  // In a demo whoever has not signed in may choose as whom to do so.
  function people() {
    return fetch("/api/demo/people", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      return answer.ok ? answer.json() : { items: [] };
    });
  }

  function listPeople() {
    if (!$("people")) return null;
    return people().then(function (found) {
      const list = $("people-list");
      list.textContent = "";
      $("people").hidden = !found.items.length;
      found.items.forEach(function (one) {
        const button = list.appendChild(document.createElement("li")).appendChild(document.createElement("button"));
        button.type = "button";
        const what = [one.roles.join("、")].concat(one.areas, one.duties).join(" · ");
        button.appendChild(document.createElement("b")).textContent = what;
        button.appendChild(document.createElement("span")).textContent = one.name + "（用户名 " + one.login + "，密码 " + one.password + "）";
        button.addEventListener("click", function () { comeAs(one.login, button); });
      });
      return found.items.length;
    });
  }

  // The number of a second factor changes: it is asked for anew.
  function comeAs(login, button) {
    button.disabled = true;
    people().then(function (found) {
      const one = found.items.filter(function (each) { return each.login === login; })[0];
      return send("POST", "/api/session", { login: login, password: one.password, code: one.code });
    }).then(function (answer) {
      button.disabled = false;
      if (answer.ok) return look(true);
      $("lost").textContent = answer.status === 429 ? waiting(answer) : "动态验证码刚用过，请30秒后再试。";
      return null;
    }).catch(function () { button.disabled = false; $("lost").textContent = LOST; });
  }

  function show(who) {
    if (who.open) {
      only("open");
      return Promise.resolve(listPeople()).then(function (n) { if (n) only("sign-in"); });
    }
    only("account");
    $("name").textContent = who.name || "";
    $("login-name").textContent = $("mine").value = who.login || "";
    $("roles").textContent = who.roles.join("、");
    const ways = $("ways");
    ways.textContent = "";
    if (who.home === "/login") {
      ways.textContent = "本岗位的工作在服务器终端上进行（wangge 命令）。";
      return;
    }
    const link = ways.appendChild(document.createElement("a"));
    link.href = who.home;
    link.textContent = "进入工作页面";
  }

  // After signing in the page goes on to where the person works.
  function look(going) {
    return fetch("/api/session", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) {
        only("sign-in");
        $("login").focus();
        return listPeople();
      }
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      return answer.json().then(function (who) {
        if (going && !who.open && who.home !== "/login") return location.assign(who.home);
        return show(who);
      });
    }).catch(function () { $("lost").textContent = LOST; });
  }

  $("sign-in").addEventListener("submit", function (event) {
    event.preventDefault();
    const button = event.target.querySelector("button");
    button.disabled = true;
    $("wrong").textContent = "";
    const said = { login: $("login").value, password: $("password").value, code: $("code").value };
    send("POST", "/api/session", said).then(function (answer) {
      if (answer.ok) return look(true);
      $("password").value = $("code").value = "";
      $("wrong").textContent = answer.status === 429 ? waiting(answer) : answer.status >= 500 ? LOST : WRONG;
      return $("password").focus();
    }).catch(function () { $("wrong").textContent = LOST; }).then(function () { button.disabled = false; });
  });

  $("change").addEventListener("submit", function (event) {
    event.preventDefault();
    const told = $("changed");
    told.className = "wrong";
    if ($("new").value !== $("again").value) {
      told.textContent = "两次输入的新密码不一致。";
      return;
    }
    told.textContent = "";
    send("POST", "/api/session/password", { old: $("old").value, new: $("new").value }).then(function (answer) {
      told.textContent = answer.ok ? "密码已修改。"
        : answer.status === 429 ? waiting(answer)
        : answer.status === 422 ? "新密码过短、过于简单或含有用户名。"
        : answer.status === 401 ? "登录已失效，请重新登录。"
        : answer.status >= 500 ? LOST : "原密码不正确。";
      if (!answer.ok) return;
      told.className = "wrong done";
      $("old").value = $("new").value = $("again").value = "";
    }).catch(function () { told.textContent = LOST; });
  });

  $("out").addEventListener("click", function () {
    send("DELETE", "/api/session").then(function () { location.assign("/login"); }).catch(function () { $("lost").textContent = LOST; });
  });

  look(false);
})();
