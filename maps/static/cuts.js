"use strict";

// The shapes of a layer's places, fetched in cuts of the view (maps/cuts.py) and held in pixels of
// zoom 0: cut k/column/row is one part of the layer's square, of 2**k a side.
window.wangge = window.wangge || {};
(function (wangge) {
  const MOST_PX = 1024;
  const DEEPEST = 12;
  const CORNERS = 16;
  const KEPT = 64;
  const ROOT = "0/0/0";

  // The corners of a cut's rings by those of a coarse lattice: any projection of a map will do, and
  // less than a tenth of a pixel is lost.
  function corners(map, cut) {
    const of = [];
    for (let j = 0; j <= CORNERS; j += 1) {
      for (let i = 0; i <= CORNERS; i += 1) {
        of.push(map.project([cut.south + cut.side * j / CORNERS, cut.west + cut.side * i / CORNERS], 0));
      }
    }
    const count = cut.steps.length / 2;
    const x = new Float64Array(count);
    const y = new Float64Array(count);
    const per = cut.lattice / CORNERS;
    let east = 0;
    let north = 0;
    for (let at = 0; at < count; at += 1) {
      east += cut.steps[2 * at];
      north += cut.steps[2 * at + 1];
      const i = Math.min(Math.max(Math.floor(east / per), 0), CORNERS - 1);
      const j = Math.min(Math.max(Math.floor(north / per), 0), CORNERS - 1);
      const u = east / per - i;
      const v = north / per - j;
      const near = j * (CORNERS + 1) + i;
      const a = of[near];
      const b = of[near + 1];
      const c = of[near + CORNERS + 1];
      const d = of[near + CORNERS + 2];
      x[at] = (1 - v) * (a.x + u * (b.x - a.x)) + v * (c.x + u * (d.x - c.x));
      y[at] = (1 - v) * (a.y + u * (b.y - a.y)) + v * (c.y + u * (d.y - c.y));
    }
    return { x: x, y: y };
  }

  // A cut ready to be drawn: where each ring and each place ends, the box around
  // each place, and how wide these are in the mean.
  function unpacked(map, cut) {
    const at = corners(map, cut);
    const n = cut.codes.length;
    const ringEnd = new Int32Array(cut.points.length);
    const placeEnd = new Int32Array(n);
    const box = new Float64Array(4 * n);
    let point = 0;
    let ring = 0;
    let wide = 0;
    for (let place = 0; place < n; place += 1) {
      let west = Infinity;
      let top = Infinity;
      let east = -Infinity;
      let bottom = -Infinity;
      for (const last = ring + cut.rings[place]; ring < last; ring += 1) {
        for (const end = point + cut.points[ring]; point < end; point += 1) {
          if (at.x[point] < west) west = at.x[point];
          if (at.x[point] > east) east = at.x[point];
          if (at.y[point] < top) top = at.y[point];
          if (at.y[point] > bottom) bottom = at.y[point];
        }
        ringEnd[ring] = point;
      }
      placeEnd[place] = ring;
      box.set([west, top, east, bottom], 4 * place);
      wide += (east - west) / n;
    }
    return { codes: cut.codes, x: at.x, y: at.y, ringEnd: ringEnd, placeEnd: placeEnd, box: box, wide: wide };
  }

  // Calls `ring(from, to)` with the corners of each ring of a place.
  wangge.eachRing = function (cut, place, ring) {
    for (let at = place ? cut.placeEnd[place - 1] : 0; at < cut.placeEnd[place]; at += 1) {
      ring(at ? cut.ringEnd[at - 1] : 0, cut.ringEnd[at]);
    }
  };

  // Whether a point, in pixels of zoom 0, lies in a place and in none of its holes.
  wangge.placeHas = function (cut, place, x, y) {
    const box = 4 * place;
    if (x < cut.box[box] || y < cut.box[box + 1] || x > cut.box[box + 2] || y > cut.box[box + 3]) return false;
    let inside = false;
    wangge.eachRing(cut, place, function (from, to) {
      for (let at = from, before = to - 1; at < to; before = at, at += 1) {
        if ((cut.y[at] > y) === (cut.y[before] > y)) continue;
        if (x < (cut.x[before] - cut.x[at]) * (y - cut.y[at]) / (cut.y[before] - cut.y[at]) + cut.x[at]) inside = !inside;
      }
    });
    return inside;
  };

  function read(address) {
    return fetch(address, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      return answer.json();
    });
  }

  // A layer's shapes as they are held: its first cut, and those of closer views as they come.
  function held(map, address, query, cut) {
    const cuts = new Map();
    if (cut.bounds) cuts.set(ROOT, unpacked(map, cut));
    return { address: address, query: query, root: cut, version: cut.version, cuts: cuts };
  }

  // `onCome` is called when finer shapes of the view have come.
  wangge.makeCuts = function (map, onCome) {
    let now = null;

    function whole(address, query) {
      return read(address + ROOT + query).then(function (cut) { return held(map, address, query, cut); });
    }

    // Names of the parts of depth k that a box of latitudes and longitudes meets.
    function parts(k, box) {
      const root = now.root;
      const side = root.side / Math.pow(2, k);
      const last = Math.pow(2, k) - 1;
      const within = function (at) { return Math.min(Math.max(Math.floor(at / side), 0), last); };
      const found = [];
      for (let column = within(box.getWest() - root.west); column <= within(box.getEast() - root.west); column += 1) {
        for (let row = within(box.getSouth() - root.south); row <= within(box.getNorth() - root.south); row += 1) {
          found.push(k + "/" + column + "/" + row);
        }
      }
      return found;
    }

    function depth() {
      const root = now.root;
      const zoom = map.getZoom();
      const one = map.project([root.south, root.west], zoom);
      const other = map.project([root.south + root.side, root.west + root.side], zoom);
      const px = Math.max(Math.abs(other.x - one.x), Math.abs(other.y - one.y));
      return Math.min(Math.max(Math.ceil(Math.log2(px / MOST_PX)), 0), DEEPEST);
    }

    function fetchCut(name) {
      const of = now;
      of.cuts.set(name, null);
      read(of.address + name + of.query).then(function (cut) {
        of.cuts.set(name, unpacked(map, cut));
        if (of === now) onCome();
      }).catch(function () {
        of.cuts.delete(name);  // the coarser shapes stay; the next step asks again
      });
    }

    return {
      // Figures, a promise, and the shapes at an address that they are of, fetched side by side; shapes
      // that are held are not fetched again before the figures name another version.
      together: function (figures, address, query) {
        const mine = now && now.address === address ? Promise.resolve(now) : whole(address, query);
        return Promise.all([figures, mine]).then(function (got) {
          return got[1].version === got[0].shapes ? got : Promise.all([got[0], whole(address, query)]);
        });
      },
      // Show these shapes, or none.
      hold: function (shapes) { now = shapes; },
      bounds: function () {
        const box = now && now.root.bounds;
        return box ? L.latLngBounds([box[1], box[0]], [box[3], box[2]]) : null;
      },
      root: function () { return now ? now.cuts.get(ROOT) : null; },
      // The finest cuts of a box (latitudes, longitudes) that are all there; finer ones are sent for.
      of: function (box) {
        if (!now || !now.cuts.has(ROOT)) return [];
        const cuts = now.cuts;
        let k = depth();
        const wanted = parts(k, box);
        wanted.forEach(function (name) { if (!cuts.has(name)) fetchCut(name); });
        if (cuts.size > KEPT) {
          Array.from(cuts.keys()).slice(0, cuts.size - KEPT).forEach(function (name) {
            if (name !== ROOT && wanted.indexOf(name) < 0) cuts.delete(name);
          });
        }
        let found = wanted;
        while (!found.every(function (name) { return cuts.get(name); })) found = parts(k -= 1, box);
        return found.map(function (name) { return cuts.get(name); });
      },
    };
  };
})(window.wangge);
