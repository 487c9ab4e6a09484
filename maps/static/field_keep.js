// What the phone keeps: the outbox, and the packed area of a shift, both sealed where the browser can.
//
// Each has a key of its own, which no script can read out. The pack's key is thrown away at signing out
// or at the end of the shift, and with it whatever a flash memory still holds of the pack; that of the
// outbox lives until nothing waits any more. Without crypto.subtle (plain http) no pack is kept at all.

const NAME = "wangge-field";

let opened = null;

function open() {
  if (opened) return opened;
  opened = new Promise(function (done, failed) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore("outbox", { keyPath: "id" });
      request.result.createObjectStore("pack");
      request.result.createObjectStore("keys");
    };
    request.onsuccess = function () { done(request.result); };
    request.onerror = function () { failed(request.error); };
    request.onblocked = request.onerror;
  });
  opened.catch(function () { opened = null; });
  return opened;
}

function run(store, mode, act) {
  return open().then(function (db) {
    return new Promise(function (done, failed) {
      const turn = db.transaction(store, mode);
      const asked = act(turn.objectStore(store));
      turn.oncomplete = function () { done(asked.result); };
      turn.onerror = turn.onabort = function () { failed(turn.error); };
    });
  });
}

export const canSeal = Boolean(window.crypto && crypto.subtle);

// Made once: two tabs that start together use the key that was stored first.
async function keyOf(name) {
  const there = await run("keys", "readonly", function (s) { return s.get(name); });
  if (there) return there;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await run("keys", "readwrite", function (s) { return s.add(made, name); });
    return made;
  } catch (error) {
    return run("keys", "readonly", function (s) { return s.get(name); });
  }
}

async function seal(name, bytes) {
  if (!canSeal) return { plain: bytes };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv: iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await keyOf(name), bytes) };
}

async function unseal(name, kept) {
  if (kept.plain) return kept.plain;
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await keyOf(name), kept.sealed);
}

const text = new TextEncoder();
const words = new TextDecoder();

// --- the pack -------------------------------------------------------------------------------------

export async function putPack(value) {
  if (!canSeal) return false;
  const kept = await seal("pack", text.encode(JSON.stringify(value)));
  await run("pack", "readwrite", function (s) { return s.put(kept, "shift"); });
  return true;
}

// The pack, or nothing: one whose key is gone is nothing.
export async function getPack() {
  if (!canSeal) return null;
  try {
    const kept = await run("pack", "readonly", function (s) { return s.get("shift"); });
    return kept ? JSON.parse(words.decode(await unseal("pack", kept))) : null;
  } catch (error) {
    return null;
  }
}

export async function dropPack() {
  await run("keys", "readwrite", function (s) { return s.delete("pack"); });
  await run("pack", "readwrite", function (s) { return s.clear(); });
}

// --- the outbox -----------------------------------------------------------------------------------

// An item: id (also its idempotency key), who, address, said (the very bytes that are sent each time),
// photos, what people read of it, and how it stands.
export async function putItem(item) {
  const photos = await Promise.all(item.photos.map(function (photo) { return photo.arrayBuffer(); }));
  const kept = {
    id: item.id, order: item.order, who: item.who, address: item.address, appeal: item.appeal,
    move: item.move, at: item.at, state: item.state, reason: item.reason, hold: item.hold,
    said: await seal("outbox", text.encode(item.said)),
    photos: await Promise.all(photos.map(function (bytes) { return seal("outbox", bytes); })),
  };
  await run("outbox", "readwrite", function (s) { return s.put(kept); });
}

// Only how an item stands is written again; what is sent stays as it was.
export async function markItem(id, state, reason) {
  const db = await open();
  await new Promise(function (done, failed) {
    const turn = db.transaction("outbox", "readwrite");
    const store = turn.objectStore("outbox");
    const asked = store.get(id);
    asked.onsuccess = function () {
      if (asked.result) store.put(Object.assign(asked.result, { state: state, reason: reason }));
    };
    turn.oncomplete = function () { done(); };
    turn.onerror = turn.onabort = function () { failed(turn.error); };
  });
}

export function dropItem(id) {
  return run("outbox", "readwrite", function (s) { return s.delete(id); });
}

// All items without their contents, oldest first.
export async function listItems() {
  const all = await run("outbox", "readonly", function (s) { return s.getAll(); });
  return all.sort(function (a, b) { return a.order - b.order; });
}

export async function contentsOf(item) {
  const photos = await Promise.all(item.photos.map(function (kept) { return unseal("outbox", kept); }));
  return {
    said: words.decode(await unseal("outbox", item.said)),
    photos: photos.map(function (bytes) { return new Blob([bytes], { type: "image/jpeg" }); }),
  };
}
