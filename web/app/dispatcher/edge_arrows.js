/**
 * Arrows at the map's edge that point to what lies outside: alarms that nobody has answered,
 * and what is selected. And the mark of an alarm on the map itself. Plain elements, moved
 * with the camera without drawing the screen anew.
 * @module
 */
import { Marker } from '../../vendor/maplibre/maplibre-gl.mjs';
import { distance } from '../format.js';
import { t } from '../i18n/speak.js';

/** How far from the edge an arrow stands, in pixels. */
const INSET = 26;

/** @typedef {{key: string, at: import('./board.js').Place, text: string, kind: 'alarm'|'selected'}} Target */

export class EdgeArrows {
  /**
   * @param {import('maplibre-gl').Map} map @param {HTMLElement} container
   * @param {import('./board.js').Board} board @param {import('./console.js').Console} desk
   */
  constructor(map, container, board, desk) {
    this.map = map;
    this.board = board;
    this.desk = desk;
    this.layer = document.createElement('div');
    this.layer.className = 'edge-arrows';
    container.append(this.layer);
    /** @type {Map<string, HTMLButtonElement>} */
    this.arrows = new Map();
    /** @type {Map<number, Marker>} */
    this.markers = new Map();
    this.place = () => this.update();
    map.on('move', this.place);
  }

  remove() {
    this.map.off('move', this.place);
    this.layer.remove();
  }

  /** @returns {Target[]} */
  targets() {
    const { board, desk } = this;
    /** @type {Target[]} */
    const found = board.present.openAlarms().filter((alarm) => !alarm.answered_at)
      .map((alarm) => ({ key: `alarm-${alarm.number}`, at: alarm.position, text: alarm.pillar_name || alarm.pillar, kind: 'alarm' }));
    const selected = desk.selected();
    if (selected) found.push({ key: 'selected', at: selected.position, text: 'call_sign' in selected ? selected.call_sign : selected.name, kind: 'selected' });
    return found;
  }

  update() {
    const { map } = this;
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const centre = map.getCenter();
    const seen = new Set();
    for (const target of this.targets()) {
      const p = map.project(target.at);
      if (p.x >= 0 && p.y >= 0 && p.x <= width && p.y <= height) continue;
      seen.add(target.key);
      const arrow = this.arrow(target);
      const [dx, dy] = [p.x - width / 2, p.y - height / 2];
      const shrink = Math.min((width / 2 - INSET) / Math.abs(dx || 1), (height / 2 - INSET) / Math.abs(dy || 1));
      const [x, y] = [width / 2 + dx * shrink, height / 2 + dy * shrink];
      arrow.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      arrow.dataset.side = x > width / 2 ? 'right' : 'left';
      /** @type {HTMLElement} */ (arrow.firstElementChild).style.rotate = `${(Math.atan2(dx, -dy) * 180) / Math.PI}deg`;
      const away = distance(centre.distanceTo(/** @type {any} */ ({ lng: target.at[0], lat: target.at[1] })));
      const text = `${target.text} · ${away}`;
      const label = /** @type {HTMLElement} */ (arrow.lastElementChild);
      if (label.textContent !== text) {
        label.textContent = text;
        arrow.setAttribute('aria-label', t('d_go_to', { what: text }));
      }
    }
    for (const [key, arrow] of this.arrows) {
      if (seen.has(key)) continue;
      arrow.remove();
      this.arrows.delete(key);
    }
    this.updateMarkers();
  }

  /** @param {Target} target */
  arrow(target) {
    const known = this.arrows.get(target.key);
    if (known) {
      known.onclick = () => this.desk.camera.go(target.at);
      return known;
    }
    const arrow = document.createElement('button');
    arrow.type = 'button';
    arrow.className = `edge-arrow ${target.kind}`;
    arrow.innerHTML = '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 2 21 21 12 16.5 3 21Z"/></svg><span></span>';
    arrow.onclick = () => this.desk.camera.go(target.at);
    this.layer.append(arrow);
    this.arrows.set(target.key, arrow);
    return arrow;
  }

  /** A ring around each pillar with an open alarm; it blinks until somebody acknowledges. */
  updateMarkers() {
    const open = new Map(this.board.present.openAlarms().map((alarm) => [alarm.number, alarm]));
    for (const [number, alarm] of open) {
      let marker = this.markers.get(number);
      if (!marker) {
        const element = document.createElement('div');
        marker = new Marker({ element }).setLngLat(alarm.position).addTo(this.map);
        for (const name of ['tabindex', 'role', 'aria-label']) element.removeAttribute(name);
        element.setAttribute('aria-hidden', 'true');
        this.markers.set(number, marker);
      }
      const element = marker.getElement();
      for (const [name, on] of /** @type {[string, boolean][]} */ ([['alarm-ring', true], ['unseen', !alarm.acknowledged_at], ['answered', Boolean(alarm.answered_at)]])) element.classList.toggle(name, on);
    }
    for (const [number, marker] of this.markers) {
      if (open.has(number)) continue;
      marker.remove();
      this.markers.delete(number);
    }
  }
}
