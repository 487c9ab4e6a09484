"use strict";

// The shell of /field and nothing else: data are never kept here, they are sealed by the page itself.
// SHELL is put before this text by the server.

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(SHELL.version).then(function (kept) {
    return kept.addAll(SHELL.files.map(function (name) { return new Request(name, { cache: "reload" }); }));
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== SHELL.version; }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

// A new shell comes with a new worker; until then all files are of one make.
self.addEventListener("fetch", function (event) {
  const asked = new URL(event.request.url);
  const name = asked.pathname === SHELL.page ? SHELL.kept : asked.pathname;
  if (event.request.method !== "GET" || asked.origin !== location.origin || SHELL.files.indexOf(name) < 0) return;
  event.respondWith(caches.open(SHELL.version).then(function (kept) {
    return kept.match(name).then(function (found) { return found || fetch(event.request); });
  }));
});
