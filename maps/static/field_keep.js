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
    request.onsuccess = function () {
      request.result.onclose = function () { opened = null; }; // the browser takes a store away, as when it is cleared
      done(request.result);
    };
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

// What a full or broken store did not take: it lives as long as the page, which says so.
const loose = new Map();

export function onlyHere() { return loose.size; }

// An item: id (also its idempotency key), who, address, said (the very bytes that are sent each time),
// photos, what people read of it, and how it stands. Where there is no room, the pack makes it: tasks
// can be read again, what was done cannot be done again.
export async function putItem(item) {
  const photos = await Promise.all(item.photos.map(function (photo) { return photo.arrayBuffer(); }));
  const put = async function () {
    const kept = Object.assign({}, item, {
      said: await seal("outbox", text.encode(item.said)),
      photos: await Promise.all(photos.map(function (bytes) { return seal("outbox", bytes); })),
    });
    await run("outbox", "readwrite", function (s) { return s.put(kept); });
  };
  try {
    await put().catch(function () { return dropPack().then(put); });
  } catch (error) {
    loose.set(item.id, Object.assign({}, item, {
      said: { plain: text.encode(item.said) }, photos: photos.map(function (bytes) { return { plain: bytes }; }),
    }));
  }
}

// Changes an item in one transaction, by what `change` gives for it as it is kept; nothing where it has gone.
async function changeItem(id, change) {
  if (loose.has(id)) {
    loose.set(id, Object.assign(loose.get(id), change(loose.get(id))));
    return;
  }
  const db = await open();
  await new Promise(function (done, failed) {
    const turn = db.transaction("outbox", "readwrite");
    const store = turn.objectStore("outbox");
    const asked = store.get(id);
    asked.onsuccess = function () {
      const changed = asked.result && change(asked.result);
      if (changed) store.put(Object.assign(asked.result, changed));
    };
    turn.oncomplete = function () { done(); };
    turn.onerror = turn.onabort = function () { failed(turn.error); };
  });
}

// Only how an item stands is written again; what is sent stays as it was.
export function markItem(id, state, reason) {
  return changeItem(id, function () { return { state: state, reason: reason }; });
}

// What an item was held back for is there: too late where its time is over, for it may be on its way.
export async function completeItem(id, said) {
  const sealed = loose.has(id) ? { plain: text.encode(said) } : await seal("outbox", text.encode(said));
  await changeItem(id, function (item) { return Date.now() < item.hold ? { said: sealed, hold: 0 } : null; });
}

export async function dropItem(id) {
  if (!loose.delete(id)) await run("outbox", "readwrite", function (s) { return s.delete(id); });
}

// All items without their contents, oldest first.
export async function listItems() {
  let kept = [];
  try {
    kept = await run("outbox", "readonly", function (s) { return s.getAll(); });
    broken = false;
  } catch (error) {
    broken = true;
  }
  return kept.concat(Array.from(loose.values())).sort(function (a, b) { return a.order - b.order; });
}

let broken = false;

// Whether the store could not be read: what waits in it is not shown, and not lost.
export function isBroken() { return broken; }

export async function contentsOf(item) {
  const photos = await Promise.all(item.photos.map(function (kept) { return unseal("outbox", kept); }));
  return {
    said: words.decode(await unseal("outbox", item.said)),
    photos: photos.map(function (bytes) { return new Blob([bytes], { type: "image/jpeg" }); }),
  };
}
