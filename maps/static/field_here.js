// Where the phone is. It is asked at an action alone and nothing follows it: for the order of the list
// it stays in the page, and only what an action sends goes to the server.

import { load } from "./field_ask.js";

const DATUM = "wangge-field-datum";
const R_M = 6371008.8;

let last = null;
let sums = null;

// The sums between datums and what lies under maps, as all pages have them: the list does not wait for it.
export function base() {
  sums = sums || Promise.all(["/tiles/base.js", "/static/basemap.js"].map(function (src) { return load("script", { src: src }); }));
  sums.catch(function () { sums = null; });
  return sums;
}

// What the device's numbers are taken for: as the site says, unless its owner found otherwise.
export function datum(shift) {
  return localStorage.getItem(DATUM) || (shift && shift.datum) || "wgs84";
}

export function datumChecked() {
  return localStorage.getItem(DATUM) !== null;
}

export function setDatum(name) {
  localStorage.setItem(DATUM, name);
  last = null;
}

export function lastHere() { return last; }

// One position, or null where there is none within a few seconds or it is not allowed.
export async function here(shift) {
  if (!navigator.geolocation) return null;
  try {
    const found = await new Promise(function (done, failed) {
      navigator.geolocation.getCurrentPosition(done, failed, { enableHighAccuracy: true, maximumAge: 15000, timeout: 6000 });
    });
    const name = datum(shift);
    const at = found.coords;
    if (name === "gcj02") await base();
    const ground = name === "gcj02" ? wangge.fromGcj(at.longitude, at.latitude) : [at.longitude, at.latitude];
    last = {
      sent: { lon: at.longitude, lat: at.latitude, accuracy_m: Math.round(at.accuracy * 10) / 10, datum: name },
      lon: ground[0], lat: ground[1], accuracy_m: at.accuracy,
    };
    return last;
  } catch (error) {
    return null;
  }
}

const ROUGH_M = 100; // more than this is another house, or another street

export function rough(at) { return Boolean(at) && at.accuracy_m > ROUGH_M; }

// Why there is no position, and what one can do.
export async function unplaced() {
  if (await permission() === "denied") return "没有允许定位：请在手机设置和浏览器的网站设置里允许“位置”。";
  return "未取得位置：请到开阔处再试。";
}

// "granted": a position would be given without asking the person; "denied"; "" where nobody tells.
export async function permission() {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch (error) {
    return ""; // webviews
  }
}

export function distance(a, b) {
  const rad = Math.PI / 180;
  const dy = Math.sin((b.lat - a.lat) * rad / 2);
  const dx = Math.sin((b.lon - a.lon) * rad / 2);
  return 2 * R_M * Math.asin(Math.sqrt(dy * dy + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * dx * dx));
}

export function far(metres) {
  if (typeof metres !== "number") return "";
  if (metres < 1000) return Math.round(metres / 10) * 10 + " 米";
  return (metres / 1000).toFixed(1) + " 公里";
}
