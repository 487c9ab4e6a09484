"use strict";

// Which of the given scripts and styles would break in Chromium 86? One finding a line:
// file:line: what (the version that brought it). Scripts are parsed as ECMAScript 2021, styles
// searched for properties, selectors, values and rules that came later.
const fs = require("fs");
const acorn = require("acorn");
const walk = require("acorn-walk");
const css = require("css-tree");

const METHODS = {
  at: 92, findLast: 97, findLastIndex: 97, toSorted: 110, toReversed: 110, toSpliced: 110,
  groupBy: 117, isWellFormed: 111, showPicker: 99, checkVisibility: 105, randomUUID: 92, hasOwn: 93,
  withResolvers: 119, setHTMLUnsafe: 124,
};
const GLOBALS = { structuredClone: 98, reportError: 95, Sanitizer: 105 };
const PROPERTIES = {
  inset: 87, "inset-block": 87, "inset-inline": 87, "aspect-ratio": 88, "accent-color": 93,
  "content-visibility": 85, "scrollbar-gutter": 94, "container-type": 105, container: 105,
  "text-wrap": 114, "overflow-clip-margin": 90, scale: 104, rotate: 104, translate: 104,
  "field-sizing": 123, "margin-inline": 87, "margin-block": 87, "padding-inline": 87,
  "padding-block": 87, "border-start-start-radius": 89, hyphens: 88,
  "scrollbar-width": 121, "scrollbar-color": 121, "text-underline-offset": 87,
};
const PSEUDO = {
  is: 88, where: 88, has: 105, "user-valid": 119, "user-invalid": 119, modal: 105, open: 133,
  autofill: 110, "popover-open": 114, state: 125, dir: 120,
};
const FUNCTIONS = {
  "color-mix": 111, oklch: 111, oklab: 111, lab: 111, lch: 111, hwb: 101, color: 111,
  "light-dark": 123, "image-set": 113, round: 125, mod: 125, rem: 125, sin: 111, cos: 111, anchor: 125,
};
const UNITS = { dvh: 108, svh: 108, lvh: 108, dvw: 108, svw: 108, lvw: 108, cqw: 105, cqh: 105, lh: 109, rlh: 111, cap: 118 };
const AT_RULES = { layer: 99, container: 105, property: 85, scope: 118, "starting-style": 117, "position-try": 125, "view-transition": 126 };

function newer(table, name) {
  return Object.prototype.hasOwnProperty.call(table, name) && table[name] > 86 ? table[name] : 0;
}

function script(file, text, say) {
  let tree;
  try {
    const sourceType = /^(import|export)\b/m.test(text) ? "module" : "script";
    tree = acorn.parse(text, { ecmaVersion: 2021, sourceType: sourceType, locations: true });
  } catch (error) {
    say(error.loc ? error.loc.line : 1, "not ECMAScript 2021: " + error.message, "");
    return;
  }
  walk.simple(tree, {
    CallExpression(node) {
      const callee = node.callee;
      if (callee.type === "MemberExpression" && !callee.computed) {
        const version = newer(METHODS, callee.property.name);
        if (version) say(node.loc.start.line, "." + callee.property.name + "()", version);
      } else if (callee.type === "Identifier" && newer(GLOBALS, callee.name)) {
        say(node.loc.start.line, callee.name + "()", newer(GLOBALS, callee.name));
      }
    },
  });
}

function style(file, text, say) {
  const lines = text.split("\n");
  const tree = css.parse(text, {
    positions: true,
    onParseError: function (error) {
      // A filter of old Internet Explorer, which every other browser skips.
      if (lines[error.line - 1].indexOf("progid:") >= 0) return;
      say(error.line, "cannot be read: " + error.message, "");
    },
  });
  css.walk(tree, function (node) {
    const line = node.loc ? node.loc.start.line : 1;
    const name = typeof node.name === "string" ? css.keyword(node.name).basename : "";
    if (node.type === "Declaration" && newer(PROPERTIES, node.property)) {
      say(line, node.property, newer(PROPERTIES, node.property));
    } else if (node.type === "PseudoClassSelector" && newer(PSEUDO, name)) {
      say(line, ":" + name, newer(PSEUDO, name));
    } else if (node.type === "Function" && newer(FUNCTIONS, name)) {
      say(line, name + "()", newer(FUNCTIONS, name));
    } else if (node.type === "Dimension" && newer(UNITS, node.unit.toLowerCase())) {
      say(line, node.unit, newer(UNITS, node.unit.toLowerCase()));
    } else if (node.type === "Atrule" && newer(AT_RULES, name)) {
      say(line, "@" + name, newer(AT_RULES, name));
    } else if (node.type === "NestingSelector" || (node.type === "Rule" && this.rule)) {
      say(line, "nested rule", 112);
    } else if (node.type === "FeatureRange") {
      say(line, "range in a media query", 104);
    }
  });
}

let found = 0;
process.argv.slice(2).forEach(function (file) {
  const text = fs.readFileSync(file, "utf8");
  function say(line, what, version) {
    found += 1;
    console.log(file + ":" + line + ": " + what + (version ? " (Chromium " + version + ")" : ""));
  }
  (file.endsWith(".css") ? style : script)(file, text, say);
});
process.exitCode = found ? 1 : 0;
