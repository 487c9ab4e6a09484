"use strict";

// Words of whistles, and the bureaus that a street may call.
(function (wangge) {
  wangge.BUREAUS = ["应急", "公安", "消防", "住建", "水务", "交通", "卫健", "市场监管", "生态环境", "人社", "教育", "民政", "司法行政",
    "信访", "政法", "网信", "宣传", "金融"];

  wangge.RATINGS = { good: "满意", fair: "基本满意", poor: "不满意" };

  // Who may answer for which bureau: a person for those of the own duties, an open site for all.
  wangge.ownBureaus = function (whistle) {
    const called = whistle.bureaus.map(function (one) { return one.name; });
    if (whistle.duties === null) return called;
    return called.filter(function (name) { return whistle.duties.indexOf(name) >= 0; });
  };

  // How a whistle stands. Its state is that of the bureau that is furthest: where others are behind, the words say so.
  wangge.whistleStands = function (whistle) {
    const since = { answered: "answered_at", on_site: "on_site_at", reported_back: "reported_at" }[whistle.state];
    const all = whistle.bureaus.length;
    const done = function (name) { return whistle.bureaus.filter(function (one) { return one[name]; }).length; };
    if (!since || done(since) === all) return wangge.STAGES[whistle.state] || whistle.state;
    return "共 " + all + " 家单位：应哨 " + done("answered_at") + "，报到 " + done("on_site_at") + "，反馈 " + done("reported_at");
  };

  wangge.asChoices = function (names) {
    return names.map(function (name) { return [name, name]; });
  };
})(window.wangge);
