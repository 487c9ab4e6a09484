"use strict";

// Places on one canvas: those of a colour are filled many at a time, and a step of the map draws only the
// strip that came into sight. What they are coloured by is the page's affair.
(function (wangge) {
  const BAND_PX = 400;
  const PASS = 64;  // places: a path of thousands is slower to fill than many of some
  const LINE = "#5b6b70";
  const SMALL_PX = 12;

  const Areas = L.Renderer.extend({
    options: { padding: 0.15, pane: "areas" },

    initialize: function (fill) {
      L.Renderer.prototype.initialize.call(this, {});
      this._fill = fill;
      this._dirty = [];
      this._frame = 0;
    },

    onAdd: function (map) {
      this.cuts = wangge.makeCuts(map, this.redraw.bind(this));
      L.Renderer.prototype.onAdd.call(this, map);
    },

    redraw: function () {
      this._soil([{ x: 0, y: 0, w: this._canvas.width, h: this._canvas.height }]);
    },

    // The code of the place at a point of the map.
    placeAt: function (latlng) {
      const point = this._map.project(latlng, 0);
      let found = null;
      this._view().forEach(function (cut) {
        cut.codes.forEach(function (code, place) {
          if (wangge.placeHas(cut, place, point.x, point.y) && this._fill(code)) found = code;
        }, this);
      }, this);
      return found;
    },

    // The rings of a place, latitude first.
    rings: function (code) {
      const map = this._map;
      const found = [];
      this._view().forEach(function (cut) {
        const place = found.length ? -1 : cut.codes.indexOf(code);
        if (place < 0) return;
        wangge.eachRing(cut, place, function (from, to) {
          const ring = [];
          for (let at = from; at < to; at += 1) ring.push(map.unproject([cut.x[at], cut.y[at]], 0));
          found.push(ring);
        });
      });
      return found;
    },

    _initContainer: function () {
      this._canvas = this._container = document.createElement("canvas");
      this._canvas.setAttribute("aria-hidden", "true");
      this._context = this._canvas.getContext("2d");
    },

    _destroyContainer: function () {
      cancelAnimationFrame(this._frame);
      this._container.remove();
    },

    _update: function () {
      const min = this._bounds && this._bounds.min;
      const zoom = this._zoom;
      const origin = this._origin;
      L.Renderer.prototype._update.call(this);
      this._origin = this._map.getPixelOrigin();
      this._ratio = L.Browser.retina ? 2 : 1;
      L.DomUtil.setPosition(this._canvas, this._bounds.min);
      const size = this._bounds.getSize();
      const w = this._ratio * size.x;
      const h = this._ratio * size.y;
      const stays = origin && zoom === this._zoom && origin.equals(this._origin);
      if (stays && this._canvas.width === w && this._canvas.height === h) {
        this._shift(min.subtract(this._bounds.min).multiplyBy(this._ratio));
        return;
      }
      this._canvas.width = w;
      this._canvas.height = h;
      this._canvas.style.width = size.x + "px";
      this._canvas.style.height = size.y + "px";
      this.redraw();
    },

    // What is drawn moves along with the map.
    _shift: function (by) {
      if (!by.x && !by.y) return;
      const w = this._canvas.width;
      const h = this._canvas.height;
      const soiled = this._dirty.map(function (part) {
        return { x: part.x + by.x, y: part.y + by.y, w: part.w, h: part.h };
      });
      this._context.globalCompositeOperation = "copy";
      this._context.drawImage(this._canvas, by.x, by.y);
      this._context.globalCompositeOperation = "source-over";
      if (by.x) soiled.push({ x: by.x > 0 ? 0 : w + by.x, y: 0, w: Math.abs(by.x), h: h });
      if (by.y) soiled.push({ x: 0, y: by.y > 0 ? 0 : h + by.y, w: w, h: Math.abs(by.y) });
      this._soil(soiled);
    },

    // The map is busy until these parts of the canvas are drawn.
    _soil: function (parts) {
      this._dirty = parts;
      this._map.getContainer().setAttribute("aria-busy", "true");
      if (!this._frame) this._frame = requestAnimationFrame(this._clean.bind(this));
    },

    // A band a frame, so that a slow phone stays awake.
    _clean: function () {
      this._frame = 0;
      const part = this._dirty.shift();
      if (part && part.h > BAND_PX) this._dirty.unshift({ x: part.x, y: part.y + BAND_PX, w: part.w, h: part.h - BAND_PX });
      if (part) this._draw({ x: part.x, y: part.y, w: part.w, h: Math.min(part.h, BAND_PX) });
      if (this._dirty.length) this._frame = requestAnimationFrame(this._clean.bind(this));
      else {
        this._map.getContainer().setAttribute("aria-busy", "false");
        this.fire("drawn");
      }
    },

    // The cuts of what the canvas covers.
    _view: function () {
      const map = this._map;
      return this.cuts.of(L.latLngBounds(map.layerPointToLatLng(this._bounds.min), map.layerPointToLatLng(this._bounds.max)));
    },

    // From pixels of zoom 0 to those of the canvas.
    _frameOf: function () {
      const scale = this._ratio * Math.pow(2, this._zoom);
      const from = this._origin.add(this._bounds.min).multiplyBy(this._ratio);
      return { scale: scale, x: -from.x, y: -from.y };
    },

    // The places that a part of the canvas shows, by colour: cut and place in turn.
    _met: function (part, to) {
      const byFill = new Map();
      const seen = new Set();
      const west = (part.x - 4 - to.x) / to.scale;
      const east = (part.x + part.w + 4 - to.x) / to.scale;
      const top = (part.y - 4 - to.y) / to.scale;
      const bottom = (part.y + part.h + 4 - to.y) / to.scale;
      const cuts = this._view();
      cuts.forEach(function (cut) {
        for (let place = 0; place < cut.codes.length; place += 1) {
          const b = 4 * place;
          if (cut.box[b] > east || cut.box[b + 2] < west || cut.box[b + 1] > bottom || cut.box[b + 3] < top) continue;
          const code = cut.codes[place];
          if (cuts.length > 1) {
            if (seen.has(code)) continue;
            seen.add(code);
          }
          const fill = this._fill(code);
          if (!fill) continue;
          if (!byFill.has(fill)) byFill.set(fill, []);
          byFill.get(fill).push(cut, place);
        }
      }, this);
      return byFill;
    },

    _draw: function (part) {
      const to = this._frameOf();
      const byFill = this._met(part, to);
      const context = this._context;
      context.save();
      context.beginPath();
      context.rect(part.x, part.y, part.w, part.h);
      context.clip();
      context.clearRect(part.x, part.y, part.w, part.h);
      // Not by closePath: its time grows with all that the path holds already.
      const trace = function (cut, place) {
        wangge.eachRing(cut, place, function (from, end) {
          context.moveTo(cut.x[from] * to.scale + to.x, cut.y[from] * to.scale + to.y);
          for (let at = from + 1; at < end; at += 1) context.lineTo(cut.x[at] * to.scale + to.x, cut.y[at] * to.scale + to.y);
          context.lineTo(cut.x[from] * to.scale + to.x, cut.y[from] * to.scale + to.y);
        });
      };
      const pass = function (places, paint) {
        for (let first = 0; first < places.length; first += 2 * PASS) {
          context.beginPath();
          for (let n = first; n < Math.min(first + 2 * PASS, places.length); n += 2) trace(places[n], places[n + 1]);
          paint.call(context);
        }
      };
      context.globalAlpha = wangge.fillOpacity();
      byFill.forEach(function (places, fill) {
        context.fillStyle = fill;
        pass(places, context.fill);
      });
      context.globalAlpha = 1;
      context.strokeStyle = LINE;
      context.lineWidth = this._lineWidth(to.scale);
      context.lineJoin = "round";
      byFill.forEach(function (places) { pass(places, context.stroke); });
      context.restore();
    },

    // Lines thin out where places are small: else they would be all that is seen.
    _lineWidth: function (scale) {
      const root = this.cuts.root();
      const wide = root ? root.wide * scale / this._ratio : SMALL_PX;
      return this._ratio * Math.min(1, Math.max(wide / SMALL_PX, 0.25));
    },
  });

  // Makes the layer of a map: `fill(code)` gives a place's colour, none for one that is not shown.
  wangge.makeAreas = function (map, fill) {
    map.createPane("areas").style.zIndex = 350;
    return new Areas(fill).addTo(map);
  };
})(window.wangge);
