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

  wangge.asChoices = function (names) {
    return names.map(function (name) { return [name, name]; });
  };
})(window.wangge);
